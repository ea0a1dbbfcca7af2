"""The loan. What must never happen is forbidden here, by the database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text, update
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.dml import ReturningUpdate

from portal.extensions import Model
from portal.loans.states import ENDED, LOAN, OUT, CharterGate, Delivery, LoanState
from portal.platform.columns import Addressed, Instant, PublicId, state_column
from portal.platform.scope import FamilyScoped
from portal.stock.states import DeviceKind


def _quoted(states: tuple[LoanState, ...]) -> str:
    return ", ".join(f"'{state.value}'" for state in states)


class Loan(FamilyScoped, Addressed, Model):
    """One student and one kit, from the draft to the end; `state` moves only through `move`."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    kind: Mapped[DeviceKind] = mapped_column(state_column(DeviceKind), default=DeviceKind.LAPTOP)
    state: Mapped[LoanState] = mapped_column(state_column(LoanState), default=LOAN.initial)
    charter: Mapped[CharterGate] = mapped_column(state_column(CharterGate), default=CharterGate.TO_SIGN)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("loan.id"), index=True)

    requested_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    delivery: Mapped[Delivery | None] = mapped_column(state_column(Delivery))
    address_confirmed: Mapped[bool] = mapped_column(default=False)
    contact_email: Mapped[str | None] = mapped_column(String(254))
    contact_mobile: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(500))
    version: Mapped[int] = mapped_column(default=1)

    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    reason: Mapped[str | None] = mapped_column(String(500))
    tracking_number: Mapped[str | None] = mapped_column(String(15))

    started_at: Mapped[datetime] = mapped_column(Instant)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    charter_signed_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    prepared_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    received_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    student: Mapped["Student"] = relationship("Student", lazy="raise")  # type: ignore[name-defined]  # noqa: F821 (by name: tables of other features are never imported)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="reason_iff_refused"),
        CheckConstraint(
            "state = 'draft' OR state = 'withdrawn' OR submitted_at IS NOT NULL", name="submitted_has_date"
        ),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR delivery = 'school' OR (delivery = 'home' AND postcode IS NOT NULL)",
            name="home_has_address",
        ),
        CheckConstraint("(charter = 'signed') = (charter_signed_at IS NOT NULL)", name="signed_has_date"),
        CheckConstraint(f"state NOT IN ({_quoted(OUT)}) OR charter = 'signed'", name="signed_before_leaving"),
        Index(
            "uq_loan_one_open",
            "student_id",
            "kind",
            unique=True,
            sqlite_where=text(f"state NOT IN ({_quoted(ENDED)})"),
            postgresql_where=text(f"state NOT IN ({_quoted(ENDED)})"),
        ),
        Index("ix_loan_school_state", "school_id", "state", "submitted_at"),
    )

    def can(self, transition: str) -> bool:
        """Whether the move is possible now: pages and server ask the same table."""
        return LOAN.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = LOAN.after(transition, self.state)

    @classmethod
    def moving(cls, transition: str, loan_ids: Sequence[int]) -> ReturningUpdate[tuple[int]]:
        """The same move for many loans in one statement; loans in another state are left alone."""
        step = LOAN.transitions[transition]
        return (
            update(cls)
            .where(cls.id.in_(loan_ids), cls.state.in_(step.sources))
            .values(state=step.target, version=cls.version + 1)
            .returning(cls.id)
        )
