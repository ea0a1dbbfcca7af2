"""Parcels, the batches in which they are handed over, the labels that carriers make for them, and their journeys."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.platform.columns import Addressed, Instant, PublicId, state_column
from portal.platform.scope import FamilyScoped, StaffScoped
from portal.shipping.carriers.base import LabelFormat
from portal.shipping.contracts import Service, Verdict
from portal.shipping.states import ATTEMPT, ENDED, PARCEL, PENDING, AttemptState, ParcelState

_ENDED = ", ".join(f"'{state.value}'" for state in ENDED)
_PENDING = ", ".join(f"'{state.value}'" for state in PENDING)


class Handover(StaffScoped, Model):
    """A batch given to the carrier, with its deposit slip."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    parcels: Mapped[int]
    file_key: Mapped[str | None] = mapped_column(String(120))
    carrier_numbers: Mapped[str | None] = mapped_column(String(400))


class Parcel(FamilyScoped, Addressed, Model):
    """One box for one loan, with the address as it was when the box was made.

    It leaves only once it is sealed: three scans agreed, and the points of `checklist` were ticked, by `sealed_by`; or
    a manager let it go without the scans, and wrote why in `waiver`. `photo_key` is the open box, if it was photographed.
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
    photo_key: Mapped[str | None] = mapped_column(String(120))
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


class CarrierContract(Model):
    """What opens a service of La Poste, for one lycée or, without `school_id`, for every lycée of the region.

    `secret` is sealed (portal.platform.keyed) and never shown again; `verdict` is what the last check said.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"), index=True)
    service: Mapped[Service] = mapped_column(state_column(Service))
    secret: Mapped[str] = mapped_column(Text)
    label: Mapped[LabelFormat] = mapped_column(state_column(LabelFormat), default=LabelFormat.PDF_10X15)
    signature: Mapped[bool] = mapped_column(default=False)
    verdict: Mapped[Verdict] = mapped_column(state_column(Verdict), default=Verdict.UNKNOWN)
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        Index(
            "uq_carrier_contract_school",
            "school_id",
            "service",
            unique=True,
            sqlite_where=text("school_id IS NOT NULL"),
            postgresql_where=text("school_id IS NOT NULL"),
        ),
        Index(
            "uq_carrier_contract_region",
            "region_id",
            "service",
            unique=True,
            sqlite_where=text("school_id IS NULL"),
            postgresql_where=text("school_id IS NULL"),
        ),
    )


class LabelAttempt(StaffScoped, Model):
    """One attempt to have a label made. Its row is committed as `sent` before the carrier is called, once.

    The index is the promise: while an attempt is pending, or has succeeded, its parcel has no other.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"), index=True)
    order_number: Mapped[str] = mapped_column(String(30), unique=True)
    state: Mapped[AttemptState] = mapped_column(state_column(AttemptState), default=ATTEMPT.initial)
    payload_hash: Mapped[str | None] = mapped_column(String(64))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    prepared_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    code: Mapped[str | None] = mapped_column(String(40))
    field: Mapped[str | None] = mapped_column(String(60))
    number: Mapped[str | None] = mapped_column(String(15), unique=True)
    routing: Mapped[str | None] = mapped_column(String(40))
    file_key: Mapped[str | None] = mapped_column(String(120))
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    voided_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("(state = 'succeeded') = (number IS NOT NULL)", name="succeeded_iff_number"),
        CheckConstraint("state IN ('prepared', 'abandoned') OR sent_at IS NOT NULL", name="sent_when"),
        CheckConstraint("file_key IS NULL OR state = 'succeeded'", name="file_of_a_label"),
        Index(
            "uq_label_attempt_one_pending",
            "parcel_id",
            unique=True,
            sqlite_where=text(f"state IN ({_PENDING})"),
            postgresql_where=text(f"state IN ({_PENDING})"),
        ),
        Index("ix_label_attempt_school_state", "school_id", "state"),
    )

    def can(self, transition: str) -> bool:
        """Whether the move is possible now."""
        return ATTEMPT.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = ATTEMPT.after(transition, self.state)


class Journey(FamilyScoped, Model):
    """How a parcel is followed: what was seen last, where it waits, when it is asked about again.

    `told` are the changes that the family was told of, each once; `stopped` says why nobody asks any more.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"), unique=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    number: Mapped[str] = mapped_column(String(15))
    last_code: Mapped[str | None] = mapped_column(String(8))
    last_at: Mapped[datetime | None] = mapped_column(Instant)
    place: Mapped[str | None] = mapped_column(String(120))
    keep_until: Mapped[date | None]
    told: Mapped[str] = mapped_column(String(80), default="")
    polled_at: Mapped[datetime | None] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant, index=True)
    misses: Mapped[int] = mapped_column(default=0)
    stopped: Mapped[str | None] = mapped_column(String(20))


class TrackingEvent(FamilyScoped, Model):
    """One event of a parcel, stored once however often it is received; of the carrier's words, a hash."""

    id: Mapped[int] = mapped_column(primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"), index=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    number: Mapped[str] = mapped_column(String(15))
    code: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(Instant)
    rank: Mapped[int] = mapped_column(default=0)
    label_hash: Mapped[str] = mapped_column(String(16))

    __table_args__ = (Index("uq_tracking_event_once", "number", "code", "at", "label_hash", unique=True),)
