"""Models, devices and their movements. A device names its one holder: nobody can hold what another holds."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.platform.columns import Instant, PublicId, state_column
from portal.platform.scope import FamilyScoped, StaffScoped
from portal.stock.states import DEVICE, LOT, DeviceKind, DeviceState, LotState, Oddity, Pool, Verdict


class DeviceModel(Model):
    """A laptop or tablet as the region buys it. Weights in grams, energy in watt-hours, price in cents."""

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[DeviceKind] = mapped_column(state_column(DeviceKind))
    packed_weight: Mapped[int]
    battery_wh: Mapped[int]
    price_cents: Mapped[int]
    warranty_years: Mapped[int]
    accessories: Mapped[list[str]] = mapped_column(JSON)

    __table_args__ = (Index("uq_device_model_region_name", "region_id", "name", unique=True),)


class Device(FamilyScoped, Model):
    """One machine. `loan_id` and `student_id` name its holder, and only a reserved or lent device has one.

    `delivery_id` and `box` say with which delivery of a supplier it came, and in which carton. The warranty runs from
    `warranty_from`, the day on which the device was first lent.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    serial: Mapped[str] = mapped_column(String(40), unique=True)
    asset_tag: Mapped[str] = mapped_column(String(20), unique=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("device_model.id"), index=True)
    kind: Mapped[DeviceKind] = mapped_column(state_column(DeviceKind))
    pool: Mapped[Pool] = mapped_column(state_column(Pool))
    state: Mapped[DeviceState] = mapped_column(state_column(DeviceState), default=DeviceState.IN_STOCK)
    location: Mapped[str] = mapped_column(String(20), default="")
    loan_id: Mapped[int | None] = mapped_column(ForeignKey("loan.id"), unique=True)
    student_id: Mapped[int | None] = mapped_column(ForeignKey("student.id"), index=True)  # type: ignore[assignment]  # a free device has no holder

    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("lot_delivery.id"))
    box: Mapped[str | None] = mapped_column(String(40))
    warranty_from: Mapped[date | None]

    model: Mapped[DeviceModel] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("(state IN ('reserved', 'lent')) = (loan_id IS NOT NULL)", name="held_iff_loan"),
        CheckConstraint("(loan_id IS NULL) = (student_id IS NULL)", name="loan_iff_student"),
        CheckConstraint("state <> 'announced' OR delivery_id IS NOT NULL", name="announced_by_a_delivery"),
        Index("ix_device_pick", "school_id", "state", "kind", "pool", "location"),
        Index("ix_device_delivery", "delivery_id", "state"),
        # `platform.search.begins` reads these on PostgreSQL, whose ordinary indexes follow a language's order
        *(
            Index(f"ix_device_{name}_begins", name, postgresql_ops={name: "text_pattern_ops"})
            for name in ("serial", "asset_tag", "location")
        ),
    )

    def can(self, transition: str) -> bool:
        """Whether the move is possible now."""
        return DEVICE.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = DEVICE.after(transition, self.state)


class DeviceMovement(StaffScoped, Model):
    """One step in a device's history, kept for ever."""

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), index=True)
    loan_id: Mapped[int | None] = mapped_column(ForeignKey("loan.id"), index=True)
    transition: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime] = mapped_column(Instant)
    account_id: Mapped[int | None]


class Lot(Model):
    """A supplier's file: which devices go to which schools. `number` counts in the region.

    `counts` holds how many lines there are of each `Verdict`, and how many schools are served.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    number: Mapped[int]
    supplier: Mapped[str] = mapped_column(String(80))
    expected_on: Mapped[date | None]
    state: Mapped[LotState] = mapped_column(state_column(LotState), default=LOT.initial)
    file_name: Mapped[str] = mapped_column(String(120))
    file_key: Mapped[str | None] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(String(64))
    asked_by: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(Instant)
    lines_read: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    sentence: Mapped[str | None] = mapped_column(String(500))
    announced_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("(state IN ('announced', 'undone')) = (announced_at IS NOT NULL)", name="announced_when"),
        CheckConstraint("state <> 'failed' OR sentence IS NOT NULL", name="failed_says_why"),
        CheckConstraint("state <> 'staged' OR counts IS NOT NULL", name="staged_is_counted"),
        Index("uq_lot_region_number", "region_id", "number", unique=True),
    )

    def can(self, transition: str) -> bool:
        """Whether the move may start now."""
        return LOT.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = LOT.after(transition, self.state)


class LotLine(Model):
    """One line of a supplier's file with its verdict; a fault says which value, and what to do."""

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id", ondelete="CASCADE"))
    line: Mapped[int]
    verdict: Mapped[Verdict] = mapped_column(state_column(Verdict))
    serial: Mapped[str] = mapped_column(String(40))
    asset_tag: Mapped[str] = mapped_column(String(20))
    model_name: Mapped[str] = mapped_column(String(80))
    uai: Mapped[str] = mapped_column(String(12))
    box: Mapped[str] = mapped_column(String(40), default="")
    public_id: Mapped[str | None] = mapped_column(String(32))
    model_id: Mapped[int | None] = mapped_column(ForeignKey("device_model.id"))
    destination_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"))
    sentence: Mapped[str | None] = mapped_column(String(300))

    __table_args__ = (
        CheckConstraint("(verdict = 'error') = (sentence IS NOT NULL)", name="error_says_why"),
        CheckConstraint(
            "verdict <> 'new' OR (public_id IS NOT NULL AND model_id IS NOT NULL AND destination_id IS NOT NULL)",
            name="new_is_complete",
        ),
        Index("ix_lot_line_list", "lot_id", "verdict", "id"),
    )


class LotDelivery(StaffScoped, Model):
    """What one lot brings to one school; closed once the school has said that it looked at all of it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_by: Mapped[int | None]

    __table_args__ = (Index("uq_lot_delivery_lot_school", "lot_id", "school_id", unique=True),)


class DeliveryOddity(StaffScoped, Model):
    """A box that was scanned with a delivery and is not of it; once each, however often it is scanned."""

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("lot_delivery.id", ondelete="CASCADE"))
    kind: Mapped[Oddity] = mapped_column(state_column(Oddity))
    code: Mapped[str] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(Instant)
    account_id: Mapped[int | None]

    __table_args__ = (Index("uq_delivery_oddity_code", "delivery_id", "code", unique=True),)
