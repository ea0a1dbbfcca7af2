"""Facts about who signs that no file of the school tells: recorded by the charter's use-cases, which keep why and by whom."""

from datetime import date

from portal.platform.work import use_case
from portal.roster import queries
from portal.roster.models import Guardianship, Student


@use_case
def note_opposition(*, student_id: int, guardian_id: int, on: date | None) -> Guardianship:
    """A holder of parental authority disagrees since a day, or no longer (None); an import leaves it alone."""
    link = queries.lock_link_by_ids(student_id, guardian_id)
    link.opposed_on = on
    return link


@use_case
def note_emancipation(student_id: int, *, emancipated: bool) -> Student:
    """A judge has emancipated the student, or that was recorded by mistake (Code civil, art. 413-2)."""
    student = queries.lock_student_by_id(student_id)
    student.emancipated = emancipated
    return student
