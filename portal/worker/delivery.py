"""What one handler does for one row: in the row's scope, signed by the system, and recorded so that it is not redone."""

from contextlib import AbstractContextManager
from typing import Final

import structlog
from sqlalchemy import select

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.events import Event
from portal.platform import scope
from portal.platform.actor import SYSTEM, acting
from portal.platform.outbox import HANDLERS, Delivery, Handler, OutboxRow, OutboxState, event_class
from portal.platform.work import unit_of_work

log: Final = structlog.get_logger()


def handlers_of(kind: str) -> list[Handler]:
    """The handlers of an event, by its stored name; none when a release has removed them."""
    return next((handlers for event, handlers in HANDLERS.items() if event.__name__ == kind), [])


def attempt(key: str, name: str) -> str | None:
    """Run one handler for one row. Returns None when it is done, or the class name of what went wrong.

    Nothing is raised: the engine would keep the exception, and its text may hold somebody's address.
    """
    try:
        _run(key, name)
    except Exception as fault:  # noqa: BLE001 (whatever a handler meets is retried, then shown on the health page)
        db.session.rollback()
        log.warning("worker.fault", key=key, handler=name, error=type(fault).__name__)
        return type(fault).__name__
    return None


def _run(key: str, name: str) -> None:
    row = db.session.execute(
        select(OutboxRow.kind, OutboxRow.payload).where(OutboxRow.key == key, OutboxRow.state == OutboxState.DISPATCHED)
    ).one_or_none()
    if row is None or _delivered(key, name):
        return
    handler = next(handler for handler in handlers_of(row.kind) if handler.name == name)
    event = event_class(row.kind)(**row.payload)
    with acting(SYSTEM), _scope_of(event):
        if handler.network:
            db.session.rollback()  # a slow service must not hold a reading transaction open
            handler.run(event, key)
            with unit_of_work():
                _record(key, name)
            return
        with unit_of_work():
            _record(key, name)
            db.session.flush()  # before the effects: of two workers, the second stops here
            handler.run(event, key)


def _scope_of(event: Event) -> AbstractContextManager[None]:
    if event.school_id is None:
        return scope.every_school(reason=type(event).__name__)
    return scope.schools(event.school_id)


def _delivered(key: str, name: str) -> bool:
    found = select(Delivery.key).where(Delivery.key == key, Delivery.handler == name)
    return db.session.scalar(found) is not None


def _record(key: str, name: str) -> None:
    db.session.add(Delivery(key=key, handler=name, at=clock.now()))
