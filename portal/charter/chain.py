"""A chain of events: each holds the hash of the one before, so that one changed or removed shows, and which (SIG-7)."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from portal.charter.seal import Json, canonical_json

START = "0" * 64
"""What stands before the first event."""


def moment(at: datetime) -> str:
    """An instant in UTC, to the millisecond: `2026-09-08T08:00:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def link(*, number: int, at: datetime, kind: str, previous: str) -> dict[str, Json]:
    """One event, with its own hash."""
    event: dict[str, Json] = {"n": number, "at": moment(at), "type": kind, "prev_sha256": previous}
    return {**event, "sha256": hash_of(event)}


def hash_of(event: Mapping[str, Json]) -> str:
    """The SHA-256 of an event's canonical JSON, its own hash left out."""
    return sha256(canonical_json({name: value for name, value in event.items() if name != "sha256"})).hexdigest()


def first_break(events: Iterable[Mapping[str, Any]]) -> tuple[int, str] | None:
    """The number and the type of the first event that does not follow from the one before; None when all do."""
    previous = START
    for number, event in enumerate(events, start=1):
        if event["n"] != number or event["prev_sha256"] != previous or event["sha256"] != hash_of(event):
            return number, str(event["type"])
        previous = event["sha256"]
    return None
