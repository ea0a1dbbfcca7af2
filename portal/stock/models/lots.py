"""Suppliers' lots: the file, its lines, what each school is brought, and what came that was not of it."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.platform.columns import Instant, PublicId, state_column
from portal.platform.scope import StaffScoped
from portal.stock.states import LOT, LotState, Oddity, Verdict


class Lot(Model):
    """A supplier's file: which devices go to which schools. `number` counts in the region.

    `counts` holds how many lines there are of each `Verdict`, and how many schools are served; `sentence` says what
    refused the last thing that the worker was asked to do.
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
        CheckConstraint(
            "(state IN ('announced', 'undoing', 'undone')) = (announced_at IS NOT NULL)", name="announced_when"
        ),
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
