"""Reads about regions, campaigns and schools. None of it is secret: a school's address is on its door."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ScalarSelect, case, column, false, func, or_, select, table
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import InstrumentedAttribute, aliased

from portal.accounts.models import Account
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.values.folding import fold
from portal.platform.audit import AuditLine
from portal.platform.database import held
from portal.platform.search import folded_holds
from portal.platform.tables import Page, Wish, paged_at_once
from portal.schools.campaigns import Known
from portal.schools.events import SchoolChanged, subject_of
from portal.schools.models import Campaign, DirectoryEntry, Region, School
from portal.schools.packing import Packing

# The texts of the charter live above this feature: they are counted by the table's name.
_charter_version = table("charter_version", column("campaign_id"))

_OURS = Campaign.region_id == select(func.min(Region.id)).scalar_subquery()
"""A portal serves one region."""

MOST_AT_ONCE = 500
"""Keys in one statement."""


def one(school_id: int) -> School:
    """A school by its number; raises `NoResultFound`."""
    return db.session.execute(select(School).where(School.id == school_id)).scalar_one()


def by_uai(uai: str) -> School:
    """A school that takes part, by its code; raises `NoResultFound`."""
    return db.session.execute(select(School).where(School.uai == uai)).scalar_one()


def packing(school_id: int) -> Packing:
    """How a school packs, in one statement; raises `NoResultFound`."""
    statement = select(School.packing, Region.profile).join(Region, Region.id == School.region_id)
    kept, profile = db.session.execute(statement.where(School.id == school_id)).one()
    return Packing.of(kept, profile)


def hold(school_id: int) -> School:
    """A school, held until the use-case ends, as it is in the database now."""
    statement = held(select(School).where(School.id == school_id))
    return db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one()


def with_directory(school_id: int) -> tuple[School, DirectoryEntry]:
    """A school and what the directory says of it, in one statement; raises `NoResultFound`."""
    statement = select(School, DirectoryEntry).join(DirectoryEntry, DirectoryEntry.uai == School.uai)
    school, known = db.session.execute(statement.where(School.id == school_id)).one()
    return school, known


def history(school_id: int, *, limit: int = 20) -> list[Any]:
    """Who changed which settings of a school, latest first."""
    statement = (
        select(AuditLine.at, AuditLine.role, AuditLine.payload, Account.name)
        .outerjoin(Account, Account.id == AuditLine.account_id)
        .where(AuditLine.subject == subject_of(school_id), AuditLine.kind == SchoolChanged.__name__)
        .order_by(AuditLine.at.desc(), AuditLine.id.desc())
        .limit(limit)
    )
    return list(db.session.execute(statement))


def several(school_ids: Iterable[int]) -> dict[int, School]:
    """Schools by their numbers, in one statement."""
    found = db.session.scalars(select(School).where(School.id.in_(list(school_ids))))
    return {school.id: school for school in found}


def current_campaign(school_id: int, *, on: date) -> Campaign:
    """The campaign of the school's region that runs on a day, the last begun; raises `NoResultFound` outside any."""
    statement = (
        select(Campaign)
        .join(School, School.region_id == Campaign.region_id)
        .where(School.id == school_id, Campaign.starts_on <= on, Campaign.ends_on >= on)
        .order_by(Campaign.starts_on.desc())
        .limit(1)
    )
    return db.session.execute(statement).scalar_one()


def campaigns() -> list[Known]:
    """Every campaign of the portal's region, the latest first, in one statement."""
    texts = select(func.count()).where(_charter_version.c.campaign_id == Campaign.id).scalar_subquery()
    statement = select(Campaign, texts).where(_OURS).order_by(Campaign.starts_on.desc())
    return [
        Known(
            id=row.id,
            name=row.name,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            kit=tuple(row.kit),
            emergency=row.emergency,
            texts=count,
        )
        for row, count in db.session.execute(statement)
    ]


def hold_region() -> int:
    """The number of the portal's region, its campaigns kept from others until the use-case ends; raises `NoResultFound`."""
    return db.session.execute(held(select(Region.id).order_by(Region.id).limit(1))).scalar_one()


def in_force(region_id: InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """The number of the campaign whose rules hold today in a region, for use inside another statement.

    Between two campaigns, the last one's still do; before any has begun, those of the first.
    """
    one, today = aliased(Campaign), clock.today()
    begun = case((one.starts_on <= today, one.starts_on))
    nearest = (one.starts_on > today, begun.desc(), one.starts_on, one.id)
    return select(one.id).where(one.region_id == region_id).order_by(*nearest).limit(1).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The campaign whose rules are read, among those whose rules may still matter, in order of time."""

    campaign: Campaign
    known: list[Campaign]


def rulebook(name: str) -> Rulebook:
    """The portal's campaign of that name, or the one whose rules hold today; one statement; raises `NoResultFound`."""
    now = (Campaign.id == in_force(Campaign.region_id)).label("now")
    statement = select(Campaign, now).where(_OURS, or_(now, Campaign.ends_on >= clock.today()))
    rows = db.session.execute(statement.order_by(Campaign.starts_on, Campaign.id)).all()
    chosen = [row.Campaign for row in rows if (row.Campaign.name == name if name else row.now)]
    if not chosen:
        raise NoResultFound(name)
    return Rulebook(chosen[0], [row.Campaign for row in rows])


def region_of(school_id: int) -> Region:
    """The region that runs a school's campaigns."""
    return db.session.execute(
        select(Region).join(School, School.region_id == Region.id).where(School.id == school_id)
    ).scalar_one()


def region(region_id: int) -> Region:
    """A region by its number; raises `NoResultFound`."""
    return db.session.execute(select(Region).where(Region.id == region_id)).scalar_one()


def first_region_id() -> int | None:
    """The number of the one region that this portal serves; None before it is opened."""
    return db.session.scalar(select(Region.id).order_by(Region.id).limit(1))


def region_id_of(school_id: int) -> ScalarSelect[int]:
    """The number of a school's region, for use inside another statement."""
    return select(School.region_id).where(School.id == school_id).scalar_subquery()


def in_directory(wish: Wish) -> Page[Any]:
    """Lycées whose name, town, post code or UAI holds every word that was typed; nothing typed, nothing found."""
    words = fold(wish.query.get("recherche", "")).lower()
    statement = _with_programme().where(folded_holds(DirectoryEntry.search, words) if words else false())
    return paged_at_once(statement, wish, order=[DirectoryEntry.city, DirectoryEntry.name, DirectoryEntry.uai])


def _with_programme() -> Any:
    """The directory: each entry, the region of ours that it is in, if any, and its lycée, if it takes part."""
    return (
        select(DirectoryEntry, Region.id.label("region_id"), School.public_id)
        .outerjoin(Region, Region.code == DirectoryEntry.region_code)
        .outerjoin(School, School.uai == DirectoryEntry.uai)
    )


def in_programme(uai: str) -> Any:
    """A lycée of the directory, its `region_id` and `public_id` or None; raises `NoResultFound`."""
    return db.session.execute(_with_programme().where(DirectoryEntry.uai == uai)).one()


def hold_entry(uai: str) -> None:
    """A lycée of the directory is held until the use-case ends: it is opened once; raises `NoResultFound`."""
    db.session.execute(held(select(DirectoryEntry.uai).where(DirectoryEntry.uai == uai))).one()


def directory_rows(uais: Collection[str]) -> dict[str, DirectoryEntry]:
    """Lycées of the directory by their UAI, some hundred at a time."""
    wanted, found = sorted(uais), {}
    for start in range(0, len(wanted), MOST_AT_ONCE):
        some = DirectoryEntry.uai.in_(wanted[start : start + MOST_AT_ONCE])
        found.update({row.uai: row for row in db.session.scalars(select(DirectoryEntry).where(some))})
    return found


def directory_is_empty() -> bool:
    """Whether the directory of lycées was never loaded."""
    return db.session.scalar(select(DirectoryEntry.uai).limit(1)) is None


def a_region_is_open() -> bool:
    """Whether a region already uses this database."""
    return db.session.scalar(select(Region.id).limit(1)) is not None


def entry(uai: str) -> DirectoryEntry:
    """A lycée of the directory; raises `NoResultFound`."""
    return db.session.execute(select(DirectoryEntry).where(DirectoryEntry.uai == uai)).scalar_one()
