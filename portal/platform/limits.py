"""Limits that every process shares: counted in the database, in one statement, whichever worker is asked (SEC-7).

    if seconds := limits.take("password", email, most=5, within=timedelta(minutes=15)):
        …                                  # refused: say when to come back
    limits.require("scan", school, most=…, within=…)      # the same, raising `TooMany`: a page of ours with 429

A window opens at the first take and closes `within` later; the next take opens another. Any stretch of that length
therefore sees at most twice `most`: whoever must keep under ten in a quarter of an hour allows five. Only keyed hashes
are kept. A school's families come from one address: limit what was typed or chosen first, the address generously.
"""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Executable, String, case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model, db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later_many
from portal.platform.columns import Instant
from portal.platform.keyed import digest
from portal.platform.work import unit_of_work, writing


class RateWindow(Model):
    """How often something was taken since its window opened; the key is a keyed hash, worth nothing to a reader."""

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    taken: Mapped[int]
    closes_at: Mapped[datetime] = mapped_column(Instant, index=True)


class TooMany(DomainError):
    """Asked too often; the page answers 429 and says when to come back."""

    def __init__(self, seconds: int, message: str | None = None) -> None:
        super().__init__(message or patience(seconds))
        self.seconds = seconds


def patience(seconds: int) -> str:
    """The sentence for those who must wait."""
    return later_many(
        "Trop d’essais en peu de temps. Recommencez dans une minute.",
        "Trop d’essais en peu de temps. Recommencez dans %(num)d minutes.",
        max(1, ceil(seconds / 60)),
    )


def take(purpose: str, key: str, *, most: int, within: timedelta) -> int:
    """Count one more, and return the seconds to wait: 0 means go on.

    Counted before it is known how the act ends, and kept when the act fails: call it outside any use-case, in a POST.
    Refused takes open no new window, so that whoever insists is not shut out for ever.
    """
    if writing():
        raise RuntimeError("a limit is taken before the use-case: what fails there would be forgotten here")
    now = clock.now()
    with unit_of_work():
        taken, closes_at = db.session.execute(_counted(digest(f"limits.{purpose}", key), now, now + within)).one()
    return 0 if taken <= most else max(1, ceil((closes_at - now).total_seconds()))


def require(purpose: str, key: str, *, most: int, within: timedelta) -> None:
    """The same, raising `TooMany` when it must wait."""
    if seconds := take(purpose, key, most=most, within=within):
        raise TooMany(seconds)


def forget(purpose: str, key: str) -> None:
    """Begin anew: whoever has just proved who they are owes nothing for their slips. Outside any use-case."""
    with unit_of_work():
        db.session.execute(delete(RateWindow).where(RateWindow.key_hash == digest(f"limits.{purpose}", key)))


def forget_closed() -> int:
    """Delete the windows that are over; a scheduled job of the worker. Returns how many."""
    with unit_of_work():
        gone = db.session.execute(delete(RateWindow).where(RateWindow.closes_at < clock.now()))
    return int(getattr(gone, "rowcount", 0))


def _counted(key_hash: str, now: datetime, closes_at: datetime) -> Executable:
    """Insert, or count where the row stands: both engines do it in one step, so that two workers never read the same."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    over = RateWindow.closes_at <= now
    statement = insert(RateWindow).values(key_hash=key_hash, taken=1, closes_at=closes_at)
    counting: Executable = statement.on_conflict_do_update(
        index_elements=[RateWindow.key_hash],
        set_={
            "taken": case((over, 1), else_=RateWindow.taken + 1),
            "closes_at": case((over, closes_at), else_=RateWindow.closes_at),
        },
    ).returning(RateWindow.taken, RateWindow.closes_at)
    return counting
