"""The life of one signatory's charter."""

from enum import StrEnum

from portal.kernel.states import LifeCycle, Transition
from portal.kernel.words import later


class SignatureState(StrEnum):
    """How far a signatory has come."""

    INVITED = "invited"
    OPENED = "opened"
    DISPLAYED = "displayed"
    CODE_VERIFIED = "code_verified"
    SIGNED = "signed"
    SEALED = "sealed"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"


class SigningRoute(StrEnum):
    """By which way somebody signed: all are worth the same, and the evidence says which."""

    ONLINE = "online"
    LETTER = "letter"
    DESK = "desk"
    PAPER = "paper"


class DeskState(StrEnum):
    """How far a session at the school's desk has come; one that is past its time is over whatever it says."""

    WAITING = "waiting"
    OPEN = "open"
    SIGNED = "signed"
    DECLINED = "declined"
    STOPPED = "stopped"


class Decided(StrEnum):
    """What was recorded about who signs for a student."""

    OPPOSED = "opposition_recorded"
    WITHDRAWN = "opposition_withdrawn"
    LIFTED = "opposition_lifted"
    UPHELD = "opposition_upheld"
    EMANCIPATED = "emancipated"
    NOT_EMANCIPATED = "not_emancipated"


class Resign(StrEnum):
    """Who signs again when a new text is published."""

    NOBODY = "nobody"
    NOT_LENT = "not_lent"
    EVERYONE = "everyone"


_S = SignatureState
PENDING = (_S.INVITED, _S.OPENED, _S.DISPLAYED, _S.CODE_VERIFIED)
SIGNED = (_S.SIGNED, _S.SEALED)

SIGNATURE = LifeCycle(
    later("Signature de la charte"),
    _S.INVITED,
    [
        Transition("open", (_S.INVITED,), _S.OPENED),
        Transition("display", (_S.OPENED, _S.DISPLAYED), _S.DISPLAYED),
        Transition("verify_code", (_S.DISPLAYED,), _S.CODE_VERIFIED),
        Transition("sign", (_S.CODE_VERIFIED,), _S.SIGNED),
        Transition("sign_attended", (_S.INVITED, _S.OPENED, _S.DISPLAYED), _S.SIGNED),
        Transition("seal", (_S.SIGNED,), _S.SEALED),
        Transition("decline", (_S.INVITED, _S.OPENED, _S.DISPLAYED), _S.DECLINED),
        Transition("expire", PENDING, _S.EXPIRED),
        Transition("revoke", PENDING, _S.REVOKED),
        Transition("invite_again", (_S.DECLINED, _S.EXPIRED), _S.INVITED),
        Transition("revoke_paper", (_S.SIGNED, _S.SEALED), _S.INVITED),
        Transition("ask_anew", (_S.REVOKED,), _S.INVITED),
    ],
)

_D = DeskState
LIVE_DESK = (_D.WAITING, _D.OPEN)

DESK = LifeCycle(
    "Signature au guichet",
    _D.WAITING,
    [
        Transition("claim", (_D.WAITING,), _D.OPEN),
        Transition("sign", (_D.OPEN,), _D.SIGNED),
        Transition("decline", (_D.OPEN,), _D.DECLINED),
        Transition("stop", LIVE_DESK, _D.STOPPED),
    ],
)
