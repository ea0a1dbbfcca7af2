"""Who was shown whose file (PRV-5). A route says what its page shows; the blueprint does the rest, the view nothing.

The line is written before the page leaves, in a transaction of its own, as a session's sign of life is: a GET stays
read-only, and a file is not shown without its line. One statement: the student is found from the address, so a page
of fifty students costs no more than a page of one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog
from sqlalchemy.exc import OperationalError

log = structlog.get_logger()

SHOWN = frozenset({200, 409, 422})
"""Answers that show the page: as asked, or with what was refused."""


class Shown(StrEnum):
    """What a page of the staff shows. For the first ones, the address names it by its public id."""

    STUDENT = "student"
    LOAN = "loan"
    PARCEL = "parcel"
    SIGNATURE = "signature"
    DESK = "desk"
    EXPORT = "export"
    RIGHTS = "rights"
    LIST = "list"
    """Several students at once: one line, which names none."""
    NOBODY = "nobody"
    """No student at all, or numbers only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """One page shown. `public_id` is what the address names, empty for a list."""

    account_id: int
    role: str
    school_id: int | None
    page: str
    shown: Shown
    public_id: str = ""


Writer = Callable[[Consultation], None]
_writers: list[Writer] = []


def recorded_by(writer: Writer) -> Writer:
    """Register the feature that keeps the lines (above this layer)."""
    _writers[:] = [writer]
    return writer


def note(seen: Consultation) -> None:
    """Write the line. Where the database takes no writing for a while, the program's log says that one is missing."""
    for write in _writers:
        try:
            write(seen)
        except OperationalError as error:
            log.warning("file_view.not_kept", error=type(error.orig).__name__, kind=seen.page, role=seen.role)
