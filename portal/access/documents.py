"""The letter that lets a family in: one page, for a window envelope, with three pictures and one code.

Data in, PDF bytes out; nothing here knows the database or a request. The square holds the address of the door and, after
a `#`, the code: what follows a `#` never leaves the telephone, so no server, proxy or log ever sees the code in an
address. Without JavaScript, or without a telephone, the code is typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from portal.access.rules import grouped
from portal.platform.batches import Progress, render_batch
from portal.platform.codes import Svg, qr_path
from portal.platform.typography import type_size

WINDOW_MM = 85
"""Width of the window that stays in sight however the sheet slides in its envelope (see letters.css)."""

SMALLEST_PT = 7.0
"""Smallest type of an address: thirty-eight of the widest capitals fit in the window."""

TITLE = "Lettres d’accès à Fin prêt"


@dataclass(frozen=True, slots=True)
class Lycee:
    """The sender, and who answers families."""

    name: str
    address: tuple[str, ...]
    contact_name: str
    phone: str
    hours: str
    email: str


@dataclass(frozen=True)
class Letter:
    """One person, the students whom they answer for, and the code."""

    addressee: tuple[str, ...]
    name: str
    class_name: str
    students: tuple[str, ...]
    adult: bool
    code: str
    door: str
    printed_on: date
    last_day: date
    lycee: Lycee

    @property
    def window_pt(self) -> float:
        """Return the size of the address, in points: each line stays on one line of the window."""
        return type_size(self.addressee, room_mm=WINDOW_MM, largest=10.5, smallest=SMALLEST_PT)

    @property
    def shown_code(self) -> str:
        """Return the code in groups, as one copies it."""
        return grouped(self.code)

    @property
    def typed_door(self) -> str:
        """Return the address as one types it."""
        return self.door.removeprefix("https://").removeprefix("http://")

    @cached_property
    def qr(self) -> Svg:
        """Return the square that a telephone reads."""
        return qr_path(f"{self.door}#{self.code}", label="Code à scanner avec un téléphone", module_mm=0.85)


def letters_pdf(letters: Sequence[Letter], *, progress: Progress | None = None) -> bytes:
    """Print letters (A4), one a page, in the order given: classes, then names.

    :param progress: called with how many letters are done, and how many there are.
    """
    return render_batch("access/pdf/letters.html", letters, {}, title=TITLE, progress=progress)
