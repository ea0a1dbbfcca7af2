"""Reads about parcels on their way: whose turn it is to be asked about, and what is known of each."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.exc import NoResultFound

from portal.extensions import db
from portal.kernel import clock
from portal.loans import queries as loans
from portal.loans.models import Loan
from portal.shipping import journey as rules
from portal.shipping.models import Journey, LabelAttempt, Parcel, TrackingEvent
from portal.shipping.states import AttemptState, ParcelState

FOLLOWED: Final = (
    ParcelState.HANDED_OVER,
    ParcelState.IN_TRANSIT,
    ParcelState.OUT_FOR_DELIVERY,
    ParcelState.AT_PICKUP_POINT,
    ParcelState.RETURNING,
)

STILL_LISTED: Final = timedelta(days=60)
"""How long a delivered parcel that nobody has confirmed stays on the work lists."""


@loans.arrival_is_known_by
def last_state() -> ColumnElement[str | None]:
    """Where the newest parcel of a loan is, for a statement over `Loan`."""
    newest = select(Parcel.state).where(Parcel.loan_id == Loan.id).order_by(Parcel.id.desc()).limit(1)
    return newest.correlate(Loan).scalar_subquery()


def thin_journeys() -> Sequence[Any]:
    """Each parcel on its way, delivered not long ago or whose label needs somebody, with its journey: one statement."""
    live = or_(
        LabelAttempt.id.is_not(None),
        Parcel.state.in_(FOLLOWED),
        and_(Parcel.state == ParcelState.CANCELLED, Journey.stopped == rules.Stop.SCANNED),
        and_(Parcel.state == ParcelState.DELIVERED, Parcel.delivered_at >= clock.now() - STILL_LISTED),
    )
    wanted = (
        select(
            Parcel.id, Parcel.public_id, Parcel.loan_id, Parcel.state, Parcel.handed_over_at, Parcel.delivered_at,
            Parcel.tracking_number, Journey.number, Journey.last_code, Journey.last_at, Journey.place, Journey.keep_until, Journey.stopped, Journey.polled_at,
            LabelAttempt.public_id.label("doubt"), LabelAttempt.order_number, LabelAttempt.sent_at,
        )
        .outerjoin(Journey, Journey.parcel_id == Parcel.id)
        .outerjoin(
            LabelAttempt, and_(LabelAttempt.parcel_id == Parcel.id, LabelAttempt.state == AttemptState.UNCERTAIN)
        )
        .where(live)
    )  # fmt: skip
    return db.session.execute(wanted).all()


def due(*, limit: int) -> Sequence[Any]:
    """Parcels to ask about now, those that wait longest first: (parcel, journey or None, number).

    One that was undone is asked about too, by the number of its label, for as long as any other.
    """
    now = clock.now()
    number = func.coalesce(Parcel.tracking_number, LabelAttempt.number)
    asked = or_(Journey.id.is_(None), and_(Journey.due_at <= now, Journey.stopped.is_(None)), Journey.number != number)
    wanted = (
        select(Parcel, Journey, number)
        .outerjoin(Journey, Journey.parcel_id == Parcel.id)
        .outerjoin(
            LabelAttempt, and_(LabelAttempt.parcel_id == Parcel.id, LabelAttempt.voided_at >= now - rules.GIVEN_UP)
        )
        .where(Parcel.state.in_((*FOLLOWED, ParcelState.CANCELLED)), number.is_not(None), asked)
        .order_by(Journey.due_at, Parcel.id)
        .limit(limit)
    )
    return db.session.execute(wanted.with_for_update(of=Parcel, skip_locked=True)).all()


def hurry(*, school_id: int | None) -> None:
    """Make it the turn of every parcel that is still asked about: those of one lycée, or all that are in scope."""
    mine = [] if school_id is None else [Journey.school_id == school_id]
    waiting = update(Journey).where(Journey.stopped.is_(None), *mine)
    db.session.execute(waiting.values(due_at=clock.now(), misses=0), execution_options={"synchronize_session": False})


def journey_of(parcel_id: int) -> tuple[Journey | None, list[TrackingEvent]]:
    """A parcel's journey and its events, oldest first, in one statement."""
    wanted = (
        select(Journey, TrackingEvent)
        .outerjoin(
            TrackingEvent,
            and_(TrackingEvent.parcel_id == Journey.parcel_id, TrackingEvent.number == Journey.number),
        )
        .where(Journey.parcel_id == parcel_id)
        .order_by(TrackingEvent.at, TrackingEvent.rank)
    )
    rows: Sequence[Any] = db.session.execute(wanted).all()
    return (rows[0][0] if rows else None), [event for _, event in rows if event is not None]


def journey_of_loan(public_id: str) -> tuple[Parcel, Journey | None, list[TrackingEvent]]:
    """The same from the loan, for its family, in one statement; raises `NoResultFound` while nothing has left."""
    wanted = (
        select(Parcel, Journey, TrackingEvent)
        .outerjoin(Journey, Journey.parcel_id == Parcel.id)
        .outerjoin(
            TrackingEvent,
            and_(TrackingEvent.parcel_id == Journey.parcel_id, TrackingEvent.number == Journey.number),
        )
        .where(
            Parcel.loan_id == loans.id_of(public_id),
            Parcel.state.in_((*FOLLOWED, ParcelState.DELIVERED, ParcelState.RETURNED)),
            Parcel.tracking_number.is_not(None),
        )
        .order_by(Parcel.id.desc(), TrackingEvent.at, TrackingEvent.rank)
    )
    rows: Sequence[Any] = db.session.execute(wanted).all()
    if not rows:
        raise NoResultFound
    mine = [row for row in rows if row[0].id == rows[0][0].id]
    return mine[0][0], mine[0][1], [event for _, _, event in mine if event is not None]


def lock_journeys(parcel_ids: Collection[int]) -> Mapping[int, tuple[Parcel, Journey]]:
    """Parcels and their journeys, held until the use-case ends."""
    wanted = (
        select(Parcel, Journey)
        .join(Journey, Journey.parcel_id == Parcel.id)
        .where(Parcel.id.in_(parcel_ids))
        .order_by(Parcel.id)
    )
    rows = db.session.execute(wanted.with_for_update(key_share=True), execution_options={"populate_existing": True})
    return {parcel.id: (parcel, journey) for parcel, journey in rows}


def known_events(parcel_ids: Collection[int]) -> list[TrackingEvent]:
    """Every event of these parcels."""
    return list(db.session.scalars(select(TrackingEvent).where(TrackingEvent.parcel_id.in_(parcel_ids))))
