"""Students, guardians, and whole families."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.accounts.models import Account
from portal.extensions import db
from portal.kernel import clock
from portal.platform.actor import Actor
from portal.policy import Role
from portal.roster.models import Guardian, Guardianship, LevelLabel, Student
from portal.schools.models import School
from tests.factories import people
from tests.factories.accounts import account
from tests.factories.schools import usual_school
from tests.factories.writing import add, made


@dataclass(frozen=True)
class Family:
    """A family account, ready for `as_user`: who enters, for which student. An adult student has no guardian here."""

    account: Account
    student: Student
    guardian: Guardian | None = None
    guardianship: Guardianship | None = None

    grant_id = 0

    @property
    def account_id(self) -> int:
        return self.account.id

    @property
    def actor(self) -> Actor:
        return Actor(
            account_id=self.account_id,
            name=self.account.name,
            role=Role.FAMILY,
            student_ids=frozenset({self.student.id}),
        )


@made
def level_label(school: School, *, code: str, label: str) -> LevelLabel:
    """What a school calls a MEF."""
    return add(LevelLabel(school_id=school.id, code=code, label=label, named_at=clock.now()))


@made
def student(school: School | None = None, **values: Any) -> Student:
    """Fifteen years old, in seconde."""
    n = people.number()
    if "school_id" not in values:
        values["school_id"] = (school or usual_school()).id
    usual = {
        "source_id": f"E{n}",
        "family_name": people.family_name(n),
        "given_name": people.given_name(n + 3),
        "birth_date": date(2011, 3, 14),
        "class_name": "2de 4",
        "level": "Seconde",
    }
    return add(Student(**{**usual, **values}))


def adult_student(school: School | None = None, **values: Any) -> Student:
    """Eighteen for six months: signs alone."""
    return student(school, **{"birth_date": date(2008, 3, 14), "class_name": "Tle 2", "level": "Terminale", **values})


@made
def guardian(school: School | None = None, **values: Any) -> Guardian:
    """A parent with an e-mail address, a mobile and a home, but no account yet."""
    n = people.number()
    if "school_id" not in values:
        values["school_id"] = (school or usual_school()).id
    name = values.get("name", people.full_name(n))
    usual = {"source_id": f"R{n}", "name": name, "email": people.email(name, n), "mobile": people.mobile(n)}
    return add(Guardian(**{**usual, **people.address(n, name), **values}))


@made
def guardianship(student: Student, guardian: Guardian, **values: Any) -> Guardianship:
    """The right to sign, unless told otherwise."""
    usual = {"school_id": student.school_id, "student_id": student.id, "guardian_id": guardian.id, "kinship": "mère"}
    return add(Guardianship(**{**usual, "may_sign": True, **values}))


@made
def family(student: Student | None = None, *, guardian: Guardian | None = None, may_sign: bool = True) -> Family:
    """A student and the parent who signs, with the account with which that parent enters."""
    child = student or _new_student()
    parent = guardian or _new_guardian(school_id=child.school_id)
    if parent.account_id is None:
        person = account(name=parent.name, email=parent.email)
        parent = _hold(parent, person)
    else:
        person = _account_of(parent)
    return Family(person, child, parent, guardianship(child, parent, may_sign=may_sign))


@made
def signed_in_student(student: Student | None = None) -> Family:
    """A student with an account of their own."""
    pupil = student or adult_student()
    person = account(name=pupil.name)
    return Family(person, _hold(pupil, person))


def _hold(row: Any, person: Account) -> Any:
    held = db.session.merge(row)
    held.account_id = person.id
    db.session.flush()
    return held


def _account_of(parent: Guardian) -> Account:
    return db.session.get_one(Account, parent.account_id)


_new_student, _new_guardian = student, guardian
