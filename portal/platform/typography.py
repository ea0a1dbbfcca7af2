"""How large a line of print may be: estimated from above, so that what must stay on one line does."""

from collections.abc import Sequence
from typing import Final

MM_PER_POINT: Final = 25.4 / 72


def type_size(lines: Sequence[str], *, room_mm: float, largest: float, smallest: float) -> float:
    """Return the largest type, in points, that keeps each line on one line of `room_mm`; never under `smallest`."""
    longest = max((_ems(line) for line in lines), default=1.0)
    return round(max(smallest, min(largest, room_mm / MM_PER_POINT / longest)), 1)


def _ems(line: str) -> float:
    """Estimate, from above, the width of a line in ems of Source Sans 3 SemiBold."""
    return sum(_em(character) for character in line)


def _em(character: str) -> float:
    if character in "MWmw@Œœ%Ææ":
        return 0.9
    if character in " .,'’-iIjlfrtıłJ1":
        return 0.36 if character in "1Jrtf-" else 0.3
    return 0.66 if character.isupper() else 0.56
