"""What the school, or the person, knows better than the file. What is corrected here, no import overwrites."""

from collections.abc import Mapping
from typing import Any, Final

from portal.kernel import clock
from portal.platform.work import emit, use_case
from portal.roster import queries
from portal.roster.events import PersonCorrected, SigningRightSettled
from portal.roster.models import Guardian, Guardianship, Student
from portal.roster.services import history
from portal.roster.states import Kind

OF_STUDENT: Final = frozenset({"given_name", "family_name", "usage_name", "email", "mobile"})
OF_GUARDIAN: Final = frozenset({"name", "email", "mobile", "address"})
"""What may be corrected; the rest is corrected in the school's own software, and comes back with its file."""


@use_case
def correct_student(public_id: str, *, given: Mapping[str, Any]) -> Student:
    """Correct a student's names or contacts; only what really changes is protected."""
    student = queries.lock_student(public_id)
    _correct(student, given, Kind.STUDENT, OF_STUDENT)
    return student


@use_case
def correct_guardian(public_id: str, *, given: Mapping[str, Any]) -> Guardian:
    """Correct a guardian's name, contacts or address, in the same way."""
    guardian = queries.lock_guardian(public_id)
    _correct(guardian, given, Kind.GUARDIAN, OF_GUARDIAN)
    return guardian


def _correct(person: Student | Guardian, given: Mapping[str, Any], kind: Kind, allowed: frozenset[str]) -> None:
    changed = [
        name for name, value in given.items() if name in allowed and history.value_of(person, name) != (value or None)
    ]
    for name in changed:
        history.put(person, name, given[name] or None)
    if changed:
        person.protect(*changed)
        emit(PersonCorrected(school_id=person.school_id, kind=kind.value, person_id=person.id))


@use_case
def protect(*, guardian_id: int, fields: tuple[str, ...]) -> None:
    """The family has confirmed these contacts: imports leave them alone. For the features above."""
    guardian = queries.lock_guardian_by_id(guardian_id)
    guardian.protect(*(name for name in fields if name in OF_GUARDIAN))
    emit(PersonCorrected(school_id=guardian.school_id, kind=Kind.GUARDIAN.value, person_id=guardian.id))


@use_case
def settle_right(student_public_id: str, guardian_public_id: str, *, may_sign: bool) -> Guardianship:
    """Say whether a guardian may sign for a student, where the file could not; said again, it is corrected."""
    link = queries.lock_link(student_public_id, guardian_public_id)
    link.may_sign, link.settled_on = may_sign, clock.today()
    emit(SigningRightSettled(school_id=link.school_id, guardianship_id=link.id, may_sign=may_sign))
    return link
