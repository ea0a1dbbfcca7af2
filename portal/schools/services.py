"""Use-cases of the schools: the directory, the region and its campaign, the lycées that take part."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError, NoResultFound

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.values.address import PostalAddress
from portal.kernel.words import later
from portal.platform.database import held
from portal.platform.work import emit, use_case
from portal.schools import queries
from portal.schools.campaigns import Known, NotWithdrawn, Plan, check, check_change
from portal.schools.directory import DirectoryReport
from portal.schools.directory_csv import Richer
from portal.schools.emergency import EmergencyRules
from portal.schools.events import (
    CampaignChanged,
    CampaignPlanned,
    CampaignWithdrawn,
    DirectoryLoaded,
    RegionChanged,
    SchoolChanged,
    SchoolOpened,
)
from portal.schools.models import Campaign, DirectoryEntry, Region, School, search_words
from portal.schools.printing import LabelSheet
from portal.schools.profile import Profile
from portal.schools.rules import NotOpened, opening_obstacle


@use_case
def lock(school_id: int) -> None:
    """One decision at a time in a school: two heads on two machines never promise the same device.

    Held until the outer use-case ends, and taken before any loan and any device: whoever takes two locks takes them
    in this order, so that nobody waits in a ring.
    """
    db.session.execute(held(select(School.id).where(School.id == school_id)))


class Stale(DomainError):
    """Somebody saved these settings since the form was opened: nothing is overwritten without being seen (REL-14)."""

    message = later("Quelqu’un a modifié ces réglages pendant que vous écriviez. Comparez, puis enregistrez.")


@use_case
def change(school_id: int, *, version: int, values: Mapping[str, Any]) -> list[str]:
    """Change settings of a lycée, and say in the audit trail which ones; returns their names. Raises `Stale`.

    :param version: that of the settings as the form showed them.
    :param values: by attribute of `School`, already checked.
    """
    school = queries.hold(school_id)
    if school.version != version:
        raise Stale
    changed = [name for name, value in values.items() if getattr(school, name) != value]
    for name in changed:
        setattr(school, name, values[name])
    if changed:
        school.version += 1
        emit(SchoolChanged(school_id=school_id, changed=",".join(changed)))
    return changed


@use_case
def change_reminders(region_id: int, *, days: Sequence[int] | None) -> None:
    """When the families of a region are reminded to sign, where their lycée says nothing; None for the usual days."""
    region = db.session.execute(held(select(Region).where(Region.id == region_id))).scalar_one()
    kept = {name: value for name, value in region.profile.items() if name != "reminder_days"}
    region.profile = {**kept, "reminder_days": list(days)} if days else kept
    emit(RegionChanged(school_id=None, region_id=region_id, changed="reminder_days"))


@use_case
def plan_campaign(plan: Plan) -> Campaign:
    """Prepare a campaign, its emergency rules those of the latest; raises `NotPlanned`."""
    region_id, known = queries.hold_region(), queries.campaigns()
    check(plan, others=known)
    campaign = Campaign(region_id=region_id, **asdict(plan))
    campaign.emergency = known[0].emergency if known else EmergencyRules()
    db.session.add(campaign)
    db.session.flush()  # the event names it
    emit(CampaignPlanned(school_id=None, campaign_id=campaign.id))
    return campaign


@use_case
def change_campaign(campaign_id: int, plan: Plan) -> None:
    """Change a campaign; raises `NotPlanned`. What families have read stays: once begun, only its last day moves."""
    before, others = _apart(campaign_id)
    check_change(before, plan, today=clock.today())
    check(plan, others=others)
    values = asdict(plan)
    changed = [name for name, value in values.items() if getattr(before, name) != value]
    if changed:
        db.session.execute(update(Campaign).where(Campaign.id == campaign_id).values(values))
        emit(CampaignChanged(school_id=None, campaign_id=campaign_id, changed=",".join(changed)))


@use_case
def withdraw_campaign(campaign_id: int) -> None:
    """Forget a campaign that has not begun and for which nothing was written; raises `NotWithdrawn`."""
    campaign, _others = _apart(campaign_id)
    if campaign.starts_on <= clock.today():
        raise NotWithdrawn(later("Cette campagne a commencé\u00a0: elle ne se retire plus."))
    try:
        db.session.execute(delete(Campaign).where(Campaign.id == campaign_id))
    except IntegrityError as used:
        raise NotWithdrawn from used
    emit(CampaignWithdrawn(school_id=None, campaign_id=campaign_id))


def _apart(campaign_id: int) -> tuple[Known, list[Known]]:
    """A campaign and the others, held until the use-case ends; raises `NoResultFound` when it was withdrawn meanwhile."""
    queries.hold_region()
    known = queries.campaigns()
    found = [one for one in known if one.id == campaign_id]
    if not found:
        raise NoResultFound(campaign_id)
    return found[0], [one for one in known if one.id != campaign_id]


@use_case
def change_emergency_rules(campaign_id: int, *, rules: EmergencyRules) -> None:
    """How large the emergency pools of a campaign are, and for how long their devices are lent from now on."""
    campaign = db.session.execute(held(select(Campaign).where(Campaign.id == campaign_id))).scalar_one()
    if campaign.emergency != rules:
        campaign.emergency = rules
        emit(CampaignChanged(school_id=None, campaign_id=campaign_id, changed="emergency"))


@use_case
def advance_sheet(school_id: int, *, labels: int) -> None:
    """So many labels were printed: on sheets of four, the next ones start after the last."""
    school = queries.hold(school_id)
    if school.printers.sheet is LabelSheet.A4:
        school.printing = school.printers.after(labels).kept


@use_case
def load_directory(report: DirectoryReport) -> int:
    """Replace the directory of lycées by a repaired one; those that take part stay. Returns how many entries it has."""
    taking_part = set(db.session.scalars(select(School.uai)))
    db.session.execute(delete(DirectoryEntry).where(DirectoryEntry.uai.not_in(taking_part)))
    rows = [
        {
            "uai": entry.uai,
            "name": entry.display_name,
            "raw_name": entry.name,
            "city": entry.display_city,
            "postcode": entry.postcode,
            "department": entry.department_code,
            "region_code": entry.region_code,
            "country": entry.country,
        }
        for entry in report.entries
        if entry.uai not in taking_part
    ]
    db.session.execute(insert(DirectoryEntry), rows)
    return len(rows) + len(taking_part)


@dataclass(frozen=True, slots=True)
class Merge:
    """What loading a directory does, or would do: UAIs."""

    created: list[str]
    changed: list[str]
    unchanged: int


def foresee_merge(found: Sequence[Richer]) -> Merge:
    """What loading would do, before anything is written."""
    rows = {one.entry.uai: _directory_row(one) for one in found}
    known = queries.directory_rows(rows)
    created = [uai for uai in rows if uai not in known]
    changed = [uai for uai, row in rows.items() if uai in known and _differs(known[uai], row)]
    return Merge(created, changed, len(rows) - len(created) - len(changed))


@use_case
def merge_directory(found: Sequence[Richer]) -> Merge:
    """Add lycées to the directory and mend those it has; the others stay. A column that the file has not stays too."""
    merge = foresee_merge(found)
    rows = {one.entry.uai: _directory_row(one) for one in found}
    if merge.created:
        db.session.execute(insert(DirectoryEntry), [{**EMPTY, **rows[uai]} for uai in merge.created])
    if merge.changed:
        changed = [{**rows[uai], "search": search_words(rows[uai])} for uai in merge.changed]
        db.session.execute(update(DirectoryEntry), changed)
    if merge.created or merge.changed:
        emit(DirectoryLoaded(school_id=None, created=len(merge.created), changed=len(merge.changed)))
    return merge


EMPTY = {"street": None, "phone": None, "email": None}


def _directory_row(found: Richer) -> dict[str, Any]:
    entry = found.entry
    return {
        "uai": entry.uai,
        "name": entry.display_name,
        "raw_name": entry.name,
        "city": entry.display_city,
        "postcode": entry.postcode,
        "department": entry.department_code,
        "region_code": entry.region_code,
        "country": entry.country,
        **found.extra,
    }


def _differs(known: DirectoryEntry, row: Mapping[str, Any]) -> bool:
    return any(getattr(known, name) != value for name, value in row.items())


@use_case
def open_region(profile: Profile) -> Campaign:
    """Open a region with its profile, and its first campaign."""
    region = Region(code=profile.code, name=profile.name, profile=profile.rules)
    db.session.add(region)
    db.session.flush()  # the campaign names its region
    campaign = Campaign(
        region_id=region.id,
        name=profile.campaign_name,
        starts_on=profile.starts_on,
        ends_on=profile.ends_on,
        kit=list(profile.kit),
        emergency=profile.emergency,
    )
    db.session.add(campaign)
    db.session.flush()  # the caller needs its number
    return campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSchool:
    """What is asked of a lycée when it joins: who signs, who answers families, where the kits are collected.

    What nobody has said yet is true of any lycée, until its own settings say better.
    """

    uai: str
    name: str
    head_name: str
    contact_phone: str
    contact_email: str
    contact_name: str = "accueil du lycée"
    contact_hours: str = "aux heures d’ouverture du lycée"
    pickup_place: str = "à l’accueil du lycée"
    head_title: str = "proviseur"
    deliberation: str | None = None


@use_case
def open_school(new: NewSchool, *, address: PostalAddress) -> School:
    """Let a lycée of the directory take part; raises `NotOpened`, or `NoResultFound` when the directory has it not."""
    queries.hold_entry(new.uai)
    place = queries.in_programme(new.uai)
    if obstacle := opening_obstacle(ours=place.region_id is not None, taking_part=place.public_id is not None):
        raise NotOpened(obstacle)
    school = School(region_id=place.region_id, **asdict(new))
    school.address = address
    db.session.add(school)
    db.session.flush()  # the caller needs its number
    emit(SchoolOpened(school_id=school.id))
    return school
