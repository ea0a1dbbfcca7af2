"""Work that a person waits for (a batch of slips, an export): asked in a page, done by the worker, shown as it goes.

Asked: `same` or `open_job`. The worker: `start`, `note_progress`, then `finish` or `fail`. The page: `one`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model, db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.states import LifeCycle, Transition
from portal.kernel.words import later
from portal.platform import actor
from portal.platform.columns import Instant, PublicId, state_column
from portal.platform.database import held
from portal.platform.scope import StaffScoped
from portal.platform.work import use_case

FAILED = later("L’impression a échoué. Un nouvel essai se fait tout seul : rechargez cette page dans une minute.")


class JobState(StrEnum):
    """The life of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


JOB = LifeCycle(
    "Travail en arrière-plan",
    JobState.WAITING,
    [
        Transition("start", (JobState.WAITING, JobState.RUNNING, JobState.FAILED), JobState.RUNNING),
        Transition("finish", (JobState.RUNNING,), JobState.DONE),
        Transition("fail", (JobState.WAITING, JobState.RUNNING), JobState.FAILED),
    ],
)


class Job(StaffScoped, Model):
    """One piece of work with its progress and, at the end, its file."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    asked_by: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[JobState] = mapped_column(state_column(JobState), default=JOB.initial)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    file_key: Mapped[str | None] = mapped_column(String(120))
    sentence: Mapped[str | None] = mapped_column(String(300))

    __table_args__ = (
        CheckConstraint("(state = 'done') = (file_key IS NOT NULL)", name="done_iff_file"),
        CheckConstraint("done BETWEEN 0 AND total", name="progress_within_total"),
    )

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = JOB.after(transition, self.state)


def one(public_id: str, *kinds: str) -> Job:
    """A work in the background of the school, of these kinds; raises `NoResultFound`, also once its file was deleted."""
    wanted = or_(*(Job.kind.startswith(kind) for kind in kinds))
    return db.session.execute(select(Job).where(Job.public_id == public_id, wanted)).scalar_one()


def lock(job_id: int) -> Job:
    """The same by its number, held until the use-case ends."""
    return db.session.execute(held(select(Job).where(Job.id == job_id))).scalar_one()


def same(kind: str) -> Job | None:
    """The same work, asked a moment ago and not finished."""
    busy = Job.state.in_((JobState.WAITING, JobState.RUNNING))
    return db.session.scalars(select(Job).where(Job.kind == kind, busy).order_by(Job.id.desc()).limit(1)).first()


def open_job(kind: str, *, title: str, total: int, school_id: int) -> Job:
    """A work that waits for the worker, inside the caller's use-case."""
    who = actor.current().account_id
    job = Job(school_id=school_id, kind=kind, title=title, asked_by=who, asked_at=clock.now(), total=total)
    db.session.add(job)
    db.session.flush()  # the event names it
    return job


@use_case
def start(job_id: int) -> bool:
    """The worker begins, or begins again after a crash; False when the file is already there."""
    job = lock(job_id)
    if job.state is JobState.DONE:
        return False
    job.move("start")
    job.done, job.sentence = 0, None
    return True


@use_case
def note_progress(job_id: int, *, done: int) -> None:
    """How many are made."""
    job = lock(job_id)
    job.done = min(done, job.total)


@use_case
def finish(job_id: int, *, file_key: str) -> None:
    """The file is kept."""
    job = lock(job_id)
    job.file_key, job.done = file_key, job.total
    job.move("finish")


@use_case
def fail(job_id: int, *, sentence: str) -> None:
    """What went wrong, in words; a later attempt may still succeed."""
    job = lock(job_id)
    job.move("fail")
    job.sentence = sentence[:300]


@contextmanager
def told_in_words(job_id: int) -> Iterator[None]:
    """A refusal ends the work with its sentence; a fault says so, and the worker tries again."""
    try:
        yield
    except DomainError as refusal:
        fail(job_id, sentence=refusal.message)
    except Exception:
        fail(job_id, sentence=FAILED)
        raise
