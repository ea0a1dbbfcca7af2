"""On which days after the invitation families are reminded to sign: the lycée's, else its region's, else the usual ones.

Typed « 3, 7, 14 », kept as [3, 7, 14]. Plain values only.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from portal.kernel.errors import DomainError
from portal.kernel.words import later

USUAL: Final = (3, 7, 14)
MOST: Final = 6
LAST: Final = 60
_NUMBERS: Final = re.compile(r"[0-9]{1,2}(?:[\s,;]+[0-9]{1,2})*")


class UnreadableDays(DomainError):
    """What was typed says no days; the message says how to write them."""

    message = later("Écrivez des nombres de jours, par exemple 3, 7, 14\u00a0: six au plus, de 1 à 60.")


def read_days(text: str) -> list[int] | None:
    """The days in order, each once; None when nothing is typed. Raises `UnreadableDays`."""
    if not text.strip():
        return None
    if not _NUMBERS.fullmatch(text.strip()):
        raise UnreadableDays
    days = sorted({int(number) for number in re.findall("[0-9]+", text)})
    if len(days) > MOST or days[0] < 1 or days[-1] > LAST:
        raise UnreadableDays
    return days


def write_days(days: Sequence[int]) -> str:
    """As one would type them again."""
    return ", ".join(map(str, days))


def of_region(profile: Mapping[str, object]) -> tuple[int, ...]:
    """Those of a region, in order."""
    days = profile.get("reminder_days")
    return tuple(sorted(int(day) for day in days)) if isinstance(days, list) and days else USUAL


def reminder_days(own: Sequence[int] | None, profile: Mapping[str, object]) -> tuple[int, ...]:
    """When families of a lycée are reminded, in days after the invitation."""
    return tuple(own) if own else of_region(profile)
