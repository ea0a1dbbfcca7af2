"""Who looked at which file, what people asked about their data, and the proof that old data went."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.platform.columns import Instant, PublicId, state_column
from portal.platform.scope import FamilyScoped, OwnAccount
from portal.privacy.states import DATA_EXPORT, RIGHTS_REQUEST, ExportState, RequestState, Right


class FileView(FamilyScoped, Model):
    """One page shown to somebody of the staff: whose file, or a list when `student_id` is empty.

    Written by `portal.privacy.views` when a page is shown, never changed. Numbers only: nothing of what was shown.
    """

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    account_id: Mapped[int | None]
    role: Mapped[str] = mapped_column(String(16))
    student_id: Mapped[int | None] = mapped_column(nullable=True)  # type: ignore[assignment]  # a list is nobody's file
    page: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        Index("ix_file_view_student_at", "student_id", "at"),
        Index("ix_file_view_school_at", "school_id", "at"),
    )


class DataExport(OwnAccount, Model):
    """Everything kept about one person, as a file of seven days.

    Asked by the person, `account_id` is theirs; made by the staff for somebody who asked on paper, it is empty and the
    guardian or the student is named.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id"), index=True)
    student_id: Mapped[int | None] = mapped_column(ForeignKey("student.id"), index=True)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[ExportState] = mapped_column(state_column(ExportState), default=DATA_EXPORT.initial)
    ready_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    file_key: Mapped[str | None] = mapped_column(String(120))

    __table_args__ = (
        CheckConstraint("(state = 'ready') = (file_key IS NOT NULL)", name="ready_iff_file"),
        CheckConstraint("state <> 'ready' OR expires_at IS NOT NULL", name="ready_has_end"),
    )

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = DATA_EXPORT.after(transition, self.state)


class RightsRequest(OwnAccount, Model):
    """What somebody asks about their data, and what the lycée answered. `outcome` counts what an erasure removed."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    student_id: Mapped[int | None] = mapped_column(ForeignKey("student.id"), index=True)
    kind: Mapped[Right] = mapped_column(state_column(Right))
    details: Mapped[str | None] = mapped_column(String(1000))
    on_paper: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[RequestState] = mapped_column(state_column(RequestState), default=RIGHTS_REQUEST.initial)
    answer: Mapped[str | None] = mapped_column(String(1000))
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))

    __table_args__ = (
        CheckConstraint("(state = 'received') = (answered_at IS NULL)", name="answered_has_date"),
        CheckConstraint("(state = 'executed') = (outcome IS NOT NULL)", name="executed_iff_outcome"),
        Index("ix_rights_request_school_state", "school_id", "state", "asked_at"),
    )

    def can(self, transition: str) -> bool:
        """Whether the move is possible now."""
        return RIGHTS_REQUEST.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = RIGHTS_REQUEST.after(transition, self.state)

    @property
    def number(self) -> str:
        """As one says it: « RGPD-00012 »."""
        return f"RGPD-{self.id:05d}"


class PurgeRun(Model):
    """The proof that a purge ran: when, started by what, and how many rows went, rule by rule. No person is named."""

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    milliseconds: Mapped[int]
    by: Mapped[str] = mapped_column(String(16))
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
