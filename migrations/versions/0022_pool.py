"""The rules of emergency pools belong to a campaign; a return can be taken back as long as nothing followed it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SHARE, DAYS = "emergency_share", "emergency_days"
USUAL = {SHARE: 4, DAYS: 30}

region = sa.table("region", sa.column("id", sa.Integer), sa.column("profile", sa.JSON))
campaign = sa.table(
    "campaign",
    *(sa.column(name, sa.Integer) for name in ("id", "region_id", SHARE, DAYS)),
    sa.column("starts_on", sa.Date),
)


def upgrade() -> None:
    """Expand."""
    for name in USUAL:
        op.add_column("campaign", sa.Column(name, sa.Integer(), nullable=True))
    for region_id, profile in _profiles():
        op.execute(sa.update(campaign).where(campaign.c.region_id == region_id).values(_rules(profile)))
        rest = {name: value for name, value in profile.items() if name not in USUAL}
        op.execute(sa.update(region).where(region.c.id == region_id).values(profile=rest))
    with op.batch_alter_table("campaign") as batch_op:
        for name in USUAL:
            batch_op.alter_column(name, existing_type=sa.Integer(), nullable=False)
        batch_op.create_check_constraint(op.f("ck_campaign_emergency_share_in_percent"), f"{SHARE} BETWEEN 0 AND 100")
        batch_op.create_check_constraint(op.f("ck_campaign_emergency_days_within_a_year"), f"{DAYS} BETWEEN 1 AND 365")
    with op.batch_alter_table("recall") as batch_op:
        batch_op.add_column(sa.Column("returned_step", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_recall_returned_step"), "device_movement", ["returned_step"], ["id"])
        batch_op.create_unique_constraint(op.f("uq_recall_returned_step"), ["returned_step"])


def _profiles() -> list[tuple[int, dict[str, Any]]]:
    return [(row.id, row.profile) for row in op.get_bind().execute(sa.select(region.c.id, region.c.profile))]


def _rules(profile: dict[str, Any]) -> dict[str, int]:
    """What a profile said, the share as a fraction; what it did not say is as usual, and what nobody meant is brought within bounds."""
    share, days = profile.get(SHARE), profile.get(DAYS)
    percent = int(100 * share + 0.5) if isinstance(share, int | float) else USUAL[SHARE]
    return {
        SHARE: min(max(percent, 0), 100),
        DAYS: min(max(days, 1), 365) if isinstance(days, int) else USUAL[DAYS],
    }


def downgrade() -> None:
    """Contract. A region has one set of rules again: those that hold today, or else those of its first campaign."""
    with op.batch_alter_table("recall") as batch_op:
        batch_op.drop_constraint(op.f("uq_recall_returned_step"), type_="unique")
        batch_op.drop_constraint(op.f("fk_recall_returned_step"), type_="foreignkey")
        batch_op.drop_column("returned_step")
    for region_id, profile in _profiles():
        if rules := _of_today(region_id):
            said = {SHARE: rules.emergency_share / 100, DAYS: rules.emergency_days}
            op.execute(sa.update(region).where(region.c.id == region_id).values(profile={**profile, **said}))
    with op.batch_alter_table("campaign") as batch_op:
        batch_op.drop_constraint(op.f("ck_campaign_emergency_share_in_percent"), type_="check")
        batch_op.drop_constraint(op.f("ck_campaign_emergency_days_within_a_year"), type_="check")
        for name in USUAL:
            batch_op.drop_column(name)


def _of_today(region_id: int) -> Any:
    """The last campaign that has begun, or else the first one to come."""
    today = sa.func.current_date()
    begun = sa.case((campaign.c.starts_on <= today, campaign.c.starts_on))
    nearest = (campaign.c.starts_on > today, begun.desc(), campaign.c.starts_on)
    return (
        op.get_bind().execute(sa.select(campaign).where(campaign.c.region_id == region_id).order_by(*nearest)).first()
    )
