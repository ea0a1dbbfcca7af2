"""Who people are, read in as few statements as possible."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    column,
    func,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.orm import aliased

from portal.accounts.models import Account, RoleGrant, SignInLink
from portal.accounts.rules import VALIDITY
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.values.contacts import is_number
from portal.platform.actor import Actor, students_of
from portal.platform.identity import people_are_known_by
from portal.policy import ROLE_LABELS, Role

# The schools live above this feature, which may not import them: their names are read by the table's name.
_school = table("school", column("id"), column("name"))


@dataclass(frozen=True, slots=True)
class Hat:
    """A role that an account may enter with; `grant_id` is 0 for a family, `place` is empty for family and region.

    For a deputy, `delegated_by` is the head's name and `until` the last day.
    """

    grant_id: int
    role: Role
    place: str = ""
    delegated_by: str = ""
    until: date | None = None

    @property
    def label(self) -> str:
        """The role in French."""
        return ROLE_LABELS[self.role]


@dataclass(frozen=True, slots=True)
class Pressure:
    """How often links were asked for: by this contact since `first_at`, and by everybody in the last minute."""

    account_id: int | None
    asked: int
    first_at: datetime | None
    last_minute: int


def running(grant: type[RoleGrant], today: date | BindParameter[date]) -> ColumnElement[bool]:
    """The periods that count on a day: between their dates, and not cut short."""
    return and_(
        grant.starts_on <= today, or_(grant.ends_on.is_(None), grant.ends_on >= today), grant.ended_at.is_(None)
    )


@cache
def _who() -> Select[str, str, Role, int | None, int | None]:
    """The account's name and language, its role and the schools of that role. Built once: every request sends it."""
    today, other = bindparam("today", type_=Date), aliased(RoleGrant)
    same_role = or_(other.id == RoleGrant.id, RoleGrant.role == Role.TECHNICIAN)
    mine = and_(RoleGrant.account_id == Account.id, RoleGrant.id == bindparam("grant"), running(RoleGrant, today))
    alike = and_(
        other.account_id == RoleGrant.account_id, other.role == RoleGrant.role, same_role, running(other, today)
    )
    return (
        select(Account.name, Account.language, RoleGrant.role, RoleGrant.delegated_by, other.at_school_id)
        .outerjoin(RoleGrant, mine)
        .outerjoin(other, alike)
        .where(Account.id == bindparam("account"), Account.disabled_at.is_(None))
    )


@people_are_known_by
def load_actor(account_id: int, grant_id: int) -> Actor | None:
    """The person behind a session, in one statement (and the roster's, for a family); None when they may not enter.

    A technician sees every school where they hold the role; the other staff see the one they entered for.
    """
    values = {"account": account_id, "grant": grant_id, "today": clock.today()}
    rows = db.session.execute(_who(), values).all()
    if not rows or (grant_id and rows[0].role is None):
        return None
    return Actor(
        account_id=account_id,
        grant_id=grant_id,
        name=rows[0].name,
        language=rows[0].language,
        role=rows[0].role or Role.FAMILY,
        school_ids=frozenset(row.at_school_id for row in rows if row.at_school_id is not None),
        student_ids=students_of(account_id) if not grant_id else frozenset(),
        delegated=rows[0].delegated_by is not None,
    )


def hats(account_id: int) -> list[Hat]:
    """The roles an account may enter with, staff first; a technician's schools count for one."""
    head = aliased(Account)
    rows = db.session.execute(
        select(RoleGrant.id, RoleGrant.role, RoleGrant.ends_on, _school.c.name, head.name.label("head"))
        .join(Account, Account.id == RoleGrant.account_id)
        .outerjoin(head, head.id == RoleGrant.delegated_by)
        .outerjoin(_school, _school.c.id == RoleGrant.at_school_id)
        .where(RoleGrant.account_id == account_id, Account.disabled_at.is_(None), running(RoleGrant, clock.today()))
        .order_by(_school.c.name, RoleGrant.id)
    ).all()
    staff = [
        Hat(row.id, row.role, row.name or "", row.head or "", row.ends_on if row.head else None)
        for row in rows
        if row.role is not Role.TECHNICIAN
    ]
    tours = [row for row in rows if row.role is Role.TECHNICIAN]
    if tours:
        staff.append(Hat(tours[0].id, Role.TECHNICIAN, ", ".join(row.name for row in tours)))
    return staff if staff and not students_of(account_id) else [*staff, Hat(0, Role.FAMILY)]


def pressure(*, contact: str, address_hash: str, now: datetime) -> Pressure:
    """The account of a contact and how often links were asked for, in one statement whether it exists or not."""
    known_by = Account.mobile if is_number(contact) else Account.email
    lately = and_(SignInLink.address_hash == address_hash, SignInLink.asked_at > now - VALIDITY)
    row = db.session.execute(
        select(
            select(Account.id)
            .where(known_by == contact, Account.disabled_at.is_(None))
            .scalar_subquery()
            .label("account"),
            select(func.count()).select_from(SignInLink).where(lately).scalar_subquery().label("asked"),
            select(func.min(SignInLink.asked_at)).where(lately).scalar_subquery().label("first_at"),
            select(func.count())
            .select_from(SignInLink)
            .where(SignInLink.asked_at > now - timedelta(minutes=1))
            .scalar_subquery()
            .label("last_minute"),
        )
    ).one()
    return Pressure(row.account, row.asked, row.first_at, row.last_minute)


def asked_link(public_id: str) -> SignInLink:
    """The link that a page is about."""
    return db.session.scalars(select(SignInLink).where(SignInLink.public_id == public_id)).one()


def link_of_token(token_hash: str) -> SignInLink | None:
    """The link that was opened, if it is one of ours."""
    return db.session.scalars(select(SignInLink).where(SignInLink.token_hash == token_hash)).one_or_none()


def account_of_mobile(mobile: str) -> int | None:
    """The account of a mobile number (E.164), if there is one."""
    return db.session.execute(select(Account.id).where(Account.mobile == mobile)).scalar_one_or_none()


def periods(account_id: int, role: Role, school_id: int | None, *, first: date, last: date | None) -> list[RoleGrant]:
    """The periods of a role that are not over and that meet these dates, both included; oldest first."""
    not_after = RoleGrant.starts_on <= last if last else true()
    found = db.session.scalars(
        select(RoleGrant)
        .where(
            RoleGrant.account_id == account_id,
            RoleGrant.role == role,
            RoleGrant.at_school_id.is_not_distinct_from(school_id),
            RoleGrant.ended_at.is_(None),
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= first),
            not_after,
        )
        .order_by(RoleGrant.starts_on)
    )
    return list(found)


def holders(role: Role, school_id: int) -> list[int]:
    """The accounts that hold a role in a school today, deputies included; none that is closed."""
    return list(
        db.session.scalars(
            select(Account.id)
            .join(RoleGrant, RoleGrant.account_id == Account.id)
            .where(
                RoleGrant.role == role,
                RoleGrant.at_school_id == school_id,
                running(RoleGrant, clock.today()),
                Account.disabled_at.is_(None),
            )
            .distinct()
            .order_by(Account.id)
        )
    )


def delegated(grant: RoleGrant) -> list[RoleGrant]:
    """What the holder of this role has delegated in the same school, and that is not over."""
    if grant.role is not Role.HEAD or grant.delegated_by is not None:
        return []
    found = db.session.scalars(
        select(RoleGrant)
        .where(
            RoleGrant.delegated_by == grant.account_id,
            RoleGrant.at_school_id == grant.at_school_id,
            RoleGrant.ended_at.is_(None),
        )
        .with_for_update()
    )
    return list(found)


def accounts_of(emails: Collection[str]) -> dict[str, int]:
    """Account by address (lower case), for those that exist."""
    rows = db.session.execute(select(Account.email, Account.id).where(Account.email.in_(list(emails))))
    return {str(email): account_id for email, account_id in rows}
