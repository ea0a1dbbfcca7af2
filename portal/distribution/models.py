"""A session, its classes and stations, the students expected, and every scan as it came."""

from datetime import date, datetime, time

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.distribution.states import (
    ATTENDANCE,
    SESSION,
    AttendanceState,
    SessionState,
    Verdict,
    View,
    Workshop,
)
from portal.extensions import Model
from portal.platform.columns import Instant, PublicId, state_column
from portal.platform.scope import FamilyScoped, StaffScoped
from portal.stock.states import Condition


class StudentLabel(FamilyScoped, Model):
    """The code on a student's label and sleeve: it says nothing, and stays the same from year to year."""

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), unique=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)


class DistributionSession(StaffScoped, Model):
    """One day in one lycée. A rehearsal has invented students and devices, and touches nothing else."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    day: Mapped[date]
    state: Mapped[SessionState] = mapped_column(state_column(SessionState), default=SESSION.initial)
    rehearsal: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    refreshed_at: Mapped[datetime | None] = mapped_column(Instant)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("state <> 'open' OR opened_at IS NOT NULL", name="open_since"),
        CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name="closed_since"),
        Index("ix_distribution_session_school_day", "school_id", "day"),
    )

    def can(self, transition: str) -> bool:
        """Whether the move is possible now."""
        return SESSION.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = SESSION.after(transition, self.state)


class SessionClass(StaffScoped, Model):
    """A class that the session serves, and when it is called."""

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("distribution_session.id"), index=True)
    class_name: Mapped[str] = mapped_column(String(30))
    called_at: Mapped[time | None]

    __table_args__ = (Index("uq_session_class", "session_id", "class_name", unique=True),)


class Station(StaffScoped, Model):
    """A scanning post. Its key, computed from ours and from `public_id`, signs what it keeps through a network cut."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    session_id: Mapped[int] = mapped_column(ForeignKey("distribution_session.id"), index=True)
    number: Mapped[int]
    workshop: Mapped[Workshop] = mapped_column(state_column(Workshop))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    seen_at: Mapped[datetime | None] = mapped_column(Instant)
    waiting: Mapped[int] = mapped_column(default=0)
    """Scans that the post says it still keeps, when it was last heard."""
    closed_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("number BETWEEN 1 AND 40", name="few_stations"),
        Index("uq_station_number", "session_id", "number", unique=True),
    )


class Attendance(StaffScoped, Model):
    """One student's turn. In a rehearsal it has an invented name instead of a student."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    session_id: Mapped[int] = mapped_column(ForeignKey("distribution_session.id"), index=True)
    student_id: Mapped[int | None] = mapped_column(ForeignKey("student.id"), index=True)
    loan_id: Mapped[int | None] = mapped_column(ForeignKey("loan.id"), index=True)
    pretend_name: Mapped[str | None] = mapped_column(String(80))
    class_name: Mapped[str] = mapped_column(String(30))
    code: Mapped[str] = mapped_column(String(12))
    state: Mapped[AttendanceState] = mapped_column(state_column(AttendanceState), default=ATTENDANCE.initial)
    asset_tag: Mapped[str | None] = mapped_column(String(20))
    cleared_at: Mapped[datetime | None] = mapped_column(Instant)
    served_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("(student_id IS NULL) = (pretend_name IS NOT NULL)", name="student_or_pretence"),
        CheckConstraint("(state = 'served') = (asset_tag IS NOT NULL)", name="served_iff_device"),
        CheckConstraint("(state = 'served') = (served_at IS NOT NULL)", name="served_has_date"),
        CheckConstraint("state NOT IN ('cleared', 'served') OR cleared_at IS NOT NULL", name="cleared_has_date"),
        Index("uq_attendance_student", "session_id", "student_id", unique=True),
        Index("uq_attendance_code", "session_id", "code", unique=True),
        Index("uq_attendance_device", "session_id", "asset_tag", unique=True),
        Index("ix_attendance_class", "session_id", "class_name", "state"),
    )

    def can(self, transition: str) -> bool:
        """Whether the move is possible now."""
        return ATTENDANCE.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = ATTENDANCE.after(transition, self.state)


class Scan(StaffScoped, Model):
    """One scan, kept as it came and once: `key` is the post's own, so that what is sent twice is answered twice alike."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    session_id: Mapped[int] = mapped_column(ForeignKey("distribution_session.id"), index=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    key: Mapped[str] = mapped_column(String(36))
    attendance_id: Mapped[int | None] = mapped_column(ForeignKey("attendance.id"), index=True)
    asset_tag: Mapped[str | None] = mapped_column(String(20))
    scanned_at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)
    alone: Mapped[bool] = mapped_column(default=False)
    """Whether the post was cut off when it scanned: it had decided by itself."""
    verdict: Mapped[Verdict] = mapped_column(state_column(Verdict))
    reason: Mapped[str | None] = mapped_column(String(40))
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("(verdict = 'accepted') = (reason IS NULL)", name="reason_unless_accepted"),
        CheckConstraint("(verdict = 'settled') = (settled_at IS NOT NULL)", name="settled_when"),
        Index("uq_scan_once", "station_id", "key", unique=True),
        Index("ix_scan_station_latest", "station_id", "id"),
        Index(
            "ix_scan_conflicts",
            "session_id",
            sqlite_where=text("verdict = 'conflict'"),
            postgresql_where=text("verdict = 'conflict'"),
        ),
    )


class ConditionReport(FamilyScoped, Model):
    """The kit of a loan as it was handed over: what was missing, how it looked. The family reads it on its receipt."""

    id: Mapped[int] = mapped_column(primary_key=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), unique=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    condition: Mapped[Condition] = mapped_column(state_column(Condition))
    missing: Mapped[list[str]] = mapped_column(JSON)
    remark: Mapped[str | None] = mapped_column(String(200))
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    noted_at: Mapped[datetime] = mapped_column(Instant)
    closed_photo: Mapped[str | None] = mapped_column(String(120))
    open_photo: Mapped[str | None] = mapped_column(String(120))
    under_photo: Mapped[str | None] = mapped_column(String(120))

    __table_args__ = (CheckConstraint("condition <> 'marked' OR remark IS NOT NULL", name="marks_are_told"),)

    @property
    def photos(self) -> dict[View, str]:
        """The files of the photos that were taken."""
        keys = {View.CLOSED: self.closed_photo, View.OPEN: self.open_photo, View.UNDER: self.under_photo}
        return {view: key for view, key in keys.items() if key}

    def show(self, view: View, file_key: str | None) -> None:
        """Put a photo in place of the one before; None takes it away."""
        setattr(self, f"{view}_photo", file_key)
