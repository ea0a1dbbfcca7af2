"""Choose a password, and come in with it."""

from sqlalchemy import Select, delete, select

from portal.credentials import hashing, queries, rules
from portal.credentials.events import PasswordChosen, PasswordRemoved
from portal.credentials.models import Password
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.platform.sessions import close_sessions
from portal.platform.work import emit, use_case


class Refused(DomainError):
    """A password that may not be chosen; the sentence says why."""


def check_password(*, contact: str, password: str) -> int | None:
    """The account that this contact and this password open, or None. Known or not, the same work is done (SEC-11).

    Whoever calls has taken a limit first. A hash made with older parameters is made anew.
    """
    account_id, kept = queries.password_of(contact)
    if not hashing.fits(kept, rules.prepared(password)) or account_id is None or kept is None:
        return None
    if hashing.is_dated(kept):
        _hash_anew(account_id, old=kept, password=password)
    return account_id


@use_case
def choose_password(*, account_id: int, password: str, session: str = "") -> None:
    """Keep a new password; raises `Refused`. Every other session of the account ends (SEC-1): `session` is this one's."""
    owner = queries.owner(account_id)
    if reason := rules.password_obstacle(password, staff=owner.staff, personal=owner.personal):
        raise Refused(reason)
    kept = db.session.scalars(_of(account_id)).one_or_none() or Password(account_id=account_id)
    kept.hash, kept.changed_at = hashing.hashed(rules.prepared(password)), clock.now()
    db.session.add(kept)
    close_sessions(account_id, but=session)
    emit(PasswordChosen(school_id=None, account_id=account_id))


@use_case
def remove_password(*, account_id: int, session: str = "") -> None:
    """Go back to links by e-mail only; for families. Staff keep theirs."""
    if queries.owner(account_id).staff:
        raise Refused
    db.session.execute(delete(Password).where(Password.account_id == account_id))
    close_sessions(account_id, but=session)
    emit(PasswordRemoved(school_id=None, account_id=account_id))


@use_case
def _hash_anew(account_id: int, *, old: str, password: str) -> None:
    kept = db.session.scalars(_of(account_id)).one_or_none()
    if kept and kept.hash == old:  # unless it was changed meanwhile
        kept.hash = hashing.hashed(rules.prepared(password))


def _of(account_id: int) -> Select[Password]:
    return select(Password).where(Password.account_id == account_id).with_for_update()
