"""Reads of the students' pages: a list with what is true of each today, and the file of one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import contains_eager

from portal.extensions import db
from portal.kernel.words import later
from portal.platform.search import holds
from portal.platform.tables import Page, Wish, paged_at_once
from portal.roster import queries, rules
from portal.roster.models import Guardian, Guardianship, Student
from portal.roster.rules import Fact, GuardianFacts

SORTS: Final = {
    "nom": (Student.family_name, Student.given_name),
    "classe": (Student.class_name, Student.family_name, Student.given_name),
}
FILTERS: Final = ("recherche", "classe", "etat")
STATES: Final = {
    "presents": later("Présents"),
    "absents": later("Absents du fichier"),
    "partis": later("Partis"),
    "a-confirmer": later("Droit de signer à confirmer"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A student in the list, with what follows from it today."""

    student: Student
    signs: Fact
    adult: Fact
    reached: Fact
    delivered: Fact
    gone: bool


@dataclass(frozen=True, slots=True)
class Answering:
    """A guardian of a student, and what is true of them today."""

    link: Guardianship
    right: Fact
    reached: Fact
    delivered: Fact

    @property
    def row(self) -> Guardian:
        """Who they are."""
        return self.link.guardian

    @property
    def to_settle(self) -> bool:
        """Whether the school must say if they may sign, or may change what it once said."""
        return self.link.may_sign is None or self.link.settled_on is not None


@dataclass(frozen=True, slots=True)
class Person:
    """One student, everybody who answers for them, and the facts of the day."""

    student: Student
    guardians: Sequence[Answering]
    signs: Fact
    adult: Fact
    reached: Fact
    gone: bool

    def guardian(self, public_id: str) -> Answering:
        """One of them; raises `NoResultFound`."""
        for one in self.guardians:
            if one.row.public_id == public_id:
                return one
        raise NoResultFound


def students(wish: Wish, *, on: date) -> Page[Line]:
    """Two statements: a page of students, and the links of those on it."""
    statement: Any = select(Student).where(*_conditions(wish, on))
    order = [getattr(column, "desc" if wish.descending else "asc")() for column in SORTS[wish.sort]]
    page = paged_at_once(statement, wish, order=[*order, Student.id])
    rows = [row.Student for row in page.rows]
    links = _links([student.id for student in rows])
    return replace(page, rows=[_line(student, links[student.id], on) for student in rows])


def _conditions(wish: Wish, on: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if words := wish.query.get("recherche"):
        usage = func.coalesce(Student.usage_name, "")
        found.append(holds(Student.given_name + " " + Student.family_name + " " + usage, words))
    if class_name := wish.query.get("classe"):
        found.append(holds(Student.class_name, class_name))
    left = Student.left_on <= on
    match wish.query.get("etat"):
        case "presents":
            found += [Student.absent_since.is_(None), or_(Student.left_on.is_(None), Student.left_on > on)]
        case "absents":
            found.append(Student.absent_since.is_not(None))
        case "partis":
            found.append(left)
        case "a-confirmer":
            unknown = Guardianship.student_id == Student.id, Guardianship.may_sign.is_(None)
            found.append(exists().where(*unknown, or_(Guardianship.ends_on.is_(None), Guardianship.ends_on > on)))
    return found


def _links(student_ids: Sequence[int]) -> dict[int, list[Guardianship]]:
    found: dict[int, list[Guardianship]] = defaultdict(list)
    statement = (
        select(Guardianship)
        .join(Guardianship.guardian)
        .options(contains_eager(Guardianship.guardian))
        .where(Guardianship.student_id.in_(student_ids))
        .order_by(Guardianship.id)
    )
    for link in db.session.scalars(statement) if student_ids else ():
        found[link.student_id].append(link)
    return found


def _line(student: Student, links: Sequence[Guardianship], on: date) -> Line:
    facts, guardians = queries.student_facts(student), [queries.guardian_facts(link) for link in links]
    open_links = [link for link in links if link.ends_on is None or link.ends_on > on]
    adult = rules.majority(student.birth_date, emancipated=student.emancipated, on=on)
    people: Sequence[Student | Guardian] = [student] if adult.holds else [link.guardian for link in open_links]
    address = next((link.guardian.address for link in open_links if link.guardian.address), None)
    return Line(
        student=student,
        signs=rules.who_signs(facts, guardians, on=on),
        adult=adult,
        reached=rules.reach(_first(people, "email"), _first(people, "mobile"), address),
        delivered=_best([link.guardian for link in open_links]),
        gone=student.left_on is not None and student.left_on <= on,
    )


def _first(people: Sequence[Student | Guardian], name: str) -> str | None:
    return next((found for one in people if (found := getattr(one, name))), None)


def _best(guardians: Sequence[Guardian]) -> Fact:
    """The first address to which a parcel can go, or else why the first one has none."""
    facts = [rules.deliverable(one.address, abroad=one.abroad) for one in guardians]
    return next((fact for fact in facts if fact.holds), facts[0] if facts else rules.deliverable(None, abroad=False))


def person(public_id: str, *, on: date) -> Person:
    """Two statements; raises `NoResultFound`."""
    student = queries.by_public_id(public_id)
    links = queries.links_of(student.id)
    line = _line(student, links, on)
    facts = queries.student_facts(student)
    return Person(
        student=student,
        guardians=[_answering(link, queries.guardian_facts(link), facts, on) for link in links],
        signs=line.signs,
        adult=line.adult,
        reached=rules.reach(student.email, student.mobile, None),
        gone=line.gone,
    )


def _answering(link: Guardianship, facts: GuardianFacts, student: rules.StudentFacts, on: date) -> Answering:
    who = link.guardian
    return Answering(
        link=link,
        right=rules.right_to_sign(facts, student, on=on),
        reached=rules.reach(who.email, who.mobile, who.address),
        delivered=rules.deliverable(who.address, abroad=who.abroad),
    )
