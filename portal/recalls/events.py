"""What happens to a loan of the emergency pool. All name the loan; the family is told from the last two."""

from dataclasses import dataclass
from typing import ClassVar

from portal.loans.events import LoanEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyCalled(LoanEvent):
    """Somebody of the lycée has called the family of a late device. Audit only."""

    sentence: ClassVar[str] = "Famille appelée pour récupérer le matériel"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTakenBack(LoanEvent):
    """The call was noted by mistake. Audit only."""

    sentence: ClassVar[str] = "Appel à la famille annulé"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnMoved(LoanEvent):
    """The lycée chose another day of return, or none."""

    sentence: ClassVar[str] = "Date de retour changée"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReminded(LoanEvent):
    """A reminder is due: before the day of return, or `late` after it."""

    sentence: ClassVar[str] = "Rappel du retour envoyé à la famille"

    late: bool
