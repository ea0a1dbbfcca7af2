"""Reads about the attempts to have a label made."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, func, select

from portal.extensions import db
from portal.platform.database import held
from portal.shipping.models import LabelAttempt
from portal.shipping.states import PENDING, AttemptState


def attempt(public_id: str) -> LabelAttempt:
    """An attempt in scope; raises `NoResultFound`."""
    return db.session.execute(select(LabelAttempt).where(LabelAttempt.public_id == public_id)).scalar_one()


def lock_attempt(attempt_id: int) -> LabelAttempt:
    """An attempt, held until the use-case ends; raises `NoResultFound`."""
    statement = held(select(LabelAttempt).where(LabelAttempt.id == attempt_id))
    return db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one()


def attempts(ids: Collection[int]) -> dict[int, LabelAttempt]:
    """Attempts by their numbers."""
    return {row.id: row for row in db.session.scalars(select(LabelAttempt).where(LabelAttempt.id.in_(ids)))}


def pending(parcel_ids: Collection[int]) -> dict[int, LabelAttempt]:
    """The attempt of each of these parcels that is pending or has succeeded."""
    wanted = select(LabelAttempt).where(LabelAttempt.parcel_id.in_(parcel_ids), LabelAttempt.state.in_(PENDING))
    return {row.parcel_id: row for row in db.session.scalars(wanted)}


def ranks(parcel_ids: Collection[int]) -> dict[int, int]:
    """How many attempts each of these parcels has had."""
    wanted = select(LabelAttempt.parcel_id, func.count()).where(LabelAttempt.parcel_id.in_(parcel_ids))
    rows = db.session.execute(wanted.group_by(LabelAttempt.parcel_id)).all()
    return {row[0]: row[1] for row in rows}


def forgotten(*, before: Any) -> list[LabelAttempt]:
    """Attempts sent long ago of which nothing was heard, held until the use-case ends."""
    sent = and_(LabelAttempt.state == AttemptState.SENT, LabelAttempt.sent_at < before)
    return list(db.session.scalars(held(select(LabelAttempt).where(sent).order_by(LabelAttempt.id))))


def bought(parcel_ids: Collection[int]) -> list[str]:
    """The numbers of the labels that the carrier made for these parcels, in the order of the attempts."""
    done = and_(LabelAttempt.state == AttemptState.SUCCEEDED, LabelAttempt.voided_at.is_(None))
    wanted = select(LabelAttempt.number).where(LabelAttempt.parcel_id.in_(parcel_ids), done).order_by(LabelAttempt.id)
    return [number for number in db.session.scalars(wanted) if number]
