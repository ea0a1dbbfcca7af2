"""Models, devices and their movements. A device names its one holder: nobody can hold what another holds."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.platform.columns import Instant, PublicId, state_column
from portal.platform.scope import FamilyScoped, StaffScoped
from portal.stock.states import DEVICE, Condition, DeviceKind, DeviceState, Pool


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

    `condition` is how it looks: new when a supplier announced it, None as long as nobody has said.
    `delivery_id` and `box` say with which delivery of a supplier it came, and in which carton. `transfer_id` names the
    transfer with which it travels: until the other school has received it, it is still the sender's. The warranty runs from
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
    condition: Mapped[Condition | None] = mapped_column(state_column(Condition))
    loan_id: Mapped[int | None] = mapped_column(ForeignKey("loan.id"), unique=True)
    student_id: Mapped[int | None] = mapped_column(ForeignKey("student.id"), index=True)  # type: ignore[assignment]  # a free device has no holder

    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("lot_delivery.id"))
    box: Mapped[str | None] = mapped_column(String(40))
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("transfer.id"), index=True)
    warranty_from: Mapped[date | None]

    model: Mapped[DeviceModel] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("(state IN ('reserved', 'lent')) = (loan_id IS NOT NULL)", name="held_iff_loan"),
        CheckConstraint("(loan_id IS NULL) = (student_id IS NULL)", name="loan_iff_student"),
        CheckConstraint("state <> 'announced' OR delivery_id IS NOT NULL", name="announced_by_a_delivery"),
        CheckConstraint("(state = 'in_transit') = (transfer_id IS NOT NULL)", name="in_transit_iff_transfer"),
        Index("ix_device_pick", "school_id", "state", "kind", "pool", "location"),
        Index("ix_device_delivery", "delivery_id", "state"),
        # `platform.search.Begins` reads these on PostgreSQL, whose ordinary indexes follow a language's order
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
