"""After the day: its report, and a device of the emergency pool for those who did not come."""

from collections.abc import Collection
from typing import Final

from portal.distribution.errors import EMPTY_POOL, NOBODY_CHOSEN, NotNow
from portal.distribution.events import PoolReserved, ReportAsked
from portal.distribution.queries import people
from portal.distribution.queries import sessions as queries
from portal.distribution.queries.people import Line
from portal.distribution.services import planning
from portal.extensions import db
from portal.kernel.words import later
from portal.platform import jobs
from portal.platform.work import emit, use_case
from portal.schools import services as schools
from portal.stock import services as stock
from portal.stock.services import Want
from portal.stock.states import Pool

REPORTS: Final = "bilans-distribution"
TITLE: Final = later("Bilan de distribution")


@use_case
def ask_report(public_id: str) -> str:
    """Have the report printed; returns the id of the work's page. Asked twice at once, it is the same work."""
    session = queries.one(public_id)
    schools.lock(session.school_id)
    kind = f"{REPORTS}:{session.id}"
    job = jobs.same(kind)
    if job is None:
        job = jobs.open_job(kind, title=TITLE[:], total=1, school_id=session.school_id)
        emit(ReportAsked(school_id=session.school_id, session_id=session.id, job_id=job.id))
    return job.public_id


@use_case
def serve_from_pool(public_id: str, turn_ids: Collection[str]) -> int:
    """Set a device of the emergency pool aside for absent students; what was set aside for them goes back to the shelf.

    As far as the pool goes, in the order of the list; returns how many. Raises `NotNow` without anybody chosen or any device.
    """
    session = planning.locked(public_id)
    wants = [want for line in people.of_session(session.id) if line.public_id in turn_ids for want in _want(line)]
    if not wants:
        raise NotNow(NOBODY_CHOSEN)
    stock.release([want.loan_id for want in wants])
    db.session.flush()  # a loan holds one device: the first must be let go before it holds the other
    served = stock.reserve(wants, school_id=session.school_id, pool=Pool.EMERGENCY)
    if not served:
        raise NotNow(EMPTY_POOL)
    stock.reserve([want for want in wants if want.loan_id not in served], school_id=session.school_id)
    emit(PoolReserved(school_id=session.school_id, session_id=session.id, loan_ids=sorted(served)))
    return len(served)


def _want(line: Line) -> list[Want]:
    if not line.may_use_pool or line.loan_id is None or line.student_id is None or line.kind is None:
        return []
    return [Want(line.loan_id, line.student_id, line.kind)]
