"""What schools call their MEF."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.extensions import db
from portal.roster.models import LevelLabel


def labels(school_id: int) -> Sequence[LevelLabel]:
    """Every MEF that a school has named, by label: one statement."""
    mine = select(LevelLabel).where(LevelLabel.school_id == school_id)
    return db.session.scalars(mine.order_by(LevelLabel.label, LevelLabel.code)).all()
