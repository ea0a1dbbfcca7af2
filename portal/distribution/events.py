"""What happens around a distribution session."""

from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LaptopHandedOver(Event):
    """A student was served at a station: the device is lent. The family gets its receipt."""

    sentence: ClassVar[str] = "Appareil remis le jour de la distribution"

    loan_id: int

    @property
    def subject(self) -> str | None:
        """The thread of the loan."""
        return f"loan:{self.loan_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverUndone(Event):
    """The scan was a slip: the device never left."""

    sentence: ClassVar[str] = "Remise annulée au poste de scan"

    loan_id: int

    @property
    def subject(self) -> str | None:
        """The thread of the loan."""
        return f"loan:{self.loan_id}"
