"""The access log: one line for each page of the staff that shows a file or a list."""

from sqlalchemy import insert

from portal.extensions import db
from portal.kernel import clock
from portal.platform.consultation import Consultation, Shown, recorded_by
from portal.privacy.models import FileView
from portal.privacy.queries.views import LINES


@recorded_by
def record(seen: Consultation) -> None:
    """Write the line, in a transaction of its own: the request only reads. Nothing else writes here, nothing changes it."""
    now = clock.now()
    with db.engine.begin() as connection:
        if seen.shown in LINES:
            told = {"seen_at": now, "seen_by": seen.account_id, "seen_as": seen.role, "seen_page": seen.page}
            connection.execute(LINES[seen.shown], {**told, "seen": seen.public_id})
        elif seen.shown is Shown.LIST and seen.school_id is not None:  # a region's lists hold numbers, no student
            line = {"at": now, "account_id": seen.account_id, "role": seen.role, "page": seen.page}
            connection.execute(insert(FileView).values(**line, student_id=None, school_id=seen.school_id))
