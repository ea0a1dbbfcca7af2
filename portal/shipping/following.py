"""What people are shown of a parcel's journey: five steps, the place where it waits, and the work lists of the staff."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from portal.kernel import clock
from portal.kernel.words import later
from portal.loans.states import LoanState
from portal.loans.thread import Step
from portal.platform.i18n import format_day
from portal.shipping import journey as rules
from portal.shipping import queries
from portal.shipping.journey import Phase
from portal.shipping.models import Journey, TrackingEvent
from portal.shipping.queries import Line
from portal.shipping.queries import journeys as journey_queries
from portal.shipping.queries.packing import of_loans
from portal.shipping.states import ParcelState

NOT_SEEN_AFTER: Final = timedelta(days=2)
STUCK_AFTER: Final = timedelta(days=4)
EXPIRES_WITHIN: Final = timedelta(days=5)
_BAD: Final = frozenset({Phase.TROUBLE, Phase.RETURNING, Phase.RETURNED})


class Worklist(StrEnum):
    """What staff have to look at, most urgent first."""

    DOUBT = "doute"
    UNDONE = "annulee"
    RETURNING = "retour"
    EXPIRING = "expire"
    STUCK = "bloque"
    NEVER = "jamais"
    UNCONFIRMED = "confirmer"
    UNNUMBERED = "numero"


WORDS: Final = {
    Worklist.DOUBT: (
        later("Étiquettes incertaines"),
        later("La réponse de La Poste s’est perdue. Regardez dans son outil, à la référence affichée."),
    ),
    Worklist.UNDONE: (
        later("Étiquettes annulées, pourtant parties"),
        later("La Poste a scanné une étiquette qui ne devait plus servir. Cherchez quel carton la porte."),
    ),
    Worklist.RETURNING: (
        later("Reviennent au lycée"),
        later("Appelez la famille, puis recevez le colis : l’appareil sera à contrôler."),
    ),
    Worklist.EXPIRING: (
        later("Bientôt perdus au point de retrait"),
        later("Appelez la famille : le colis repart après la date."),
    ),
    Worklist.STUCK: (
        later("Bloqués en route"),
        later("Rien depuis quatre jours, ou un problème signalé. Appelez La Poste."),
    ),
    Worklist.NEVER: (
        later("Jamais vus par La Poste"),
        later("Remis depuis deux jours, toujours pas scannés. Cherchez-les au lycée ou au bureau de poste."),
    ),
    Worklist.UNCONFIRMED: (
        later("Livrés, réception à confirmer"),
        later("La famille est prévenue. Appelez-la si elle tarde."),
    ),
    Worklist.UNNUMBERED: (
        later("Sans numéro de suivi"),
        later("Notez le numéro du reçu : la famille suit alors son colis."),
    ),
}
"""Their names, and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One parcel of a list: whose it is, and what is known of its journey."""

    line: Line
    thin: Any

    @property
    def words(self) -> str:
        """What was seen last."""
        return rules.words(self.thin.last_code) if self.thin.last_code else later("Pas encore vu par La Poste.")


def worklists() -> Mapping[Worklist, Sequence[Row]]:
    """Every list, in two statements whatever the number of parcels."""
    thin = journey_queries.thin_journeys()
    lines = of_loans([row.loan_id for row in thin]) if thin else []
    by_parcel, by_loan = {line.parcel_id: line for line in lines}, {line.loan_id: line for line in lines}
    found: dict[Worklist, list[Row]] = {each: [] for each in Worklist}
    for row in sorted(thin, key=lambda row: (row.handed_over_at or clock.now(), row.id)):
        line = by_parcel.get(row.id) or by_loan.get(row.loan_id)  # of a parcel that was undone, its loan is left
        kind = _list_of(row, line) if line else None
        if line and kind:
            found[kind].append(Row(line, row))
    return found


def _list_of(row: Any, line: Line) -> Worklist | None:
    """The one list in which a parcel is; most are in none."""
    now, phase = clock.now(), rules.phase_of(row.last_code)
    tests = {
        Worklist.DOUBT: row.doubt is not None,
        Worklist.UNDONE: row.state is ParcelState.CANCELLED,
        Worklist.RETURNING: row.state is ParcelState.RETURNING,
        Worklist.EXPIRING: row.state is ParcelState.AT_PICKUP_POINT and _ends_soon(row.keep_until),
        Worklist.STUCK: row.state in _MOVING and (phase is Phase.TROUBLE or _before(row.last_at, now - STUCK_AFTER)),
        Worklist.NEVER: row.state is ParcelState.HANDED_OVER
        and row.polled_at is not None
        and _before(row.handed_over_at, now - NOT_SEEN_AFTER),
        Worklist.UNCONFIRMED: row.state is ParcelState.DELIVERED and line.state is LoanState.IN_TRANSIT,
        Worklist.UNNUMBERED: row.state is ParcelState.HANDED_OVER and not row.tracking_number,
    }
    return next((kind for kind, held in tests.items() if held), None)


_MOVING: Final = (ParcelState.IN_TRANSIT, ParcelState.OUT_FOR_DELIVERY)


def _before(at: Any, limit: Any) -> bool:
    return at is not None and at < limit


def _ends_soon(day: date | None) -> bool:
    return day is None or day <= clock.today() + EXPIRES_WITHIN


def legs(state: ParcelState | None, journey: Journey | None, events: Iterable[TrackingEvent]) -> list[Step]:
    """The five steps, with the last thing seen under the one where the parcel is."""
    reached: dict[int, Any] = {}
    for event in events:
        reached.setdefault(rules.step_of(event.code), event.at)
    code = journey.last_code if journey else None
    here, phase = rules.step_of(code), rules.phase_of(code)
    if state is ParcelState.DELIVERED and phase is not Phase.DELIVERED:
        here, phase = len(rules.STEPS), Phase.DELIVERED
    return [
        Step(
            title=title,
            state=_mark(step, here, phase),
            text=rules.words(code) if step == here and code else "",
            when=format_day(reached[step]) if step in reached else "",
        )
        for step, title in enumerate(rules.STEPS, 1)
    ]


def _mark(step: int, here: int, phase: Phase) -> str:
    if step < here or phase is Phase.DELIVERED:
        return "done"
    if step > here:
        return "future"
    return "problem" if phase in _BAD else "current"


@dataclass(frozen=True, slots=True)
class Told:
    """A parcel's journey on a page of the staff."""

    legs: Sequence[Step]
    events: Sequence[tuple[Any, str]]
    place: str
    until: date | None
    stopped: str | None
    asked_at: Any


def of_parcel(line: Line) -> Told | None:
    """What is known, once it has left; newest event first."""
    if line.parcel_id is None or line.parcel_state in queries.AT_SCHOOL or not line.tracking_number:
        return None
    journey, events = journey_queries.journey_of(line.parcel_id)
    return Told(
        legs(line.parcel_state, journey, events),
        [(event.at, rules.words(event.code)) for event in reversed(events)],
        (journey.place if journey else None) or "",
        journey.keep_until if journey else None,
        journey.stopped if journey else None,
        journey.polled_at if journey else None,
    )


@dataclass(frozen=True, slots=True)
class News:
    """What the family reads: the steps, and where and until when the parcel waits at a pickup point."""

    legs: Sequence[Step]
    number: str
    place: str
    until: date | None
    waits: bool
    delivered: bool


def news(loan_public_id: str) -> News:
    """Of the parcel of a loan, in one statement; raises `NoResultFound` while nothing has left."""
    parcel, journey, events = journey_queries.journey_of_loan(loan_public_id)
    waits = journey is not None and parcel.state is ParcelState.AT_PICKUP_POINT
    return News(
        legs=legs(parcel.state, journey, events),
        number=parcel.tracking_number or "",
        place=(journey.place or "") if journey and waits else "",
        until=journey.keep_until if journey and waits else None,
        waits=waits,
        delivered=parcel.state is ParcelState.DELIVERED,
    )
