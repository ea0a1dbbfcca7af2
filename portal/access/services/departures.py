"""What goes with the people whom an undone import takes away: their letters, and the questions about them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, or_

from portal.access.models import AccessLetter, IdentityDoubt
from portal.extensions import db
from portal.roster.services import before_removal

AT_ONCE = 500
"""Keys in one statement, within what every database takes."""


@before_removal
def forget(students: Sequence[int], guardians: Sequence[int]) -> None:
    """A letter to somebody whom the lycée never meant to know opens nothing more; nor is there a doubt about them."""
    letter, doubt = AccessLetter, IdentityDoubt
    for start in range(0, max(len(students), len(guardians)), AT_ONCE):
        some, others = students[start : start + AT_ONCE], guardians[start : start + AT_ONCE]
        _delete(AccessLetter, or_(letter.student_id.in_(some), letter.guardian_id.in_(others)))
        mine = or_(doubt.student_id.in_(some), doubt.guardian_id.in_(others))
        other = or_(doubt.other_student_id.in_(some), doubt.other_guardian_id.in_(others))
        _delete(IdentityDoubt, or_(mine, other))


def _delete(table: type[AccessLetter] | type[IdentityDoubt], condition: ColumnElement[bool]) -> None:
    db.session.execute(delete(table).where(condition).execution_options(synchronize_session=False))
