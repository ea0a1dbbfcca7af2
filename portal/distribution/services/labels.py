"""Labels of a session's students: asked in a page, made by the worker, which tells how far it is."""

from hashlib import sha256
from typing import Final

from portal.distribution.errors import NOBODY_EXPECTED, NotNow
from portal.distribution.events import StudentLabelsAsked
from portal.distribution.papers import TITLE
from portal.distribution.queries import people
from portal.distribution.queries import sessions as queries
from portal.platform import jobs
from portal.platform.jobs import Job
from portal.platform.work import emit, use_case
from portal.schools import services as schools

KIND: Final = "etiquettes-eleves"


@use_case
def ask(public_id: str, *, sheet: str, class_name: str, start: int, offset_mm: tuple[float, float]) -> str:
    """Have labels printed for a class, or for all (empty); returns the id of the work's page.

    The same asked again at once is the same work. Raises `NotNow` when there is nobody to print for.
    """
    session = queries.one(public_id)
    schools.lock(session.school_id)
    chosen = people.labelled(session.id, class_name)
    if not chosen:
        raise NotNow(NOBODY_EXPECTED)
    kind = _kind([line.public_id for line in chosen], sheet, start, offset_mm)
    job = jobs.same(kind)
    if job is None:
        job = jobs.open_job(kind, title=TITLE, total=len(chosen), school_id=session.school_id)
        emit(_asked(job, session.id, sheet=sheet, class_name=class_name, start=start, offset_mm=offset_mm))
    return job.public_id


def _asked(
    job: Job, session_id: int, *, sheet: str, class_name: str, start: int, offset_mm: tuple[float, float]
) -> StudentLabelsAsked:
    return StudentLabelsAsked(
        school_id=job.school_id,
        session_id=session_id,
        job_id=job.id,
        sheet=sheet,
        class_name=class_name,
        start=start,
        right_mm=offset_mm[0],
        down_mm=offset_mm[1],
    )


def _kind(*asked: object) -> str:
    return f"{KIND}:{sha256(repr(asked).encode()).hexdigest()[:16]}"
