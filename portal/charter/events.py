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
