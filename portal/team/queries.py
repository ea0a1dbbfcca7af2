"""Reads about a team. A role belongs to no scope: each read names the schools it may look at."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import aliased

from portal.accounts.models import Account, RoleGrant
from portal.accounts.queries import running
from portal.credentials.models import AuthenticatorApp, Passkey
from portal.extensions import db
from portal.kernel import clock
from portal.platform.search import holds
from portal.platform.tables import Page, Wish, paged_at_once
from portal.policy import ROLE_LABELS, Role
from portal.schools.models import School
from portal.schools.queries import current_campaign
from portal.team.models import HelperPass, ScanHelper
from portal.team.rules import PassFacts

MOST = 300

Place = School
"""A lycée as the pages of the team name it."""


@dataclass(frozen=True, slots=True)
class Member:
    """One period of one role of one person."""

    grant_id: int
    public_id: str
    account_id: int
    name: str
    email: str | None
    role: Role
    school_id: int | None
    starts_on: date
    ends_on: date | None
    ended_at: datetime | None
    delegated_by: int | None
    delegator: str | None
    protected: bool

    @property
    def label(self) -> str:
        """The role in French."""
        return ROLE_LABELS[self.role]

    @property
    def over(self) -> bool:
        """Whether the period is behind us."""
        return self.ended_at is not None or (self.ends_on is not None and self.ends_on < clock.today())

    @property
    def future(self) -> bool:
        """Whether the period is still to come."""
        return not self.over and self.starts_on > clock.today()


def _members() -> Any:
    head = aliased(Account)
    app = exists().where(AuthenticatorApp.account_id == Account.id, AuthenticatorApp.confirmed_at.is_not(None))
    return (
        select(
            RoleGrant.id,
            RoleGrant.public_id,
            Account.id,
            Account.name,
            Account.email,
            RoleGrant.role,
            RoleGrant.at_school_id,
            RoleGrant.starts_on,
            RoleGrant.ends_on,
            RoleGrant.ended_at,
            RoleGrant.delegated_by,
            head.name,
            or_(app, exists().where(Passkey.account_id == Account.id)),
        )
        .join(Account, Account.id == RoleGrant.account_id)
        .outerjoin(head, head.id == RoleGrant.delegated_by)
        .where(RoleGrant.role != Role.SCAN_HELPER)
    )


def of_school(school_id: int | None) -> list[Member]:
    """Who works in a lycée (None: at the region), worked or will work there; those of today first."""
    place: ColumnElement[bool] = RoleGrant.at_school_id.is_not_distinct_from(school_id)
    rows = db.session.execute(_members().where(place).order_by(Account.name, RoleGrant.starts_on).limit(MOST)).all()
    return sorted((Member(*row) for row in rows), key=lambda member: (member.over, member.future))


def member(public_id: str, *, school_ids: Collection[int] | None) -> Member:
    """One period, in these schools (None: everywhere); raises `NoResultFound`."""
    statement = _members().where(RoleGrant.public_id == public_id)
    if school_ids is not None:
        statement = statement.where(RoleGrant.at_school_id.in_(school_ids))
    return Member(*db.session.execute(statement).one())


def deputies(school_id: int, *, but: int) -> dict[int, str]:
    """To whom a head may delegate: the accounts that hold a role of their own in the lycée today, by id."""
    rows = db.session.execute(
        select(Account.id, Account.name)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            RoleGrant.at_school_id == school_id,
            RoleGrant.role.in_((Role.MANAGER, Role.TECHNICIAN)),
            running(RoleGrant, clock.today()),
            Account.id != but,
            Account.disabled_at.is_(None),
        )
        .order_by(Account.name)
    )
    return {row.id: row.name for row in rows}


def campaign_ends(school_id: int) -> date | None:
    """The last day of the campaign that runs today in a lycée's region, if one does."""
    try:
        return current_campaign(school_id, on=clock.today()).ends_on
    except NoResultFound:
        return None


def works_elsewhere(account_id: int, school_ids: Collection[int]) -> bool:
    """Whether somebody of the staff also holds a role outside these lycées, the region included, today."""
    outside = or_(RoleGrant.at_school_id.is_(None), RoleGrant.at_school_id.not_in(school_ids))
    mine = (RoleGrant.account_id == account_id, running(RoleGrant, clock.today()), outside)
    return bool(db.session.scalar(select(exists().where(*mine))))


def own_role_ends(grant_id: int) -> date | None:
    """The last day of the role with which somebody came in."""
    return db.session.scalar(select(RoleGrant.ends_on).where(RoleGrant.id == grant_id))


def schools(wish: Wish) -> Page[Any]:
    """The lycées that take part, each with its heads of today."""
    heads = (
        select(func.min(Account.name))
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.at_school_id == School.id, RoleGrant.role == Role.HEAD, running(RoleGrant, clock.today()))
        .correlate(School)
        .scalar_subquery()
    )
    statement = select(School.public_id, School.name, School.uai, School.city, heads.label("head"))
    if typed := wish.query.get("recherche", ""):
        statement = statement.where(or_(holds(School.name, typed), holds(School.uai, typed), holds(School.city, typed)))
    return paged_at_once(statement, wish, order=[School.name, School.id])


def school(public_id: str, *, school_ids: Collection[int] | None) -> School:
    """A lycée among these (None: any); raises `NoResultFound`."""
    statement = select(School).where(School.public_id == public_id)
    if school_ids is not None:
        statement = statement.where(School.id.in_(school_ids))
    return db.session.scalars(statement).one()


def _came() -> Any:
    return select(func.count()).where(ScanHelper.pass_id == HelperPass.id).correlate(HelperPass).scalar_subquery()


def passes() -> list[Any]:
    """The squares of the lycée, the latest first, each with how many came by it."""
    rows = db.session.execute(
        select(HelperPass, _came().label("came")).order_by(HelperPass.valid_on.desc(), HelperPass.id.desc()).limit(30)
    )
    return list(rows)


def helper_pass(public_id: str) -> HelperPass:
    """A square of the lycée; raises `NoResultFound`."""
    return db.session.scalars(select(HelperPass).where(HelperPass.public_id == public_id)).one()


def helpers(pass_id: int) -> list[Any]:
    """Who came by a square: first name and time."""
    return list(
        db.session.execute(
            select(Account.name, ScanHelper.came_at)
            .join(Account, Account.id == ScanHelper.account_id)
            .where(ScanHelper.pass_id == pass_id)
            .order_by(ScanHelper.came_at)
        )
    )


def pass_of_token(token_hash: str) -> tuple[HelperPass | None, str, PassFacts | None]:
    """The square that was scanned, the name of its lycée, and what the rules need to know. Ask with every school in scope."""
    row = db.session.execute(
        select(HelperPass, School.name, _came().label("came"))
        .join(School, School.id == HelperPass.school_id)
        .where(HelperPass.token_hash == token_hash)
    ).one_or_none()
    if row is None:
        return None, "", None
    found = row[0]
    facts = PassFacts(valid_on=found.valid_on, revoked=found.revoked_at is not None, came=row.came, most=found.most)
    return found, row.name, facts
