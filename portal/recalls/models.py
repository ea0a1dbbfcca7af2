"""Until when a device of the emergency pool is lent, and what was done to have it back."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.platform.columns import Instant
from portal.platform.scope import FamilyScoped


class Recall(FamilyScoped, Model):
    """One loan of the emergency pool. Without a day, it lasts as long as any other loan.

    It stands only as long as the loan holds a device; `reminders` counts the days of reminder that are past.
    `returned_step` is the device's step with which it came back: while it is the last one, the return can be taken back.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), unique=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    due_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(String(200))
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None] = mapped_column(Instant)
    called_at: Mapped[datetime | None] = mapped_column(Instant)
    called_by: Mapped[int | None]
    returned_step: Mapped[int | None] = mapped_column(ForeignKey("device_movement.id"), unique=True)

    __table_args__ = (
        CheckConstraint("called_by IS NULL OR called_at IS NOT NULL", name="called_when"),
        Index("ix_recall_school_due", "school_id", "due_on"),
    )
