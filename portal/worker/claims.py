"""The worker's side of the outbox: take due rows, end them, and find those that were taken and forgotten.

Outbox rows belong to no school, so nothing here needs a scope. All functions ask for an application context.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, select, update

from portal.extensions import db
from portal.kernel import clock
from portal.platform.outbox import OutboxRow, OutboxState
from portal.platform.work import unit_of_work

FORGOTTEN_AFTER: Final = timedelta(seconds=60)
"""Time after which a row taken but not ended is looked at again: its worker may have died in between."""

_TAKEN: Final = OutboxRow.state == OutboxState.DISPATCHED


class Claim(NamedTuple):
    """A row this worker has taken."""

    key: str
    kind: str


def take(limit: int) -> list[Claim]:
    """Mark due rows as dispatched and return them, oldest first: committed before anyone acts on them.

    Several workers never take the same row: PostgreSQL skips rows that another one holds, SQLite has one writer.
    """
    if not _any(OutboxRow.state == OutboxState.WAITING, OutboxRow.due_at <= clock.now()):
        return []
    return _mark((OutboxRow.state == OutboxState.WAITING, OutboxRow.due_at <= clock.now()), limit)


def take_forgotten(limit: int) -> list[Claim]:
    """Rows dispatched more than a minute ago and not ended; each is returned once a minute."""
    before = clock.now() - FORGOTTEN_AFTER
    if not _any(_TAKEN, OutboxRow.dispatched_at <= before):
        return []
    return _mark((_TAKEN, OutboxRow.dispatched_at <= before), limit)


def _any(*conditions: ColumnElement[bool]) -> bool:
    """A read, so that an idle worker never asks for the write lock."""
    found = db.session.scalar(select(OutboxRow.key).where(*conditions).limit(1)) is not None
    db.session.rollback()
    return found


def _mark(conditions: Iterable[ColumnElement[bool]], limit: int) -> list[Claim]:
    with unit_of_work():
        rows = db.session.execute(
            select(OutboxRow.key, OutboxRow.kind)
            .where(*conditions)
            .order_by(OutboxRow.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.key.in_([row.key for row in rows]), *conditions)
            .values(state=OutboxState.DISPATCHED, dispatched_at=clock.now())
            .execution_options(synchronize_session=False)
        )
    return [Claim(row.key, row.kind) for row in rows]


def finish(key: str) -> None:
    """Every handler has done its part."""
    _end(key, state=OutboxState.DONE, error=None, done_at=clock.now())


def give_up(key: str, error: str) -> None:
    """No attempt is left. `error` is the name of a class, never a message: messages hold names and addresses."""
    _end(key, state=OutboxState.FAILED, error=error[:200], done_at=clock.now())


def note_fault(key: str, error: str) -> None:
    """An attempt failed and another will follow; the row says why it is late."""
    _end(key, error=error[:200])


def _end(key: str, **values: object) -> None:
    with unit_of_work():
        db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.key == key, _TAKEN)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
