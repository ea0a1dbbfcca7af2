"""Reads about contracts, labels and journeys."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Exists, and_, exists, func, or_, select, update
from sqlalchemy.exc import NoResultFound

from portal.extensions import db
from portal.kernel import clock
from portal.loans import queries as loans
from portal.platform.database import held
from portal.schools import queries as schools
from portal.shipping import journey as rules
from portal.shipping.contracts import Service
from portal.shipping.models import CarrierContract, Journey, LabelAttempt, Parcel, TrackingEvent
from portal.shipping.states import PENDING, AttemptState, ParcelState

FOLLOWED: Final = (
    ParcelState.HANDED_OVER,
    ParcelState.IN_TRANSIT,
    ParcelState.OUT_FOR_DELIVERY,
    ParcelState.AT_PICKUP_POINT,
    ParcelState.RETURNING,
)
STILL_LISTED: Final = timedelta(days=60)
"""How long a delivered parcel that nobody has confirmed stays on the work lists."""


def contract(public_id: str) -> CarrierContract:
    """A contract; raises `NoResultFound`."""
    return db.session.execute(select(CarrierContract).where(CarrierContract.public_id == public_id)).scalar_one()


def contract_by_id(contract_id: int) -> CarrierContract | None:
    """A contract; None when it was removed."""
    return db.session.get(CarrierContract, contract_id)


def lock_contract(contract_id: int) -> CarrierContract | None:
    """A contract, held until the use-case ends; None when it was removed."""
    return db.session.scalar(held(select(CarrierContract).where(CarrierContract.id == contract_id)))


def own_contracts(*, region_id: int, school_id: int | None) -> dict[Service, CarrierContract]:
    """Those of a lycée, or of the region itself, by service."""
    whose = CarrierContract.school_id.is_(None) if school_id is None else CarrierContract.school_id == school_id
    rows = db.session.scalars(select(CarrierContract).where(CarrierContract.region_id == region_id, whose))
    return {row.service: row for row in rows}


def contracts_of(school_id: int) -> dict[Service, CarrierContract]:
    """What a lycée sends and follows with: its own contracts, the region's where it has none."""
    region = schools.region_id_of(school_id)
    mine = or_(CarrierContract.school_id == school_id, CarrierContract.school_id.is_(None))
    rows = db.session.scalars(select(CarrierContract).where(CarrierContract.region_id == region, mine)).all()
    return {row.service: row for row in sorted(rows, key=lambda row: row.school_id is not None)}


def opened(school_id: Any) -> Exists:
    """Whether labels can be had for a lycée, as a condition of another statement; the portal serves one region."""
    mine = or_(CarrierContract.school_id == school_id, CarrierContract.school_id.is_(None))
    return exists().where(CarrierContract.service == Service.COLISSIMO, mine)


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


def latest_attempt(parcel_id: int) -> LabelAttempt | None:
    """The last attempt of a parcel."""
    wanted = select(LabelAttempt).where(LabelAttempt.parcel_id == parcel_id).order_by(LabelAttempt.id.desc())
    return db.session.scalars(wanted.limit(1)).first()


def forgotten(*, before: Any) -> list[LabelAttempt]:
    """Attempts sent long ago of which nothing was heard, held until the use-case ends."""
    sent = and_(LabelAttempt.state == AttemptState.SENT, LabelAttempt.sent_at < before)
    return list(db.session.scalars(held(select(LabelAttempt).where(sent).order_by(LabelAttempt.id))))


def bought(parcel_ids: Collection[int]) -> list[str]:
    """The numbers of the labels that the carrier made for these parcels, in the order of the attempts."""
    done = and_(LabelAttempt.state == AttemptState.SUCCEEDED, LabelAttempt.voided_at.is_(None))
    wanted = select(LabelAttempt.number).where(LabelAttempt.parcel_id.in_(parcel_ids), done).order_by(LabelAttempt.id)
    return [number for number in db.session.scalars(wanted) if number]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A label of which nobody knows whether it was made."""

    attempt: LabelAttempt
    code: str


def doubts() -> list[Doubt]:
    """The uncertain attempts in scope, oldest first, with their parcels."""
    wanted = (
        select(LabelAttempt, Parcel.code)
        .join(Parcel, Parcel.id == LabelAttempt.parcel_id)
        .where(LabelAttempt.state == AttemptState.UNCERTAIN)
        .order_by(LabelAttempt.id)
    )
    return [Doubt(row, code) for row, code in db.session.execute(wanted)]


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
