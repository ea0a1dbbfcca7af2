"""What happens to a signature."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event
from portal.loans.events import LoanEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureEvent(LoanEvent):
    """Something that happened to one signatory's charter, read in its loan's trail."""

    sentence: ClassVar[str] = "Charte modifiée"

    signature_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureInvited(SignatureEvent):
    """Somebody is asked to sign, or to sign `again` a new text; the worker makes the exact PDF, then tells them."""

    sentence: ClassVar[str] = "Signature de la charte demandée"

    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterPresented(SignatureEvent):
    """The PDF to sign exists; the signatory is told."""

    sentence: ClassVar[str] = "Charte prête à signer"

    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAsked(SignatureEvent):
    """A code must be drawn and sent to the contact that the school knows."""

    sentence: ClassVar[str] = "Code de signature demandé"


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterSigned(SignatureEvent):
    """Somebody signed; the worker seals."""

    sentence: ClassVar[str] = "Charte signée"


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterDeclined(SignatureEvent):
    """Somebody declined to sign."""

    sentence: ClassVar[str] = "Signature de la charte refusée"


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterSealed(SignatureEvent):
    """The sealed PDF exists; it is sent to its signatory."""

    sentence: ClassVar[str] = "Charte signée scellée"


@dataclass(frozen=True, slots=True, kw_only=True)
class StampAsked(SignatureEvent):
    """A time-stamp authority must say when it was sealed; the worker asks it, again until it answers."""

    sentence: ClassVar[str] = "Horodatage de la charte demandé"


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterStamped(SignatureEvent):
    """The authority's time is proved and stands in the sealed PDF."""

    sentence: ClassVar[str] = "Charte horodatée"


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterArchived(SignatureEvent):
    """The copy for the archive exists, or was stamped again."""

    sentence: ClassVar[str] = "Copie d’archive de la charte faite"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadPublished(Event):
    """The day's chain head is out of the database; the region's data protection officer receives it."""

    sentence: ClassVar[str] = "Tête de chaîne du jour publiée"

    head_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskOpened(SignatureEvent):
    """An agent has opened the charter for a tablet."""

    sentence: ClassVar[str] = "Signature au guichet ouverte"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskClosed(SignatureEvent):
    """The session at the desk is over: signed, declined, or stopped by the agent."""

    sentence: ClassVar[str] = "Signature au guichet fermée"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRecorded(SignatureEvent):
    """A charter signed on paper is recorded; the worker makes its page of evidence, then seals."""

    sentence: ClassVar[str] = "Charte signée sur papier enregistrée"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRevoked(SignatureEvent):
    """The scan was wrong: the charter is to be signed again."""

    sentence: ClassVar[str] = "Charte sur papier annulée"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDue(SignatureEvent):
    """One person has charters to sign: one message for all of them. `channel` is the one that an agent chose, or empty."""

    sentence: ClassVar[str] = "Rappel de signature"

    signature_ids: list[int]
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlanksAsked(Event):
    """The charters that a class has still to sign are wanted in one PDF, for paper; the worker joins them."""

    sentence: ClassVar[str] = "Impression de chartes à signer demandée"

    job_id: int
    signature_ids: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendAsked(Event):
    """Somebody asks for their message again; the contact is under seal, and whether it is known is the worker's to see."""

    sentence: ClassVar[str] = "Message de signature redemandé"

    sealed_contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterCompleted(SignatureEvent):
    """Everybody whose signature is needed has signed; the other holders of parental authority are informed, once."""

    sentence: ClassVar[str] = "Charte signée par tous ceux qui devaient signer"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionEvent(Event):
    """Something that happened to a published text."""

    sentence: ClassVar[str] = "Texte de la charte modifié"
    about: ClassVar = ("charter_version", "version_id")

    version_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterPublished(VersionEvent):
    """The region published a text; `resign` says who signs again. The worker asks them, some loans at a time."""

    sentence: ClassVar[str] = "Texte de la charte publié"

    resign: str
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationSaved(VersionEvent):
    """A courtesy translation of a text was written or corrected."""

    sentence: ClassVar[str] = "Traduction de la charte enregistrée"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftEvent(Event):
    """Something about the next text of a campaign."""

    sentence: ClassVar[str] = "Brouillon de la charte"
    about: ClassVar = ("campaign", "campaign_id")

    campaign_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChanged(DraftEvent):
    """Somebody of the region began, saved or threw away a draft."""

    sentence: ClassVar[str] = "Brouillon de la charte modifié"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewAsked(DraftEvent):
    """The exact PDF of a draft is wanted, with example values; the worker prints it."""

    sentence: ClassVar[str] = "Aperçu de la charte demandé"

    edition: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatoryDecided(Event):
    """Something was recorded or decided about who signs for a student; `kind` is a `Decided`."""

    sentence: ClassVar[str] = "Décision sur qui signe la charte"
    about: ClassVar = ("student", "student_id")

    student_id: int
    decision_id: int
    kind: str
