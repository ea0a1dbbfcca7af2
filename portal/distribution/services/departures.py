"""What goes with the students whom an undone import takes away: their label, and the turns that nobody scanned."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, exists

from portal.distribution.models import Attendance, Scan, StudentLabel
from portal.extensions import db
from portal.roster.services import before_removal

AT_ONCE: Final = 500
"""Keys in one statement, within what every database takes."""


@before_removal
def forget(students: Sequence[int], _guardians: Sequence[int]) -> None:
    """Whoever was scanned stays: the database then refuses to take the student away, and the undo says so."""
    scanned = exists().where(Scan.attendance_id == Attendance.id)
    for start in range(0, len(students), AT_ONCE):
        some = students[start : start + AT_ONCE]
        for statement in (
            delete(Attendance).where(Attendance.student_id.in_(some), ~scanned),
            delete(StudentLabel).where(StudentLabel.student_id.in_(some)),
        ):
            db.session.execute(statement.execution_options(synchronize_session=False))
