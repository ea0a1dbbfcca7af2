"""What a tracking service answers, parcel by parcel."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One event of a parcel. Of the carrier's own label only a hash is kept: it may name a neighbour."""

    code: str
    at: datetime
    rank: int
    label_hash: str


class Missing(StrEnum):
    """Why there is no event."""

    NOT_YET = "not_yet"
    MALFORMED = "malformed"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Report:
    """The events of one parcel, as received; or why there are none. `place` is the pickup point."""

    events: tuple[Seen, ...] = ()
    place: str = ""
    missing: Missing | None = None


class KeyRefused(Exception):
    """The tracking key is missing or wrong: asking again is useless until somebody has corrected it."""


class ComeBack(Exception):
    """The service asks for patience, or does not answer: keep what is known, ask later."""
