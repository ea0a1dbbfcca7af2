"""What the matching looks at: a lycée's people, whoever shares a contact with them, and what was decided before.

Call these in the scope of every school: two lycées of one family know nothing of each other.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, union

from portal.access.models import IdentityDoubt
from portal.access.queries import active, person
from portal.access.rules import Person, Ref
from portal.access.states import DoubtState
from portal.accounts.models import Account
from portal.extensions import db
from portal.roster.models import Guardian, Guardianship, Student


def people_to_match(school_id: int) -> list[Person]:
    """The guardians and students of a lycée, those elsewhere with one of their contacts, and the accounts with one.

    Three statements, whatever the size of the lycée.
    """
    contacts = _contacts(school_id)
    return [*_guardians(school_id, contacts), *_students(school_id, contacts), *_accounts(contacts)]


def _contacts(school_id: int) -> Any:
    parts = [
        select(column.label("contact")).where(table.school_id == school_id, column.is_not(None))
        for table in (Guardian, Student)
        for column in (func.lower(table.email), table.mobile)
    ]
    return union(*parts)


def _near(table: type[Guardian] | type[Student], school_id: int, contacts: Any) -> ColumnElement[bool]:
    known = select(contacts.subquery().c.contact)
    return or_(table.school_id == school_id, func.lower(table.email).in_(known), table.mobile.in_(known))


def _guardians(school_id: int, contacts: Any) -> list[Person]:
    statement = (
        select(
            Guardian.id, Guardian.name, Guardian.email, Guardian.mobile, Guardian.account_id, Guardian.school_id,
            Guardianship.student_id,
        )
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .join(Student, Student.id == Guardianship.student_id)
        .where(_near(Guardian, school_id, contacts), active())
    )  # fmt: skip
    students = defaultdict(set)
    rows = {}
    for row in db.session.execute(statement):
        rows[row.id] = row
        students[row.id].add(row.student_id)
    return [
        Person(
            ref=Ref("g", row.id),
            name=row.name,
            email=row.email,
            mobile=row.mobile,
            account_id=row.account_id,
            school_id=row.school_id,
            students=frozenset(students[row.id]),
        )
        for row in rows.values()
    ]


def _students(school_id: int, contacts: Any) -> list[Person]:
    reachable = or_(Student.email.is_not(None), Student.mobile.is_not(None))
    found = db.session.scalars(
        select(Student).where(_near(Student, school_id, contacts), Student.left_on.is_(None), reachable)
    )
    return [
        Person(
            ref=Ref("s", student.id),
            name=student.name,
            email=student.email,
            mobile=student.mobile,
            account_id=student.account_id,
            school_id=student.school_id,
            students=frozenset({student.id}),
        )
        for student in found
    ]


def _accounts(contacts: Any) -> list[Person]:
    known = select(contacts.subquery().c.contact)
    found = db.session.scalars(select(Account).where(or_(Account.email.in_(known), Account.mobile.in_(known))))
    return [
        Person(ref=Ref("a", one.id), name=one.name, email=one.email, mobile=one.mobile, account_id=one.id)
        for one in found
    ]


def doubts_of(school_ids: Collection[int]) -> list[IdentityDoubt]:
    """Every doubt of these lycées, decided or not."""
    return list(db.session.scalars(select(IdentityDoubt).where(IdentityDoubt.school_id.in_(school_ids))))


def decided(doubts: Collection[IdentityDoubt]) -> dict[str, bool]:
    """Pairs that are settled: two people as soon as one lycée says so, one person when all that were asked do."""
    said: defaultdict[str, set[DoubtState]] = defaultdict(set)
    for doubt in doubts:
        said[doubt.pair].add(doubt.state)
    settled = {pair: states for pair, states in said.items() if DoubtState.TWO in states or states == {DoubtState.SAME}}
    return {pair: DoubtState.TWO not in states for pair, states in settled.items()}


def one(*, guardian_id: int | None, student_id: int | None) -> Person:
    """A person of a lycée's file, with the students they answer for; raises `NoResultFound`."""
    record = person(guardian_id=guardian_id, student_id=student_id)
    links = (
        select(Guardianship.student_id)
        .join(Student, Student.id == Guardianship.student_id)
        .where(Guardianship.guardian_id == guardian_id, active())
    )
    return Person(
        ref=Ref("g", record.id) if guardian_id is not None else Ref("s", record.id),
        name=record.name,
        email=record.email,
        mobile=record.mobile,
        account_id=record.account_id,
        school_id=record.school_id,
        students=frozenset({record.id} if guardian_id is None else db.session.scalars(links)),
    )


def settled(pair: str) -> bool:
    """Whether every lycée that was asked says that a pair is one person."""
    said = set(db.session.scalars(select(IdentityDoubt.state).where(IdentityDoubt.pair == pair)))
    return said == {DoubtState.SAME}


def names_at(email: str) -> list[str]:
    """The names of everybody whom a lycée knows by this address (lower case)."""
    guardians = db.session.scalars(select(Guardian.name).where(func.lower(Guardian.email) == email)).all()
    students = db.session.scalars(select(Student).where(func.lower(Student.email) == email, Student.left_on.is_(None)))
    return [*guardians, *(student.name for student in students)]
