"""What every carrier offers, and the four answers to « make a label ».

`Uncertain` is real: the request left and no complete answer came back. Nobody repeats it without having looked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from portal.kernel.values.address import PostalAddress
from portal.shipping.carriers.reports import Report


class Who(StrEnum):
    """Who must act upon a refusal."""

    REGION = "region"
    SCHOOL = "school"
    FAMILY = "family"
    PACKING = "packing"
    LATER = "later"
    US = "us"


class LabelFormat(StrEnum):
    """What labels are printed on; the words are those of Colissimo's service (SLS 2.0, outputPrintingType)."""

    PDF_A4 = "PDF_A4_300dpi"
    PDF_10X15 = "PDF_10x15_300dpi"
    ZPL_203 = "ZPL_10x15_203dpi"
    ZPL_300 = "ZPL_10x15_300dpi"

    @property
    def suffix(self) -> str:
        """The end of a file's name."""
        return "zpl" if self.value.startswith("ZPL") else "pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """All that a carrier may know of a parcel (PRV-6): who sends, who receives, where, and the weight."""

    order: str
    """Our reference at the carrier's, at most 30 signs: what one looks for in its back office."""
    reference: str
    """Printed on the label, at most 17 signs."""
    weight_grams: int
    sender: PostalAddress
    recipient: PostalAddress
    deposit_on: date
    signature: bool = False


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a carrier can do for us."""

    label: bool
    bordereau: bool
    tracking: bool
    dry_run: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """A label exists. Without its bytes (cut on the way), it is asked for again; it is never bought again."""

    number: str
    label: bytes | None
    routing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Nothing was made, and the carrier says why: its code, its field, a French sentence of ours, and who must act."""

    code: str
    field: str
    sentence: str
    who: Who

    @property
    def stops_the_queue(self) -> bool:
        """Whether every other parcel would be refused too."""
        return self.who is Who.REGION


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Nothing was made, and trying again later is safe; `cause` is a word for the logs."""

    cause: str


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Perhaps a label was made. Somebody must look; `cause` is a word for the logs."""

    cause: str


@dataclass(frozen=True, slots=True)
class Bordereau:
    """The carrier's own deposit slip."""

    number: str
    pdf: bytes


Answer = Created | Refused | Unavailable | Uncertain


class Carrier(Protocol):
    """One carrier, for one contract. Every call but `capabilities` may use the network: never inside a use-case."""

    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    def check(self, shipment: Shipment) -> Refused | Unavailable | None:
        """Whether a label would be made, without making one; None when nothing stands in the way."""
        ...

    def create(self, shipment: Shipment) -> Answer:
        """Make the label: one call, never repeated from here."""
        ...

    def reprint(self, number: str) -> bytes | None:
        """The label of a number once more; it buys nothing. None when it cannot be had now."""
        ...

    def handover(self, numbers: Sequence[str]) -> Bordereau | Refused | Unavailable | None:
        """Announce at most fifty parcels as handed over; None when our own slip is all there is."""
        ...

    def track(self, numbers: Sequence[str]) -> Mapping[str, Report]:
        """Where at most ten parcels are, by number. Raises `reports.KeyRefused` when the key is not accepted."""
        ...
