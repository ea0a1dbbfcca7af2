"""What schools ask of the region for their emergency pools."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.platform.columns import Instant, PublicId, state_column
from portal.platform.scope import StaffScoped
from portal.stock.states import REQUEST, DeviceKind, RequestState


class PoolRequest(StaffScoped, Model):
    """Devices wanted for an emergency pool; a school has one request open at a time, and a decision has its reason."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    kind: Mapped[DeviceKind] = mapped_column(state_column(DeviceKind))
    wanted: Mapped[int]
    note: Mapped[str] = mapped_column(String(300))
    state: Mapped[RequestState] = mapped_column(state_column(RequestState), default=REQUEST.initial)
    asked_by: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(Instant)
    answer: Mapped[str | None] = mapped_column(String(300))
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_when"),
        CheckConstraint("(state = 'asked') = (answer IS NULL)", name="decided_for_a_reason"),
        CheckConstraint("wanted BETWEEN 1 AND 500", name="a_van_at_most"),
        Index(
            "uq_pool_request_open",
            "school_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = REQUEST.after(transition, self.state)
