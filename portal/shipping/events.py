"""What happens at the preparation bench."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipsAsked(Event):
    """A batch of slips or labels is to be printed; the worker makes the PDF.

    `paper` is a `portal.shipping.rules.Paper`; the shifts move what is printed, in millimetres, to the right and down.
    """

    sentence: ClassVar[str] = "Impression de bordereaux demandée"

    job_id: int
    paper: str
    parcel_ids: Sequence[int]
    right_mm: float = 0
    down_mm: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationAsked(Event):
    """A page is to be printed with which one sets a printer; `paper` is a `portal.shipping.rules.Paper`."""

    sentence: ClassVar[str] = "Page de réglage d’imprimante demandée"

    job_id: int
    paper: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchHandedOver(Event):
    """Parcels left with the carrier; the worker makes the deposit slip."""

    sentence: ClassVar[str] = "Lot de colis remis au transporteur"

    handover_id: int
    job_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelSealed(Event):
    """Device, slip and loan were scanned and agree, and the packing list was ticked; audit only."""

    sentence: ClassVar[str] = "Colis vérifié par trois scans et fermé"

    parcel_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckWaived(Event):
    """A manager let a parcel go without the scans; the parcel says why. Audit only."""

    sentence: ClassVar[str] = "Colis fermé sans la vérification par scan"

    parcel_id: int
