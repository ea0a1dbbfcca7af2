"""Signing at the school's desk: a tablet that shows one charter and nothing else, with an agent present.

The agent opens a session; a short code joins the tablet to it, once. From then on the tablet holds a token of its own,
which opens this charter only and ends with the signature, the refusal, the agent's button or twenty minutes.
"""

import secrets
from dataclasses import dataclass

from portal.accounts.keyed import keyed_hash
from portal.charter import queries, rules
from portal.charter.events import DeskClosed, DeskOpened
from portal.charter.models import CharterDesk, CharterSignature
from portal.charter.queries import SignatoryFile, attending
from portal.charter.services import reading
from portal.charter.services.signing import conclude, refusals_of, standing
from portal.charter.states import DeskState, SigningRoute
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.values.references import ALPHABET
from portal.kernel.words import later
from portal.platform import scope
from portal.platform.work import emit, use_case

OVER = later("Cette session est finie. Rendez la tablette à la personne du lycée.")
UNKNOWN = later("Ce code n’ouvre rien. Vérifiez-le, ou demandez-en un autre à la personne du lycée.")


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """A session at the desk and its code, which exists nowhere else."""

    public_id: str
    code: str


@dataclass(frozen=True, slots=True)
class AtDesk:
    """What a tablet shows: the session and its charter."""

    desk: CharterDesk
    file: SignatoryFile


def _hash(kind: str, secret: str) -> str:
    return keyed_hash(f"charter-desk-{kind}", secret)


@use_case
def open_desk(signature_id: int, *, agent_id: int, agent_role: str, identity_seen: bool) -> Opened:
    """Begin a session for one signatory; an earlier one of the same person ends.

    :param identity_seen: whether the agent saw an identity document; the evidence says it either way.
    :raises CannotSign: this person may not sign, or their charter is not printed yet.
    """
    held = queries.hold(signature_id)
    standing(held)
    mine = held.mine
    if mine.presented_sha256 is None:
        raise rules.CannotSign(reading.NOT_READY)
    for older in attending.live_desks(signature_id):
        _end(older, "stop")
    db.session.flush()  # one live session at most: the old one first
    desk, code = _waiting(mine)
    desk.agent_id, desk.agent_role, desk.identity_seen = agent_id, agent_role, identity_seen
    db.session.add(desk)
    db.session.flush()  # its id is in the address of the next page
    emit(DeskOpened(school_id=mine.school_id, signature_id=signature_id, loan_id=mine.loan_id))
    return Opened(desk.public_id, code)


def _waiting(mine: CharterSignature) -> tuple[CharterDesk, str]:
    """A session that waits for its tablet, and the code that joins them."""
    code, now = "".join(secrets.choice(ALPHABET) for _ in range(rules.DESK_CODE)), clock.now()
    desk = CharterDesk(
        school_id=mine.school_id,
        student_id=mine.student_id,
        loan_id=mine.loan_id,
        signature_id=mine.id,
        code_hash=_hash("code", code),
        started_at=now,
        expires_at=now + rules.DESK_WAITS,
    )
    return desk, code


@use_case
def claim(code: str) -> str:
    """Join a tablet to the session of this code, once; returns the tablet's token.

    :raises CannotSign: no session waits for this code, or no longer.
    """
    with scope.every_school(reason="a tablet at a desk"):
        desk, now = attending.desk_of_code(_hash("code", code)), clock.now()
        if desk is None or desk.expires_at <= now:
            raise rules.CannotSign(UNKNOWN)
        token = secrets.token_urlsafe(32)
        desk.move("claim")
        desk.code_hash, desk.token_hash = None, _hash("token", token)
        desk.claimed_at, desk.expires_at = now, now + rules.DESK_LIFE
        db.session.flush()  # before the narrower scope is back
    return token


def shown(token: str | None) -> AtDesk:
    """What the tablet of this token shows; raises `CannotSign` when its session is over."""
    with scope.every_school(reason="a tablet at a desk"):
        desk = attending.desk_of_token(_hash("token", token)) if token else None
        if desk is None or desk.state is not DeskState.OPEN or desk.expires_at <= clock.now():
            raise rules.CannotSign(OVER)
        return AtDesk(desk, queries.file_of(desk.signature_id))


@use_case
def sign_at_desk(token: str, *, name: str, consent: bool, language: str) -> dict[str, str]:
    """Sign what the tablet shows, with the agent as witness. Returns what is refused, by field: empty when signed.

    :raises CannotSign: the session is over, or this person may not sign.
    """
    at = shown(token)
    with scope.schools(at.desk.school_id):
        held = queries.hold(at.desk.signature_id)
        desk = _still_open(at)
        entitled = standing(held)
        refusals = refusals_of(held.mine, name=name, consent=consent)
        if not refusals:
            held.mine.language_shown = language
            conclude(held, entitled, route=SigningRoute.DESK, name=name)
            _end(desk, "sign")
            db.session.flush()
    return refusals


@use_case
def decline_at_desk(token: str) -> None:
    """Do not sign: the same as at home, in one move."""
    at = shown(token)
    with scope.schools(at.desk.school_id):
        reading.decline(at.desk.signature_id)
        _end(_still_open(at), "decline")
        db.session.flush()


@use_case
def stop(public_id: str) -> None:
    """The agent takes the tablet back: its token is dead. Stopped twice, it is stopped once."""
    desk = attending.lock_desk(public_id)
    if desk.can("stop"):
        _end(desk, "stop")


def _still_open(at: AtDesk) -> CharterDesk:
    """Held now: the agent's button may have come first."""
    desk = attending.lock_desk(at.desk.public_id)
    if desk.state is not DeskState.OPEN:
        raise rules.CannotSign(OVER)
    return desk


def _end(desk: CharterDesk, how: str) -> None:
    desk.move(how)
    desk.ended_at = clock.now()
    desk.code_hash = None
    emit(DeskClosed(school_id=desk.school_id, signature_id=desk.signature_id, loan_id=desk.loan_id))
