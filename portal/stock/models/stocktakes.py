"""Stocktakes: what was scanned on the shelves, and the surprises that somebody settles one by one."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.platform.columns import Instant, PublicId, state_column
from portal.platform.scope import StaffScoped
from portal.stock.states import STOCKTAKE, Outcome, StocktakeState, Surprise


class Stocktake(StaffScoped, Model):
    """One round of the shelves of a school, or of one `location`. `number` counts in the school."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    number: Mapped[int]
    location: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[StocktakeState] = mapped_column(state_column(StocktakeState), default=STOCKTAKE.initial)
    opened_by: Mapped[int | None]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    counted_at: Mapped[datetime | None] = mapped_column(Instant)
    expected: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("(state = 'counted') = (counted_at IS NOT NULL)", name="counted_when"),
        CheckConstraint("(state = 'counted') = (expected IS NOT NULL)", name="counted_is_compared"),
        Index("uq_stocktake_school_number", "school_id", "number", unique=True),
    )

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = STOCKTAKE.after(transition, self.state)


class StocktakeScan(StaffScoped, Model):
    """One label that was scanned, once however often; `device_id` when it is of the school."""

    id: Mapped[int] = mapped_column(primary_key=True)
    stocktake_id: Mapped[int] = mapped_column(ForeignKey("stocktake.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("uq_stocktake_scan_code", "stocktake_id", "code", unique=True),)


class StocktakeSurprise(StaffScoped, Model):
    """One difference that the count brought to light, and how it was settled."""

    id: Mapped[int] = mapped_column(primary_key=True)
    stocktake_id: Mapped[int] = mapped_column(ForeignKey("stocktake.id", ondelete="CASCADE"))
    kind: Mapped[Surprise] = mapped_column(state_column(Surprise))
    code: Mapped[str] = mapped_column(String(40))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    detail: Mapped[str] = mapped_column(String(200), default="")
    outcome: Mapped[Outcome | None] = mapped_column(state_column(Outcome))
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", name="settled_when"),
        Index("uq_stocktake_surprise_code", "stocktake_id", "code", unique=True),
    )
