"""Parcels and the batches in which they are handed over."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.platform.columns import Addressed, Instant, PublicId, state_column
from portal.platform.scope import FamilyScoped, StaffScoped
from portal.shipping.states import ENDED, PARCEL, ParcelState

_ENDED = ", ".join(f"'{state.value}'" for state in ENDED)


class Handover(StaffScoped, Model):
    """A batch given to the carrier, with its deposit slip."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    parcels: Mapped[int]
    file_key: Mapped[str | None] = mapped_column(String(120))


class Parcel(FamilyScoped, Addressed, Model):
    """One box for one loan, with the address as it was when the box was made.

    It leaves only once it is sealed: three scans agreed, and the points of `checklist` were ticked, by `sealed_by`; or
    a manager let it go without the scans, and wrote why in `waiver`.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    code: Mapped[str] = mapped_column(String(16), unique=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), index=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), index=True)
    state: Mapped[ParcelState] = mapped_column(state_column(ParcelState), default=PARCEL.initial)
    weight: Mapped[int]
    tracking_number: Mapped[str | None] = mapped_column(String(15), unique=True)
    key_confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    handover_id: Mapped[int | None] = mapped_column(ForeignKey("handover.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    printed_at: Mapped[datetime | None] = mapped_column(Instant)
    sealed_at: Mapped[datetime | None] = mapped_column(Instant)
    sealed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    checklist: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    waiver: Mapped[str | None] = mapped_column(String(200))
    handed_over_at: Mapped[datetime | None] = mapped_column(Instant)
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("weight BETWEEN 10 AND 30000", name="weight_in_grams"),
        CheckConstraint(
            "(state IN ('draft', 'ready', 'cancelled')) = (handover_id IS NULL)", name="handover_once_gone"
        ),
        CheckConstraint(
            "state IN ('draft', 'ready', 'cancelled') OR sealed_at IS NOT NULL", name="sealed_before_it_leaves"
        ),
        CheckConstraint("sealed_at IS NULL OR checklist IS NOT NULL OR waiver IS NOT NULL", name="sealed_for_a_reason"),
        Index(
            "uq_parcel_one_live",
            "loan_id",
            unique=True,
            sqlite_where=text(f"state NOT IN ({_ENDED})"),
            postgresql_where=text(f"state NOT IN ({_ENDED})"),
        ),
        Index("ix_parcel_school_state", "school_id", "state"),
    )

    def open_again(self) -> None:
        """What was checked has changed: it is to be checked again."""
        self.sealed_at = self.sealed_by = self.checklist = self.waiver = None

    def can(self, transition: str) -> bool:
        """Whether the move is possible now."""
        return PARCEL.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = PARCEL.after(transition, self.state)
