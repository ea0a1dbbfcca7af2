"""Use-cases of the roster: what a school's file says of its students and of who answers for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, update

from portal.extensions import db
from portal.kernel.values.address import PostalAddress
from portal.platform.work import use_case
from portal.roster.models import Guardian, Guardianship, Student

ADDRESS_FIELDS = ("recipient", "line2", "line3", "street", "locality", "postcode", "city")


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
    may_sign: bool = True
    opposed_on: date | None = None


@use_case
def enrol(
    *, school_id: int, students: Sequence[NewStudent], guardians: Sequence[NewGuardian], links: Sequence[NewLink]
) -> dict[str, int]:
    """Add students, guardians and their links to a school, in three statements; returns the students' numbers."""
    student_ids = _insert(Student, school_id, [_plain(student) for student in students])
    guardian_ids = _insert(Guardian, school_id, [_plain(guardian) for guardian in guardians])
    rows = [
        {
            "school_id": school_id,
            "student_id": student_ids[link.student],
            "guardian_id": guardian_ids[link.guardian],
            "kinship": link.kinship,
            "may_sign": link.may_sign,
            "opposed_on": link.opposed_on,
        }
        for link in links
    ]
    if rows:
        db.session.execute(insert(Guardianship), rows)
    return student_ids


@use_case
def give_account(*, account_id: int, guardian_ids: Sequence[int] = (), student_ids: Sequence[int] = ()) -> None:
    """Say that these people of the file are the person of this account; one who has an account already keeps it."""
    for table, ids in ((Guardian, guardian_ids), (Student, student_ids)):
        if ids:
            unknown = (table.id.in_(list(ids)), table.account_id.is_(None))
            db.session.execute(update(table).where(*unknown).values(account_id=account_id))


def _plain(person: NewStudent | NewGuardian) -> dict[str, object]:
    values = {name: getattr(person, name) for name in person.__dataclass_fields__ if name != "address"}
    if isinstance(person, NewGuardian):
        values |= {name: getattr(person.address, name, None) or None for name in ADDRESS_FIELDS}
    return values


def _insert(table: type[Student] | type[Guardian], school_id: int, rows: list[dict[str, object]]) -> dict[str, int]:
    if not rows:
        return {}
    values = [{"school_id": school_id, **row} for row in rows]
    inserted = db.session.execute(insert(table).returning(table.source_id, table.id), values)
    return dict(inserted.tuples().all())
