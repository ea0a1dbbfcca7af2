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
