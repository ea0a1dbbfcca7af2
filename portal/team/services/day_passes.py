"""A square for a day: made by the head or the office, printed, scanned by helpers, closed at once when it must be."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.accounts import services as accounts
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.values.references import new_public_id
from portal.platform import scope
from portal.platform.keyed import digest
from portal.platform.work import emit, use_case
from portal.policy import Role
from portal.team import queries, rules
from portal.team.events import HelperCame, HelperPassMade, HelperPassRevoked
from portal.team.models import HelperPass, ScanHelper


class Shut(DomainError):
    """The square lets nobody in; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A helper's account and role, for the web to open a session."""

    account_id: int
    grant_id: int


def token_of(public_id: str) -> str:
    """What the square says: computed from our key, so that the database alone cannot print one."""
    return digest("team.pass", public_id)[:43]


def _hashed(token: str) -> str:
    return digest("team.pass.token", token)


@use_case
def make_pass(*, school_id: int, by: int, day: date, most: int) -> str:
    """A square for one day and so many helpers; returns its public id."""
    public_id = new_public_id()
    made = HelperPass(school_id=school_id, public_id=public_id, token_hash=_hashed(token_of(public_id)), valid_on=day)
    made.most, made.made_by, made.made_at = most, by, clock.now()
    db.session.add(made)
    db.session.flush()  # for its id
    emit(HelperPassMade(school_id=school_id, pass_id=made.id))
    return public_id


@use_case
def revoke_pass(public_id: str) -> None:
    """Close a square at once: those who came by it are out at their next scan. Done twice, it is done once."""
    found = db.session.scalars(select(HelperPass).where(HelperPass.public_id == public_id).with_for_update()).one()
    if found.revoked_at is not None:
        return
    found.revoked_at = clock.now()
    for grant_id in db.session.scalars(select(ScanHelper.grant_id).where(ScanHelper.pass_id == found.id)):
        accounts.end_role(grant_id=grant_id)
    emit(HelperPassRevoked(school_id=found.school_id, pass_id=found.id))


def look_at_pass(token: str) -> tuple[str, str | None]:
    """The lycée of a square, and why it lets nobody in (None when it does). The visitor has no scope: ours is the token."""
    with scope.every_school(reason="a helper's square"):
        _, place, facts = queries.pass_of_token(_hashed(token))
    return place, rules.pass_obstacle(facts, today=clock.today())


@use_case
def come_by_pass(*, token: str, name: str) -> Arrival:
    """Let a helper in until the end of the day, under a first name; raises `Shut`. One place per helper, counted here."""
    with scope.every_school(reason="a helper's square"):
        locked = db.session.scalars(
            select(HelperPass).where(HelperPass.token_hash == _hashed(token)).with_for_update()
        ).one_or_none()
        _, _, facts = queries.pass_of_token(_hashed(token))
        reason = rules.pass_obstacle(facts, today=clock.today())
        if locked is None or reason:
            raise Shut(reason or rules.UNKNOWN_PASS)
        return _let_in(locked, name)


def _let_in(found: HelperPass, name: str) -> Arrival:
    account_id = accounts.open_account(name=name, email=None)
    today, school_id = clock.today(), found.school_id
    grant_id = accounts.grant_role(
        account_id=account_id, role=Role.SCAN_HELPER, school_id=school_id, starts_on=today, ends_on=today
    )
    helper = ScanHelper(school_id=school_id, pass_id=found.id, account_id=account_id, grant_id=grant_id)
    helper.came_at = clock.now()
    db.session.add(helper)
    db.session.flush()  # inside the scope that lets it be written
    emit(HelperCame(school_id=school_id, pass_id=found.id, account_id=account_id))
    return Arrival(account_id, grant_id)
