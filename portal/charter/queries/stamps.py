"""Reads of what waits for a time stamp or for its archive."""

from datetime import datetime

from sqlalchemy import and_, func, or_, select

from portal.charter.models import CharterSignature
from portal.extensions import db
from portal.kernel import clock


def due(limit: int) -> list[int]:
    """The signatures whose time stamp is to be asked for now, oldest first."""
    one = CharterSignature
    statement = select(one.id).where(one.stamp_due_at <= clock.now()).order_by(one.stamp_due_at, one.id).limit(limit)
    return list(db.session.scalars(statement))


def late(*, before: datetime) -> int:
    """How many charters sealed before an instant wait for their stamp."""
    one = CharterSignature
    statement = select(func.count()).where(one.stamp_due_at.is_not(None), one.sealed_at < before)
    return db.session.scalar(statement) or 0


def waiting() -> tuple[int, datetime | None]:
    """How many charters wait for their stamp, and when the oldest of them was sealed."""
    one = CharterSignature
    statement = select(func.count(), func.min(one.sealed_at)).where(one.stamp_due_at.is_not(None))
    count, oldest = db.session.execute(statement).one()
    return count, oldest


def to_archive(*, stamped_before: datetime, ending_before: datetime, renewed_before: datetime, limit: int) -> list[int]:
    """Stamped charters that have no archive yet, and archives whose last stamp's certificate is about to end.

    Not those renewed lately: an authority whose own certificate is about to end cannot do better.
    """
    one = CharterSignature
    fresh = and_(one.archive_key.is_(None), one.stamped_at < stamped_before)
    ending = and_(one.archive_until < ending_before, one.archived_at < renewed_before)
    statement = select(one.id).where(or_(fresh, ending)).order_by(one.id).limit(limit)
    return list(db.session.scalars(statement))
