"""A station is taken by whoever holds the scanner, gives signs of life, and is left."""

from portal.distribution.errors import CLOSED, NotNow
from portal.distribution.queries import stations as queries
from portal.kernel import clock
from portal.platform.work import use_case


@use_case
def take(public_id: str, *, by: int) -> None:
    """Hold this station, whoever held it before; raises `NotNow` while the session is not open."""
    at = queries.post(public_id)
    if not at.is_open:
        raise NotNow(CLOSED)
    row, now = queries.station(at.id), clock.now()
    row.account_id, row.seen_at, row.closed_at = by, now, None
    row.opened_at = row.opened_at or now


@use_case
def leave(public_id: str, *, by: int) -> None:
    """Nobody holds the station any more; somebody else's is left alone."""
    row = queries.station(queries.post(public_id).id)
    if row.account_id == by:
        row.account_id, row.closed_at, row.waiting = None, clock.now(), 0


@use_case
def note_alive(public_id: str, *, waiting: int, by: int) -> None:
    """The station is there, and says how many scans it still keeps."""
    row = queries.station(queries.post(public_id).id)
    if row.account_id == by:
        row.seen_at, row.waiting = clock.now(), waiting
