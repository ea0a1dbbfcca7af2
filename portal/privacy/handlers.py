"""What privacy does on its own: it keeps the access log, and tells the health page when the last purge ran."""

from datetime import timedelta

from portal.kernel import clock
from portal.platform import health
from portal.privacy.queries import old
from portal.privacy.services import views

LATE = timedelta(days=2)
"""It runs every night: two missed nights are worth a look."""

__all__ = ["LATE", "tell_last_purge", "views"]


@health.part("purge")
def tell_last_purge() -> dict[str, object]:
    """When it last ran, how many rows went, and whether it is late. A new portal has never needed it."""
    run = old.last_run()
    if run is None:
        return {"last": None, "removed": 0, "late": False}
    return {"last": run.at.isoformat(), "removed": sum(run.counts.values()), "late": clock.now() - run.at > LATE}
