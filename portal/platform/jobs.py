"""Work that a person waits for (a batch of slips, an export): asked in a page, done by the worker, shown as it goes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.kernel.states import LifeCycle, Transition
from portal.platform.columns import Instant, PublicId, state_column
from portal.platform.scope import StaffScoped


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
