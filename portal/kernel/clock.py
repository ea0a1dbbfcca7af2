"""The only way to know the time. Tests freeze it; nothing else in the project reads the system's clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """The present instant, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The date in mainland France: the one that deadlines and birthdays follow."""
    return now().astimezone(PARIS).date()


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Hold the clock still at `instant` (aware)."""
    token = _frozen.set(instant)
    try:
        yield
    finally:
        _frozen.reset(token)


def after(**length: float) -> datetime:
    """The instant a given length of time from now: `after(minutes=10)`."""
    return now() + timedelta(**length)
