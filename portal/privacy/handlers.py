"""What privacy does on its own: it keeps the access log and the list of erasures, and tells the health page when the last purge ran."""

from datetime import timedelta

from portal.kernel import clock
from portal.platform import health
from portal.platform.outbox import on
from portal.privacy.events import ExportAsked, FileErased
from portal.privacy.queries import old
from portal.privacy.services import exporting, replaying, views

LATE = timedelta(days=2)
"""It runs every night: two missed nights are worth a look."""

__all__ = ["LATE", "make_copy", "note_erasure", "tell_last_purge", "views"]


@on(ExportAsked, network=True)
def make_copy(event: ExportAsked, key: str) -> None:
    """Everything kept about one person, in one file."""
    if not exporting.start(event.export_id):
        return
    try:
        file_key = exporting.make(event.export_id)
    except Exception:
        exporting.fail(event.export_id)
        raise
    exporting.finish(event.export_id, file_key=file_key)


@on(FileErased, network=True)
def note_erasure(event: FileErased, key: str) -> None:
    """Outside the database, so that a restored backup does not bring the person back."""
    replaying.note(event.student)


@health.part("purge")
def tell_last_purge() -> dict[str, object]:
    """When it last ran, how many rows went, and whether it is late. A new portal has never needed it."""
    run = old.last_run()
    if run is None:
        return {"last": None, "removed": 0, "late": False}
    return {"last": run.at.isoformat(), "removed": sum(run.counts.values()), "late": clock.now() - run.at > LATE}
