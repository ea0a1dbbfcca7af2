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


_S = SignatureState
PENDING = (_S.INVITED, _S.OPENED, _S.DISPLAYED, _S.CODE_VERIFIED)

SIGNATURE = LifeCycle(
    later("Signature de la charte"),
    _S.INVITED,
    [
        Transition("open", (_S.INVITED,), _S.OPENED),
        Transition("display", (_S.OPENED, _S.DISPLAYED), _S.DISPLAYED),
        Transition("verify_code", (_S.DISPLAYED,), _S.CODE_VERIFIED),
        Transition("sign", (_S.CODE_VERIFIED,), _S.SIGNED),
        Transition("seal", (_S.SIGNED,), _S.SEALED),
        Transition("decline", (_S.INVITED, _S.OPENED, _S.DISPLAYED), _S.DECLINED),
        Transition("expire", PENDING, _S.EXPIRED),
        Transition("revoke", PENDING, _S.REVOKED),
        Transition("invite_again", (_S.DECLINED, _S.EXPIRED), _S.INVITED),
    ],
)
