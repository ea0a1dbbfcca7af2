"""The outbox: what must happen after a commit. Rows are ours; the worker executes them, once per key.

A row waits until `due_at`, is claimed (`dispatched`), and ends `done` or `failed`. While it waits it may be withdrawn:
that is how a decision is taken back before the family is told.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import JSON, Index, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model, db
from portal.kernel import clock
from portal.kernel.events import Event
from portal.platform.columns import Instant, state_column

E = TypeVar("E", bound=Event)
Handle = Callable[[Any, str], object]
"""A handler takes the event and the row's key, its idempotency key."""


class OutboxState(StrEnum):
    """The life of a row."""

    WAITING = "waiting"
    DISPATCHED = "dispatched"
    DONE = "done"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class OutboxRow(Model):
    """An event to act upon, at least once, from `due_at` on."""

    __tablename__ = "outbox"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str | None] = mapped_column(String(64))
    payload: Mapped[dict[str, object]] = mapped_column(JSON)
    state: Mapped[OutboxState] = mapped_column(state_column(OutboxState), default=OutboxState.WAITING)
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    dispatched_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index("ix_outbox_state_due", "state", "due_at"), Index("ix_outbox_subject", "subject"))


class Delivery(Model):
    """A handler that has finished for a row, written in the handler's own transaction: it never runs twice."""

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    handler: Mapped[str] = mapped_column(String(120), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True, slots=True)
class Handler:
    """What a feature does when an event arrives. `network` handlers run outside any transaction."""

    name: str
    run: Handle
    network: bool


HANDLERS: dict[type[Event], list[Handler]] = {}


def on(event: type[E], *, network: bool = False) -> Callable[[Callable[[E, str], object]], Callable[[E, str], object]]:
    """Register a handler: `@on(LoanApproved)`.

    Without `network`, the handler and the record that it ran are one transaction: it takes effect exactly once.
    With `network`, it may be repeated after a crash and must use the key to be harmless then.
    """

    def register(handle: Callable[[E, str], object]) -> Callable[[E, str], object]:
        name = f"{handle.__module__}.{handle.__qualname__}"
        HANDLERS.setdefault(event, []).append(Handler(name=name, run=handle, network=network))
        return handle

    return register


def event_class(kind: str) -> type[Event]:
    """The class of a stored event, among those that somebody handles."""
    return next(event for event in HANDLERS if event.__name__ == kind)


def settle(kinds: Iterable[type[Event]], *, before: datetime) -> None:
    """When a history is loaded: count as done what people were told before that day; the rest is due from now on."""
    now, old = clock.now(), OutboxRow.created_at < before
    told = OutboxRow.kind.in_([kind.__name__ for kind in kinds])
    db.session.execute(update(OutboxRow).where(old, told).values(state=OutboxState.DONE, done_at=now))
    db.session.execute(update(OutboxRow).where(OutboxRow.due_at < now).values(due_at=now))


def withdraw(kinds: Iterable[type[Event]], subjects: Iterable[str]) -> set[str]:
    """Take back rows nobody has acted upon, in two statements; returns the subjects for which it was not too late."""
    waiting = OutboxRow.state == OutboxState.WAITING
    rows = db.session.scalars(
        select(OutboxRow)
        .where(OutboxRow.kind.in_([kind.__name__ for kind in kinds]), OutboxRow.subject.in_(list(subjects)), waiting)
        .with_for_update()
    ).all()
    if not rows:
        return set()
    withdrawn = db.session.scalars(
        update(OutboxRow)
        .where(OutboxRow.key.in_([row.key for row in rows]), waiting)
        .values(state=OutboxState.WITHDRAWN, done_at=clock.now())
        .returning(OutboxRow.subject)
    )
    return {subject for subject in withdrawn if subject}
