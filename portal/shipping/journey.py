"""From the carrier's events to what we say: which step, which state, which sentence. Plain values, no database.

Suivi v2's codes; the table is ours (reference: public clients' lists, the last four from one source only). Never by the
first letters: DI2 is a delivery back to the sender, DI3 is a delay. A code that is not here changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from portal.kernel.clock import PARIS
from portal.kernel.words import later
from portal.shipping.carriers.reports import Seen
from portal.shipping.states import ParcelState


class Phase(StrEnum):
    """What a parcel is doing."""

    ANNOUNCED = "announced"
    TAKEN = "taken"
    MOVING = "moving"
    OUT = "out"
    PICKUP = "pickup"
    TROUBLE = "trouble"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A code: which of the five steps, which phase, in which words."""

    step: int
    phase: Phase
    words: str


_P = Phase
_MOVING = later("Le colis avance dans le réseau de La Poste.")
CODES: Final[Mapping[str, Meaning]] = {
    "DR1": Meaning(1, _P.ANNOUNCED, later("La Poste est prévenue de l’envoi.")),
    "DR2": Meaning(1, _P.TROUBLE, later("La Poste signale un problème de préparation.")),
    "PC1": Meaning(2, _P.TAKEN, later("La Poste a pris le colis en charge.")),
    "PC2": Meaning(2, _P.TAKEN, later("La Poste a pris le colis en charge.")),
    "ET1": Meaning(3, _P.MOVING, _MOVING),
    "ET2": Meaning(3, _P.MOVING, _MOVING),
    "ET3": Meaning(3, _P.MOVING, _MOVING),
    "ET4": Meaning(3, _P.MOVING, _MOVING),
    "EP1": Meaning(3, _P.MOVING, later("Le colis attend d’être présenté.")),
    "DO1": Meaning(3, _P.MOVING, later("Le colis entre à la douane.")),
    "DO2": Meaning(3, _P.MOVING, later("Le colis est sorti de la douane.")),
    "DO3": Meaning(3, _P.TROUBLE, later("Le colis est retenu à la douane.")),
    "PB1": Meaning(3, _P.TROUBLE, later("La Poste signale un problème en chemin.")),
    "PB2": Meaning(3, _P.MOVING, later("Le problème est réglé : le colis repart.")),
    "DI3": Meaning(3, _P.MOVING, later("Le colis a du retard.")),
    "MD2": Meaning(4, _P.OUT, later("Le colis est en cours de livraison.")),
    "ND1": Meaning(4, _P.TROUBLE, later("Le facteur n’a pas pu livrer le colis.")),
    "AG1": Meaning(4, _P.PICKUP, later("Le colis attend dans un point de retrait.")),
    "RE1": Meaning(4, _P.RETURNING, later("Le colis revient au lycée.")),
    "DI1": Meaning(5, _P.DELIVERED, later("Le colis est livré.")),
    "DI0": Meaning(5, _P.DELIVERED, later("Le colis est livré.")),
    "DI2": Meaning(5, _P.RETURNED, later("Le colis est revenu au lycée.")),
}

STATES: Final = {
    _P.TAKEN: ("move_on", ParcelState.IN_TRANSIT),
    _P.MOVING: ("move_on", ParcelState.IN_TRANSIT),
    _P.TROUBLE: ("move_on", ParcelState.IN_TRANSIT),
    _P.OUT: ("go_out", ParcelState.OUT_FOR_DELIVERY),
    _P.PICKUP: ("wait_at_point", ParcelState.AT_PICKUP_POINT),
    _P.DELIVERED: ("deliver", ParcelState.DELIVERED),
    _P.RETURNING: ("turn_back", ParcelState.RETURNING),
    _P.RETURNED: ("return", ParcelState.RETURNED),
}
"""The transition that each phase asks of a parcel; an announced one has not moved."""

STEPS: Final = (
    later("Annoncé à La Poste"),
    later("Pris en charge"),
    later("En route"),
    later("En livraison"),
    later("Livré"),
)

ANNOUNCED: Final = 1
"""The step at which La Poste knows of a parcel and has not seen it."""

GIVEN_UP: Final = timedelta(days=45)
"""After that long, a parcel is not asked about any more."""

PACES: Final = {
    _P.ANNOUNCED: timedelta(hours=6),
    _P.OUT: timedelta(minutes=30),
}
PACE: Final = timedelta(hours=2)
"""How often a parcel on its way is asked about, but for the two above."""


class Stop(StrEnum):
    """Why nobody asks about a parcel any more."""

    MALFORMED = "malformed"
    ENDED = "ended"
    OLD = "old"
    SCANNED = "scanned"
    """Its label was not to be used, and La Poste has scanned it: somebody must look."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a parcel stands, from all that is known of it."""

    last: Seen
    meaning: Meaning
    reached: Mapping[int, datetime]
    """When each step began; a step that was never announced has no date."""

    def keep_until(self, days: int) -> date | None:
        """The last day at the pickup point, which keeps parcels so many days; None where that is not known."""
        if self.meaning.phase is not Phase.PICKUP or not days:
            return None
        return (self.last.at + timedelta(days=days)).astimezone(PARIS).date()


def in_order(events: Iterable[Seen]) -> list[Seen]:
    """By date, then by the carrier's own rank: the list it sends is in no sure order."""
    return sorted(events, key=lambda event: (event.at, event.rank))


def standing(events: Iterable[Seen]) -> Standing | None:
    """Recomputed from everything each time, so that an old event that comes late changes nothing."""
    known = [event for event in in_order(events) if event.code in CODES]
    if not known:
        return None
    reached: dict[int, datetime] = {}
    for event in known:
        reached.setdefault(CODES[event.code].step, event.at)
    return Standing(known[-1], CODES[known[-1].code], reached)


def next_look(phase: Phase, *, pace: int) -> timedelta:
    """How long until it is asked about again; `pace` divides it, for the demo."""
    return PACES.get(phase, PACE) / max(pace, 1)


def words(code: str) -> str:
    """An event in our own sentence; nothing for a code that we do not know."""
    return CODES[code].words if code in CODES else later("La Poste a noté une étape.")


def phase_of(code: str | None) -> Phase:
    """The phase that a code means; a parcel without any is only announced."""
    return CODES[code].phase if code and code in CODES else Phase.ANNOUNCED


def step_of(code: str | None) -> int:
    """The step that a code means, from 1 to 5."""
    return CODES[code].step if code and code in CODES else 1
