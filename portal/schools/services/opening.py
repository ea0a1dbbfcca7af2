"""A region opens, and lycées of the directory join it."""

from dataclasses import asdict, dataclass

from portal.extensions import db
from portal.kernel.values.address import PostalAddress
from portal.platform.work import emit, use_case
from portal.schools import queries
from portal.schools.events import SchoolOpened
from portal.schools.models import Campaign, Region, School
from portal.schools.profile import Profile
from portal.schools.rules import NotOpened, opening_obstacle


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
