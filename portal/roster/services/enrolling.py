"""Students of a school without any file: the demo's, or those that a person types."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.kernel.values.address import PostalAddress
from portal.platform.work import use_case
from portal.roster import values
from portal.roster.models import Guardian, Student
from portal.roster.reading.records import Source
from portal.roster.services import writing


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStudent:
    """A student of the file."""

    source_id: str
    family_name: str
    given_name: str
    birth_date: date
    class_name: str
    level: str
    email: str | None = None
    mobile: str | None = None
    account_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGuardian:
    """A guardian of the file, with the contacts that the school knows."""

    source_id: str
    name: str
    address: PostalAddress | None = None
    email: str | None = None
    mobile: str | None = None
    account_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """Who answers for whom, and whether that gives the right to sign."""

    student: str
    guardian: str
    kinship: str
    may_sign: bool | None = True
    opposed_on: date | None = None


@use_case
def enrol(
    *,
    school_id: int,
    students: Sequence[NewStudent],
    guardians: Sequence[NewGuardian],
    links: Sequence[NewLink],
    source: Source = Source.SIECLE,
) -> dict[str, int]:
    """Add students, guardians and their links to a school, in five statements; returns the students' numbers."""
    writing.add_people(Student, [_plain(one) for one in students], school_id=school_id, source=source)
    writing.add_people(Guardian, [_plain(one) for one in guardians], school_id=school_id, source=source)
    where = {"school_id": school_id, "source": source}
    known = writing.numbers(Student, **where, keys=[one.source_id for one in students])  # type: ignore[arg-type]  # two names
    answering = writing.numbers(Guardian, **where, keys=[one.source_id for one in guardians])  # type: ignore[arg-type]  # two names
    rows = [
        {
            "student_id": known[link.student],
            "guardian_id": answering[link.guardian],
            "kinship": link.kinship,
            "may_sign": link.may_sign,
            "opposed_on": link.opposed_on,
        }
        for link in links
    ]
    writing.add_links(rows, school_id=school_id)
    return {one.source_id: known[one.source_id] for one in students}


def _plain(person: NewStudent | NewGuardian) -> dict[str, object]:
    columns = {name: getattr(person, name) for name in person.__dataclass_fields__ if name != "address"}
    if isinstance(person, NewGuardian):
        columns |= values.columns({"address": values.parts_of(person.address)})
    return columns
