"""Which account a person of the school's file is. The one writer of `account_id` after the enrolment.

One account is never two people who may sign for one student: an address that two parents share cannot sign for both.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import CompoundSelect, func, or_, select, union_all
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform.work import use_case
from portal.roster.models import Guardian, Guardianship, Student


class SignsTwice(DomainError):
    """The account would be two people for one student."""

    message = later(
        "Cet accès est déjà celui d’une autre personne pour le même élève. Une seule personne ne peut pas signer pour deux. "
        "Chacun garde son accès."
    )


@use_case
def hold(
    *, guardians: Mapping[int, int | None] | None = None, students: Mapping[int, int | None] | None = None
) -> None:
    """Give these guardians and students (by number) their account, or none; raises `SignsTwice`.

    The students concerned are locked first, always in the same order: two people at once cannot both be right. A
    constant number of statements. Call it in a scope that holds these people.
    """
    people, pupils = dict(guardians or {}), dict(students or {})
    _lock(guardians=people, students=pupils)
    again = {"populate_existing": True}
    for guardian in db.session.scalars(select(Guardian).where(Guardian.id.in_(people)), execution_options=again):
        guardian.account_id = people[guardian.id]
    for pupil in db.session.scalars(select(Student).where(Student.id.in_(pupils)), execution_options=again):
        pupil.account_id = pupils[pupil.id]
    db.session.flush()  # the check reads what is written
    refuse_two_for_one({account for account in (*people.values(), *pupils.values()) if account is not None})


def _lock(*, guardians: Collection[int], students: Collection[int]) -> None:
    children = select(Guardianship.student_id).where(Guardianship.guardian_id.in_(guardians))
    concerned = or_(Student.id.in_(children), Student.id.in_(students))
    db.session.execute(select(Student.id).where(concerned).order_by(Student.id).with_for_update())


def _held(accounts: Collection[int]) -> CompoundSelect[int, int | None]:
    """Each student for whom an account is somebody, once per person that it is: a guardian, or the student."""
    stands = or_(Guardianship.ends_on.is_(None), Guardianship.ends_on > clock.today())
    adults = (
        select(Guardianship.student_id, Guardian.account_id)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardian.account_id.in_(accounts), stands)
    )
    own = select(Student.id, Student.account_id).where(Student.account_id.in_(accounts))
    return union_all(adults, own)


def students_signed_for(account_id: int) -> frozenset[int]:
    """The students for whom this account is a guardian, or whom it is. Call it in a scope that holds them."""
    return frozenset(row[0] for row in db.session.execute(_held([account_id])))


@use_case
def part_those_who_sign_twice(school_id: int) -> int:
    """After an import, which may give a child a second guardian: who came second loses the account. Returns how many.

    They come in by an access of their own. Call it in the scope of every lycée.
    """
    stands = or_(Guardianship.ends_on.is_(None), Guardianship.ends_on > clock.today())
    first, pupil = aliased(Guardian), aliased(Student)
    elder = aliased(Guardianship)
    before = (
        select(elder.id)
        .join(first, first.id == elder.guardian_id)
        .where(
            elder.student_id == Guardianship.student_id,
            or_(elder.ends_on.is_(None), elder.ends_on > clock.today()),
            first.account_id == Guardian.account_id,
            first.id < Guardian.id,
        )
    )
    themselves = select(pupil.id).where(pupil.id == Guardianship.student_id, pupil.account_id == Guardian.account_id)
    twice = db.session.scalars(
        select(Guardian)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .where(Guardianship.school_id == school_id, stands, or_(before.exists(), themselves.exists()))
    ).unique()
    found = list(twice)
    for guardian in found:
        guardian.account_id = None
    db.session.flush()  # the matching that follows reads it
    return len(found)


def refuse_two_for_one(accounts: Collection[int]) -> None:
    """Raise `SignsTwice` when one of these accounts is two people for one student. In a scope that holds them."""
    both = _held(accounts).subquery()
    student_id, account_id = both.c
    twice = select(student_id).group_by(student_id, account_id).having(func.count() > 1)
    if db.session.execute(twice.limit(1)).first() is not None:
        raise SignsTwice
