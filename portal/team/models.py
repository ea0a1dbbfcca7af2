"""Who helps for a day: the square that lets them scan, and those who came by it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.platform.columns import Instant, PublicId
from portal.platform.scope import StaffScoped


class HelperPass(StaffScoped, Model):
    """A QR for one day in one school. What it says is computed from our key; only its hash is kept."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    valid_on: Mapped[date]
    most: Mapped[int]
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("most BETWEEN 1 AND 30", name="few_helpers"),
        Index("ix_helper_pass_school_day", "school_id", "valid_on"),
    )


class ScanHelper(StaffScoped, Model):
    """Somebody who came by a pass: an account with a first name, and a role for the day."""

    id: Mapped[int] = mapped_column(primary_key=True)
    pass_id: Mapped[int] = mapped_column(ForeignKey("helper_pass.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("role_grant.id"), unique=True)
    came_at: Mapped[datetime] = mapped_column(Instant)
