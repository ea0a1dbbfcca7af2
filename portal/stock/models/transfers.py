"""Devices that travel from one school to another."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.platform.columns import Instant, PublicId, state_column
from portal.stock.states import TRANSFER, DeviceKind, Pool, TransferState


class Transfer(Model):
    """Devices that one school gives to another, which asked for them or accepts them. `number` counts in the portal.

    Two schools see it, so that the filter by school does not apply: queries name both.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    number: Mapped[int] = mapped_column(unique=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    receiver_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    asked_here: Mapped[int] = mapped_column(ForeignKey("school.id"))
    kind: Mapped[DeviceKind] = mapped_column(state_column(DeviceKind))
    pool: Mapped[Pool] = mapped_column(state_column(Pool))
    wanted: Mapped[int]
    state: Mapped[TransferState] = mapped_column(state_column(TransferState), default=TRANSFER.initial)
    asked_by: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(String(300))

    __table_args__ = (
        CheckConstraint("sender_id <> receiver_id", name="between_two_schools"),
        CheckConstraint("asked_here IN (sender_id, receiver_id)", name="asked_by_one_of_them"),
        CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="refused_for_a_reason"),
        CheckConstraint("wanted BETWEEN 1 AND 500", name="a_van_at_most"),
    )

    def can(self, transition: str) -> bool:
        """Whether the move may start now."""
        return TRANSFER.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = TRANSFER.after(transition, self.state)


class TransferLine(Model):
    """One device of a transfer; it is in one only until it has arrived, as the database sees to."""

    id: Mapped[int] = mapped_column(primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    former_pool: Mapped[Pool] = mapped_column(state_column(Pool))
    sent_at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        Index("uq_transfer_line_device", "transfer_id", "device_id", unique=True),
        Index(
            "uq_transfer_line_under_way",
            "device_id",
            unique=True,
            sqlite_where=text("received_at IS NULL"),
            postgresql_where=text("received_at IS NULL"),
        ),
    )
