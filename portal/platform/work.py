"""The unit of work: a use-case commits once, with its audit lines and its outbox rows, or not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.exc import OperationalError

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.events import Event
from portal.platform import actor
from portal.platform.audit import AuditLine
from portal.platform.outbox import HANDLERS, OutboxRow, OutboxState

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class _Unit:
    """The events that a running unit of work has gathered, each with its delay in seconds."""

    events: list[tuple[Event, int]] = field(default_factory=list)


_unit: ContextVar[_Unit | None] = ContextVar("unit_of_work", default=None)
_read_only: ContextVar[bool] = ContextVar("read_only", default=False)


def writing() -> bool:
    """Whether a unit of work is open: SQLite then begins IMMEDIATE, so that it never has to upgrade a read lock."""
    return _unit.get() is not None


@contextmanager
def read_only() -> Iterator[None]:
    """Inside, a use-case is a bug: a GET changes nothing."""
    token = _read_only.set(True)
    try:
        yield
    finally:
        _read_only.reset(token)


def emit(event: Event, *, delay: int = 0) -> None:
    """Tell that something happened; kept if, and only if, the use-case commits.

    `delay` is the number of seconds before the worker acts on it: the time to change one's mind.
    """
    unit = _unit.get()
    if unit is None:
        raise RuntimeError("emit() outside a use-case")
    unit.events.append((event, delay))


def _write_down(unit: _Unit) -> None:
    """One statement for all audit lines and one for all outbox rows, however many events there are."""
    now, who = clock.now(), actor.current()
    told = [(event, delay, asdict(event)) for event, delay in unit.events]
    lines: list[dict[str, Any]] = [
        {
            "at": now,
            "actor": who.kind,
            "account_id": who.account_id,
            "role": who.role,
            "school_id": event.school_id,
            "kind": type(event).__name__,
            "subject": event.subject,
            "payload": payload,
        }
        for event, _, payload in told
    ]
    rows: list[dict[str, Any]] = [
        {
            "key": uuid4().hex,
            "kind": type(event).__name__,
            "subject": event.subject,
            "payload": payload,
            "state": OutboxState.WAITING,
            "created_at": now,
            "due_at": now + timedelta(seconds=delay),
        }
        for event, delay, payload in told
        if type(event) in HANDLERS
    ]
    if lines:
        db.session.execute(insert(AuditLine), lines)
    if rows:
        db.session.execute(insert(OutboxRow), rows)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Open the outermost unit, or join the one that is open."""
    if _unit.get() is not None:
        yield
        return
    if _read_only.get():
        raise RuntimeError("a GET must not change anything")
    db.session.rollback()  # ends the reading transaction: a unit starts from the present, with the write lock
    unit = _Unit()
    token = _unit.set(unit)
    try:
        yield
        db.session.flush()  # so that a refused row stops us before the events are written
        _write_down(unit)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _unit.reset(token)


TRIES = 3
CROSSED = frozenset({"40P01", "40001"})
"""PostgreSQL's words for two transactions that wait for each other: one is rolled back whole, and may start again."""


def _crossed(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", None) in CROSSED


def use_case(func: Callable[P, R]) -> Callable[P, R]:
    """Make a function a transaction. Nested, it joins; an exception rolls everything back before anyone sees it.

    The outermost starts again when PostgreSQL ended it in favour of another: nothing of it was kept.
    """

    @wraps(func)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for left in reversed(range(TRIES)):
            try:
                with unit_of_work():
                    return func(*args, **kwargs)
            except OperationalError as error:
                if writing() or not left or not _crossed(error):
                    raise
        raise AssertionError("the last try returns or raises")

    return run


def let_go() -> None:
    """Before waiting for the network: end the reading transaction, whose connection others need; refused inside a unit."""
    if writing():
        raise RuntimeError("the network inside a use-case")
    db.session.rollback()
