"""The accessories of a kit, counted: a list names each piece, a person writes « 2 × housse »."""

import re
from collections import Counter
from collections.abc import Iterable

_COUNTED = re.compile(r"([1-9])\s*(?:x|×)\s+(\S.*)", re.IGNORECASE)
MOST_PIECES = 20
LONGEST_PIECE = 60


def pieces(text: str) -> list[str]:
    """Every piece of a kit, one name each, from lines such as « 2 × housse »."""
    found: list[str] = []
    for line in filter(None, (" ".join(line.split()) for line in text.splitlines())):
        counted = _COUNTED.fullmatch(line)
        found += [counted[2]] * int(counted[1]) if counted else [line]
    return found


def lines(accessories: Iterable[str]) -> list[str]:
    """The same as people read it: each name once, with its number when there are several."""
    return [f"{number} × {name}" if number > 1 else name for name, number in Counter(accessories).items()]
