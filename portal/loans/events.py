"""What happens to a loan. All name the loan; the family and the school are told from these."""

from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanEvent(Event):
    """Something that happened to one loan."""

    sentence: ClassVar[str] = "Dossier modifié"
    about: ClassVar = ("loan", "loan_id")

    loan_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanStarted(LoanEvent):
    """A draft was opened."""

    sentence: ClassVar[str] = "Demande commencée"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanSubmitted(LoanEvent):
    """The request reached the school; those who must sign are invited."""

    sentence: ClassVar[str] = "Demande envoyée au lycée"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanWithdrawn(LoanEvent):
    """The family gave up its request."""

    sentence: ClassVar[str] = "Demande retirée par la famille"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanApproved(LoanEvent):
    """The head granted the loan and a device was set aside. The family is told once it can no longer be undone."""

    sentence: ClassVar[str] = "Demande acceptée"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRefused(LoanEvent):
    """The head refused, with a reason."""

    sentence: ClassVar[str] = "Demande refusée"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanWaitlisted(LoanEvent):
    """Granted when stock allows."""

    sentence: ClassVar[str] = "Demande mise en liste d’attente"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTakenBack(LoanEvent):
    """The head undid a decision before the family was told."""

    sentence: ClassVar[str] = "Décision annulée avant d’être annoncée"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanPrepared(LoanEvent):
    """A device was scanned for this loan."""

    sentence: ClassVar[str] = "Matériel préparé"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanUnpacked(LoanEvent):
    """The preparation was undone."""

    sentence: ClassVar[str] = "Préparation annulée"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanSetAside(LoanEvent):
    """The kit waits for the student at the school."""

    sentence: ClassVar[str] = "Matériel à retirer au lycée"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanSent(LoanEvent):
    """The parcel was given to the carrier."""

    sentence: ClassVar[str] = "Colis remis au transporteur"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingNumberKnown(LoanEvent):
    """The carrier's number was typed or corrected after the parcel had left."""

    sentence: ClassVar[str] = "Numéro de suivi enregistré"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanReceived(LoanEvent):
    """The family has the device: the loan is active."""

    sentence: ClassVar[str] = "Réception confirmée"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanReturning(LoanEvent):
    """The kit is on its way back to the school."""

    sentence: ClassVar[str] = "Retour commencé"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanClosed(LoanEvent):
    """The kit is back."""

    sentence: ClassVar[str] = "Dossier clos : matériel rendu"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanReopened(LoanEvent):
    """The return was a slip: the kit is still at the family's."""

    sentence: ClassVar[str] = "Retour annulé : le matériel est toujours prêté"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanKept(LoanEvent):
    """The student keeps the device at the end of studies."""

    sentence: ClassVar[str] = "Matériel cédé en fin d’études"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanWrittenOff(LoanEvent):
    """The device was stolen, lost or broken for good."""

    sentence: ClassVar[str] = "Dossier clos : matériel perdu, volé ou cassé"
