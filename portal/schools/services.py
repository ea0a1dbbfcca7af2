"""Use-cases of the schools."""

from sqlalchemy import select

from portal.extensions import db
from portal.platform.work import use_case
from portal.schools.models import School


@use_case
def lock(school_id: int) -> None:
    """One decision at a time in a school: two heads on two machines never promise the same device.

    PostgreSQL locks the row until the outer use-case ends; SQLite already holds its only write lock.
    """
    db.session.execute(select(School.id).where(School.id == school_id).with_for_update())
