"""How factories write: apart from the test's session and scope, in one transaction however many rows they need."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from itertools import count
from typing import Any, ParamSpec, TypeVar
from zlib import crc32

from flask import current_app
from sqlalchemy import inspect, select

from portal.extensions import db
from portal.platform import scope
from portal.platform.audit import AuditLine
from portal.platform.outbox import OutboxRow
from portal.platform.work import unit_of_work, writing
from tests.visitor import apart

P = ParamSpec("P")
R = TypeVar("R")


class Numbers:
    """What tells rows apart. A test begins with a number of its own: its people are the same whatever ran before it."""

    def __init__(self) -> None:
        self._following = count(1)

    def begin(self, test: str) -> None:
        """From here on, the numbers of this test."""
        self._following = count(1 + crc32(test.encode()) % 1_000)

    def __next__(self) -> int:
        return next(self._following)


numbers = Numbers()
_inside: ContextVar[bool] = ContextVar("inside_a_factory", default=False)


def made(factory: Callable[P, R]) -> Callable[P, R]:
    """Make a function a factory; one that calls another stays in its transaction."""

    @wraps(factory)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _inside.get():
            return factory(*args, **kwargs)
        assert not writing(), "make rows before the unit of work begins: they are written apart"
        app = current_app._get_current_object()
        db.session.rollback()  # the test's session then reads what is written here
        return apart(_write, app, factory, *args, **kwargs)

    return run


def _write(app: Any, factory: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    _inside.set(True)
    with app.app_context(), scope.every_school(reason="tests"), unit_of_work():
        return factory(*args, **kwargs)


def add(row: R) -> R:
    """Send a row to the database at once, so that its id is known and a refusal points at the right factory."""
    db.session.add(row)
    db.session.flush()
    return row


def first(kind: type[R]) -> R | None:
    """The test's first row of a kind."""
    return db.session.scalars(select(kind).order_by(inspect(kind).primary_key[0]).limit(1)).first()


@made
def change(row: R, /, **values: Any) -> R:
    """The same row with other values, as a test needs it; a state changes without its table of transitions."""
    changed = db.session.merge(row)
    for name, value in values.items():
        setattr(changed, name, value)
    return changed


def _read(app: Any, question: Callable[[], R]) -> R:
    with app.app_context(), scope.every_school(reason="tests"):
        return question()


def _ask(question: Callable[[], R]) -> R:
    return apart(_read, current_app._get_current_object(), question)


def fresh(row: R) -> R:
    """The row as it is in the database now, whatever the scope; detached too."""
    kind, key = type(row), inspect(row).identity
    return _ask(lambda: db.session.get_one(kind, key))


def every(kind: type[R], /, **values: Any) -> list[R]:
    """Every row of a kind, or those with these values, in the order of their keys."""
    return _ask(
        lambda: list(db.session.scalars(select(kind).filter_by(**values).order_by(*inspect(kind).primary_key)).all())
    )


def trail(subject: str | None = None) -> list[str]:
    """The kinds of events of the audit trail, in order: `make.trail("loan:12") == ["LoanStarted", "LoanSubmitted"]`."""
    return [line.kind for line in every(AuditLine) if subject in (None, line.subject)]


def outbox(**values: Any) -> list[OutboxRow]:
    """The outbox, oldest first."""
    return sorted(every(OutboxRow, **values), key=lambda row: (row.created_at, row.due_at))
