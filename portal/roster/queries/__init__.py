"""Reads about students and guardians."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import contains_eager

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.values.dates import is_adult
from portal.platform import scope
from portal.platform.actor import families_are_known_by
from portal.roster.models import Guardian, Guardianship, Student
from portal.roster.queries import loans
from portal.roster.queries.origin import origin
from portal.roster.rules import GuardianFacts, Signatory, StudentFacts, opposed, signatories

__all__ = ["origin"]


@families_are_known_by
def students_of(account_id: int) -> frozenset[int]:
    """The students whose files an account sees today: themselves, and the minors it is guardian of.

    At 18 a student's file closes to the parents, unless the student agrees (a later setting). A student who is only absent
    from the last file is still seen; one who has left is no longer from that day, unless a loan still goes on:
    there may be a device to give back.
    """
    today = clock.today()
    here = Student.left_on.is_(None) | (Student.left_on > today) | loans.is_open()
    own = select(Student.id, Student.birth_date, Student.emancipated, Student.account_id).where(
        Student.account_id == account_id, here
    )
    children = (
        select(Student.id, Student.birth_date, Student.emancipated, Student.account_id)
        .join(Guardianship, Guardianship.student_id == Student.id)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(
            Guardian.account_id == account_id,
            here,
            (Guardianship.ends_on.is_(None)) | (Guardianship.ends_on > today),
        )
    )
    with scope.every_school(reason="family scope"):
        rows = db.session.execute(union(own, children)).all()
    return frozenset(
        row.id
        for row in rows
        if row.account_id == account_id or not (row.emancipated or is_adult(row.birth_date, today))
    )


def one(student_id: int) -> Student:
    """A student in scope; raises `NoResultFound`."""
    return db.session.execute(select(Student).where(Student.id == student_id)).scalar_one()


def by_public_id(public_id: str) -> Student:
    """A student in scope, by what the URL shows; raises `NoResultFound`."""
    return db.session.execute(select(Student).where(Student.public_id == public_id)).scalar_one()


def several(student_ids: Iterable[int]) -> list[Student]:
    """Students in scope, eldest class first then by name."""
    statement = select(Student).where(Student.id.in_(list(student_ids)))
    return list(db.session.scalars(statement.order_by(Student.given_name, Student.id)))


@dataclass(frozen=True, slots=True)
class Signing:
    """Who may sign for a student today, and whether somebody objects."""

    signatories: list[Signatory]
    opposed: bool


def signing(student_id: int) -> Signing:
    """Two statements. For jobs and staff: a family may not read the other parent's contacts."""
    facts = student_facts(one(student_id))
    guardians = [guardian_facts(link) for link in links_of(student_id)]
    return Signing(signatories(facts, guardians, on=clock.today()), opposed(guardians))


def links_of(student_id: int) -> list[Guardianship]:
    """The links of a student, with their guardians: one statement. For jobs and staff."""
    return list(
        db.session.scalars(
            select(Guardianship)
            .join(Guardianship.guardian)
            .options(contains_eager(Guardianship.guardian))
            .where(Guardianship.student_id == student_id)
            .order_by(Guardianship.id)
        ).all()
    )


def with_links(student_id: int) -> tuple[Student, list[Guardianship]]:
    """A student in scope with every link and its guardian, in one statement; raises `NoResultFound`."""
    rows: list[Any] = list(
        db.session.execute(
            select(Student, Guardianship)
            .outerjoin(Guardianship, Guardianship.student_id == Student.id)
            .outerjoin(Guardianship.guardian)
            .options(contains_eager(Guardianship.guardian))
            .where(Student.id == student_id)
            .order_by(Guardianship.id)
        )
    )
    if not rows:
        raise NoResultFound(student_id)
    return rows[0][0], [link for _, link in rows if link is not None]


def student_facts(student: Student) -> StudentFacts:
    """What the rules need to know of a student."""
    return StudentFacts(
        name=student.name,
        birth_date=student.birth_date,
        emancipated=student.emancipated,
        email=student.email,
        mobile=student.mobile,
        account_id=student.account_id,
    )


def guardian_facts(link: Guardianship) -> GuardianFacts:
    """What the rules need to know of a guardian, whose row is loaded, and of the link."""
    return GuardianFacts(
        guardian_id=link.guardian_id,
        name=link.guardian.name,
        kinship=link.kinship,
        may_sign=link.may_sign,
        opposed_on=link.opposed_on,
        ends_on=link.ends_on,
        email=link.guardian.email,
        mobile=link.guardian.mobile,
        account_id=link.guardian.account_id,
    )


def own_guardian(account_id: int, school_id: int) -> Guardian | None:
    """The guardian an account is in a school's roster, with their own address and contacts; None for a student."""
    return (
        db.session.execute(
            select(Guardian)
            .where(Guardian.account_id == account_id, Guardian.school_id == school_id)
            .order_by(Guardian.id)
        )
        .scalars()
        .first()
    )


def lock_student(public_id: str) -> Student:
    """A student in scope, nobody else changing it meanwhile; raises `NoResultFound`."""
    return db.session.execute(select(Student).where(Student.public_id == public_id).with_for_update()).scalar_one()


def lock_guardian(public_id: str) -> Guardian:
    """A guardian in scope, in the same way."""
    return db.session.execute(select(Guardian).where(Guardian.public_id == public_id).with_for_update()).scalar_one()


def lock_guardian_by_id(guardian_id: int) -> Guardian:
    """The same, by number."""
    return db.session.execute(select(Guardian).where(Guardian.id == guardian_id).with_for_update()).scalar_one()


def lock_link(student_public_id: str, guardian_public_id: str) -> Guardianship:
    """The link between two people in scope; raises `NoResultFound`."""
    return db.session.execute(
        select(Guardianship)
        .join(Guardianship.student)
        .join(Guardianship.guardian)
        .where(Student.public_id == student_public_id, Guardian.public_id == guardian_public_id)
        .with_for_update()
    ).scalar_one()


def lock_student_by_id(student_id: int) -> Student:
    """A student in scope, nobody else changing it meanwhile, by number; raises `NoResultFound`."""
    return db.session.execute(select(Student).where(Student.id == student_id).with_for_update()).scalar_one()


def lock_link_by_ids(student_id: int, guardian_id: int) -> Guardianship:
    """The link between two people in scope, by numbers; raises `NoResultFound`."""
    return db.session.execute(
        select(Guardianship)
        .where(Guardianship.student_id == student_id, Guardianship.guardian_id == guardian_id)
        .with_for_update()
    ).scalar_one()
