"""Who is alive: the worker's sign of life for the health page, and one for each worker, so that others take over."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select

from portal.extensions import db
from portal.kernel import clock
from portal.platform.health import SILENT_AFTER, Heartbeat
from portal.platform.work import unit_of_work

WORKER: Final = "worker"
ONE: Final = "worker:"
DEAD_AFTER: Final[timedelta] = 2 * SILENT_AFTER
"""Silence after which the others finish what a worker had begun; longer than any pause of a living one."""


def beat(identity: str) -> None:
    """One row says that the portal has a worker, the other that this one lives."""
    with unit_of_work():
        for name in (WORKER, ONE + identity):
            db.session.merge(Heartbeat(name=name, at=clock.now()))


def dead() -> list[str]:
    """The identities of workers that have been silent for too long."""
    silent = select(Heartbeat.name).where(Heartbeat.name.startswith(ONE), Heartbeat.at < clock.now() - DEAD_AFTER)
    names = db.session.scalars(silent).all()
    db.session.rollback()
    return [name.removeprefix(ONE) for name in names]


def bury(identities: list[str]) -> None:
    """Forget workers whose work was taken over."""
    with unit_of_work():
        db.session.execute(delete(Heartbeat).where(Heartbeat.name.in_([ONE + identity for identity in identities])))
