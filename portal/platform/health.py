"""`GET /sante`: is the web up, the database answering, the worker alive, the outbox moving."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import String, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model, db
from portal.kernel import clock
from portal.platform.columns import Instant
from portal.platform.outbox import OutboxRow, OutboxState

Part = Callable[[], object]
_parts: dict[str, Part] = {}


def part(name: str) -> Callable[[Part], Part]:
    """Register what a feature above tells of itself, as JSON."""

    def register(ask: Part) -> Part:
        _parts[name] = ask
        return ask

    return register


SILENT_AFTER = timedelta(seconds=30)
STUCK_AFTER = timedelta(minutes=5)

bp = Blueprint("health", __name__)


class Heartbeat(Model):
    """The last sign of life of a process; the worker writes its own every few seconds."""

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


@bp.get("/sante")
def show() -> ResponseReturnValue:
    """200 when everything works, 503 when a part does not; the same JSON in both cases."""
    try:
        healthy, report = _report()
    except SQLAlchemyError:
        healthy, report = False, {"web": "ok", "database": "unreachable", "worker": "unknown", "outbox": {}}
    return jsonify(status="ok" if healthy else "degraded", **report), 200 if healthy else 503


def _report() -> tuple[bool, dict[str, object]]:
    now = clock.now()
    pending = OutboxRow.state.in_([OutboxState.WAITING, OutboxState.DISPATCHED])
    oldest, waiting = db.session.execute(
        select(func.min(OutboxRow.due_at), func.count()).where(pending, OutboxRow.due_at <= now)
    ).one()
    failed = db.session.scalar(select(func.count()).where(OutboxRow.state == OutboxState.FAILED))
    beat = db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == "worker"))
    age = (now - oldest).total_seconds() if waiting else 0
    alive, stuck = beat is not None and now - beat < SILENT_AFTER, age > STUCK_AFTER.total_seconds()
    return alive and not stuck, {
        "web": "ok",
        "database": "ok",
        "worker": "ok" if alive else "silent",
        "outbox": {
            "waiting": waiting,
            "oldest_seconds": round(age),
            "failed": failed,
            "stuck": stuck,
        },
        **{name: ask() for name, ask in _parts.items()},
    }
