"""What a campaign says of the lycées' emergency pools (FUP): how large they are, and lent for how long. Plain values only."""

from dataclasses import dataclass
from typing import Final

SHARES: Final = range(101)
DAYS: Final = range(1, 366)


@dataclass(frozen=True, slots=True)
class EmergencyRules:
    """`share` of a lycée's students that its pool counts, in whole %; `days` for which a device of it is lent.

    Raises `ValueError` for anything else: 0.04, where 4 (%) is meant.
    """

    share: int = 4
    days: int = 30

    def __post_init__(self) -> None:
        """The region's page has asked kindly before; the file of a profile comes straight here."""
        if self.share not in SHARES:
            raise ValueError(f"emergency.share: {self.share} is no whole number of % from 0 to 100")
        if self.days not in DAYS:
            raise ValueError(f"emergency.days: {self.days} is no whole number from 1 to 365")
