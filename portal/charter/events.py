"""What happens to a signature."""

from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureEvent(Event):
    """Something that happened to one signatory's charter."""

    sentence: ClassVar[str] = "Charte modifiée"

    signature_id: int
    loan_id: int

    @property
    def subject(self) -> str | None:
        """As "loan:12": a signature is read in its loan's trail."""
        return f"loan:{self.loan_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureInvited(SignatureEvent):
    """Somebody is asked to sign; the worker makes the exact PDF, then tells them."""

    sentence: ClassVar[str] = "Signature de la charte demandée"


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterPresented(SignatureEvent):
    """The PDF to sign exists; the signatory is told."""

    sentence: ClassVar[str] = "Charte prête à signer"


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
class ResendAsked(Event):
    """Somebody asks for their message again; the contact is under seal, and whether it is known is the worker's to see."""

    sentence: ClassVar[str] = "Message de signature redemandé"

    sealed_contact: str
