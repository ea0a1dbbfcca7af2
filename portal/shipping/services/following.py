"""What tracking says of parcels: kept once, read as a whole, told to the family once for each change that matters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from portal.extensions import db
from portal.kernel import clock
from portal.loans import services as loans
from portal.platform.work import emit, use_case
from portal.shipping import journey as rules
from portal.shipping import queries as parcels
from portal.shipping.carriers.reports import Missing, Report, Seen
from portal.shipping.events import (
    ParcelAtPickup,
    ParcelDelivered,
    ParcelEvent,
    ParcelReturning,
    UndoneLabelScanned,
    UndoneLabelSettled,
)
from portal.shipping.journey import Phase, Stop
from portal.shipping.models import Journey, Parcel, TrackingEvent
from portal.shipping.queries import journeys as queries
from portal.shipping.states import ENDED, ParcelState

LEASE: Final = timedelta(minutes=5)
"""While one worker asks about a parcel, no other does."""

TOLD: Final[Mapping[Phase, type[ParcelEvent]]] = {
    Phase.PICKUP: ParcelAtPickup,
    Phase.DELIVERED: ParcelDelivered,
    Phase.RETURNING: ParcelReturning,
}
LONGEST_WAIT: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Asked:
    """A parcel to ask about."""

    parcel_id: int
    school_id: int
    number: str


@use_case
def take_due(*, limit: int) -> list[Asked]:
    """Parcels whose turn it is, set aside from other workers while they are asked about."""
    taken, now = [], clock.now()
    for parcel, journey, number in queries.due(limit=limit):
        row = journey or Journey(school_id=parcel.school_id, parcel_id=parcel.id, student_id=parcel.student_id)
        if row.number != number:
            _begin_again(row, number)
        row.due_at = now + LEASE
        db.session.add(row)
        taken.append(Asked(parcel.id, parcel.school_id, row.number))
    return taken


def _begin_again(row: Journey, number: str) -> None:
    """Another number was typed: what was known of the first is not this parcel's."""
    row.number, row.last_code, row.last_at, row.place, row.keep_until = number, None, None, None, None
    row.misses, row.stopped, row.told = 0, None, row.told or ""


@dataclass(frozen=True, slots=True)
class Noted:
    """What a batch of answers changed."""

    events: int = 0
    moved: int = 0


@use_case
def note(asked: Sequence[Asked], reports: Mapping[str, Report], *, pace: int, pickup_days: int) -> Noted:
    """Keep what is new, move the parcels that moved, and say when each is asked about again.

    :param pace: how many times more often than usual.
    :param pickup_days: how long a pickup point keeps a parcel; 0 when that is not known.
    """
    ids = [one.parcel_id for one in asked]
    rows, known = queries.lock_journeys(ids), queries.known_events(ids)
    events = moved = 0
    for one in asked:
        if one.parcel_id not in rows or rows[one.parcel_id][1].number != one.number:
            continue  # renumbered or undone while the carrier was asked
        parcel, journey = rows[one.parcel_id]
        seen = {_key(row): row for row in known if row.number == one.number}
        report = reports.get(one.number, Report(missing=Missing.LATER))
        new = [event for event in dict.fromkeys(report.events) if _key(event) not in seen]
        _keep(parcel, one.number, new)
        events += len(new)
        moved += _stand(parcel, journey, [*map(_seen, seen.values()), *new], report, pickup_days=pickup_days)
        _again(journey, parcel, report, pace=pace)
    return Noted(events, moved)


def _key(event: Seen | TrackingEvent) -> tuple[object, ...]:
    return event.code, event.at, event.label_hash


def _seen(row: TrackingEvent) -> Seen:
    return Seen(code=row.code, at=row.at, rank=row.rank, label_hash=row.label_hash)


def _keep(parcel: Parcel, number: str, new: Sequence[Seen]) -> None:
    whose = {"school_id": parcel.school_id, "student_id": parcel.student_id, "parcel_id": parcel.id}
    db.session.add_all(
        TrackingEvent(**whose, number=number, code=one.code, at=one.at, rank=one.rank, label_hash=one.label_hash)
        for one in new
    )


def _stand(parcel: Parcel, journey: Journey, events: Sequence[Seen], report: Report, *, pickup_days: int) -> bool:
    """From the whole sorted list to a state; whether the parcel moved."""
    now = rules.standing(events)
    if now is None:
        return False
    journey.last_code, journey.last_at = now.last.code, now.last.at
    journey.keep_until = now.keep_until(pickup_days)
    journey.place = (report.place or journey.place) if now.meaning.phase is Phase.PICKUP else None
    move, target = rules.STATES.get(now.meaning.phase, ("", parcel.state))
    if parcel.state is target or not move or not parcel.can(move):
        return False
    parcel.move(move)
    _act(parcel, journey, now.meaning.phase)
    return True


def _act(parcel: Parcel, journey: Journey, phase: Phase) -> None:
    """What a change means for the loan, and for the family, which is told of each once."""
    if phase is Phase.DELIVERED:
        parcel.delivered_at = journey.last_at
    if phase in {Phase.RETURNING, Phase.RETURNED}:
        _come_back(parcel, whole=phase is Phase.RETURNED)
    if phase in TOLD and phase.value not in journey.told.split(","):
        journey.told = ",".join(filter(None, (*journey.told.split(","), phase.value)))
        emit(TOLD[phase](school_id=parcel.school_id, loan_id=parcel.loan_id))


def _come_back(parcel: Parcel, *, whole: bool) -> None:
    """The loan turns back; once the parcel is at the lycée, its device waits to be checked in."""
    loan = loans.returning(parcel.loan_id)
    if loan and whole:
        loans.close(parcel.loan_id)


def _again(journey: Journey, parcel: Parcel, report: Report, *, pace: int) -> None:
    """When to ask again; a malformed number, an end or forty-five days stop it."""
    now, unheard = clock.now(), report.missing is Missing.LATER
    journey.polled_at = journey.polled_at if unheard else now  # who was not reached has not said that nothing was seen
    journey.misses = journey.misses + 1 if unheard else 0
    wait = rules.next_look(rules.phase_of(journey.last_code), pace=pace)
    journey.due_at = now + min(wait * 2 ** min(journey.misses, 6), max(LONGEST_WAIT, wait))
    if report.missing is Missing.MALFORMED:
        journey.stopped = Stop.MALFORMED
    elif parcel.state is ParcelState.CANCELLED:
        _raise_the_alarm(journey)
    elif parcel.state in ENDED:
        journey.stopped = Stop.ENDED
    elif parcel.handed_over_at and now - parcel.handed_over_at > rules.GIVEN_UP:
        journey.stopped = Stop.OLD


def _raise_the_alarm(journey: Journey) -> None:
    """The label of a parcel that was undone: once La Poste has it in hand, somebody has sent a box with it."""
    if rules.step_of(journey.last_code) > rules.ANNOUNCED:
        journey.stopped = Stop.SCANNED
        emit(UndoneLabelScanned(school_id=journey.school_id, parcel_id=journey.parcel_id))


@use_case
def settle_scanned(public_id: str) -> None:
    """Somebody has looked for the box that bears a label of an undone parcel: the alarm is over."""
    parcel = parcels.lock(public_id)
    for _, journey in queries.lock_journeys([parcel.id]).values():
        if journey.stopped == Stop.SCANNED:
            journey.stopped = Stop.ENDED
            emit(UndoneLabelSettled(school_id=parcel.school_id, parcel_id=parcel.id))


@use_case
def ask_at_once(*, school_id: int | None) -> None:
    """A key has come, for a lycée or for all: what waited for it, longer each time, waits no more."""
    queries.hurry(school_id=school_id)


@use_case
def postpone(asked: Sequence[Asked], *, pace: int) -> None:
    """The service asks for patience: each parcel waits twice as long as the last time, nothing else changes."""
    for parcel, journey in queries.lock_journeys([one.parcel_id for one in asked]).values():
        _again(journey, parcel, Report(missing=Missing.LATER), pace=pace)
