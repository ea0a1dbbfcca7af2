"""What happens at the preparation bench."""

from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipsAsked(Event):
    """A batch of slips or labels is to be printed; the worker makes the PDF."""

    sentence: ClassVar[str] = "Impression de bordereaux demandée"

    job_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchHandedOver(Event):
    """Parcels left with the carrier; the worker makes the deposit slip."""

    sentence: ClassVar[str] = "Lot de colis remis au transporteur"

    handover_id: int
    job_id: int
