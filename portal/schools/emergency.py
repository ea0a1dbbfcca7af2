"""What a region decides of its lycées' emergency pools (FUP), in its profile: how large, and lent for how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

USUAL_SHARE: Final = 0.04
USUAL_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class EmergencyRules:
    """`share` of a lycée's students that its pool counts; `days` for which a device of it is lent."""

    share: float
    days: int

    @classmethod
    def of(cls, profile: Mapping[str, object]) -> "EmergencyRules":
        """Those of a region; the usual ones where its profile says nothing."""
        share, days = profile.get("emergency_share"), profile.get("emergency_days")
        return cls(
            float(share) if isinstance(share, int | float) else USUAL_SHARE,
            days if isinstance(days, int) else USUAL_DAYS,
        )

    @property
    def kept(self) -> dict[str, object]:
        """As the profile keeps them."""
        return {"emergency_share": self.share, "emergency_days": self.days}
