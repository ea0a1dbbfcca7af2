"""What happens at the preparation bench."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event
from portal.loans.events import LoanEvent


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

    sentence: ClassVar[str] = "Colis remis au transporteur"

    handover_id: int
    job_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelSealed(Event):
    """Device, slip and loan were scanned and agree, and the packing list was ticked; audit only."""

    sentence: ClassVar[str] = "Colis vérifié par trois scans et fermé"

    parcel_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelPhotographed(Event):
    """The open box was photographed, or its photo taken away. Audit only."""

    sentence: ClassVar[str] = "Photo d’un colis ajoutée ou retirée"

    parcel_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckWaived(Event):
    """A manager let a parcel go without the scans; the parcel says why. Audit only."""

    sentence: ClassVar[str] = "Colis fermé sans la vérification par scan"

    parcel_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsAsked(Event):
    """Labels are to be had from the carrier for these attempts, and printed with those that exist already."""

    sentence: ClassVar[str] = "Étiquettes du transporteur demandées"

    job_id: int
    attempt_ids: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelBought(Event):
    """The carrier has made a label."""

    sentence: ClassVar[str] = "Étiquette du transporteur obtenue"

    attempt_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDoubtful(Event):
    """Nobody knows whether the carrier has made a label: somebody must look."""

    sentence: ClassVar[str] = "Étiquette du transporteur incertaine"

    attempt_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSettled(Event):
    """Somebody has looked in the carrier's back office, and said what they found there."""

    sentence: ClassVar[str] = "Étiquette incertaine vérifiée à la main"

    attempt_id: int
    found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneLabelScanned(Event):
    """La Poste has in hand a label that was not to be used. Audit only: the work list shows it."""

    sentence: ClassVar[str] = "Étiquette annulée, pourtant vue par La Poste"

    parcel_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneLabelSettled(Event):
    """Somebody has looked for the box that bears it. Audit only."""

    sentence: ClassVar[str] = "Étiquette annulée vue par La Poste, vérifiée à la main"

    parcel_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractChanged(Event):
    """The keys of a contract with the carrier were given, changed or removed; never what they are."""

    sentence: ClassVar[str] = "Contrat avec La Poste modifié"

    contract_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCheckAsked(Event):
    """Somebody wants to know whether the carrier accepts the keys."""

    sentence: ClassVar[str] = "Vérification du contrat demandée"

    contract_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelEvent(LoanEvent):
    """Something that matters to the family happened to its parcel."""

    sentence: ClassVar[str] = "Colis suivi"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelAtPickup(ParcelEvent):
    """It waits at a pickup point."""

    sentence: ClassVar[str] = "Colis en point de retrait"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelDelivered(ParcelEvent):
    """The carrier says that it is delivered; the family has not confirmed yet."""

    sentence: ClassVar[str] = "Colis livré selon La Poste"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelReturning(ParcelEvent):
    """It comes back to the lycée."""

    sentence: ClassVar[str] = "Colis de retour au lycée"
