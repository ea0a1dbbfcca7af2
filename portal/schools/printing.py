"""How a lycée's printers are set: which sheet its labels are on, where a begun sheet starts, how far each paper is off.

Kept as JSON in `school.printing`. Millimetres, to the right and down, by tenths.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Final

MAX_SHIFT_MM: Final = 10.0
LABELS_ON_A4: Final = 4
"""Two by two, 105 × 148 mm each: the sheets that every stationer sells."""


class LabelSheet(StrEnum):
    """What address labels are printed on."""

    SINGLE = "10x15"
    A4 = "a4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """The settings; those of a lycée that has said nothing are the defaults."""

    slips_right: float = 0
    slips_down: float = 0
    labels_right: float = 0
    labels_down: float = 0
    sheet: LabelSheet = LabelSheet.SINGLE
    start: int = 1

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> "Printing":
        """As kept; what an older version did not know has its usual value."""
        known = {name: value for name, value in (kept or {}).items() if name in cls.__slots__}
        return cls(**{**known, "sheet": LabelSheet(known.get("sheet", LabelSheet.SINGLE))})

    @property
    def kept(self) -> dict[str, object]:
        """As JSON."""
        return {**asdict(self), "sheet": self.sheet.value}

    def after(self, labels: int) -> "Printing":
        """The same, once so many labels lie on the sheets."""
        return replace(self, start=(self.start - 1 + labels) % LABELS_ON_A4 + 1)

    @property
    def slips(self) -> tuple[float, float]:
        """How far delivery slips are moved: right, down."""
        return self.slips_right, self.slips_down

    @property
    def labels(self) -> tuple[float, float]:
        """How far labels are moved: right, down."""
        return self.labels_right, self.labels_down
