"""Settings of a lycée, and of the region for all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from portal.extensions import db
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform.database import held
from portal.platform.work import emit, use_case
from portal.schools import queries
from portal.schools.events import RegionChanged, SchoolChanged
from portal.schools.models import Region, School
from portal.schools.printing import LabelSheet


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
def advance_sheet(school_id: int, *, labels: int) -> None:
    """So many labels were printed: on sheets of four, the next ones start after the last."""
    school = queries.hold(school_id)
    if school.printers.sheet is LabelSheet.A4:
        school.printing = school.printers.after(labels).kept
