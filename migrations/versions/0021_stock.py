"""How each device looks; lots that the worker is announcing or undoing."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

CONDITIONS = ("new", "good", "marked")
ADDED = {"device": "condition", "condition_report": "before"}
BEFORE = ("reading", "staged", "announced", "undone", "discarded", "failed")
AT_WORK = {"announcing": "staged", "undoing": "announced"}
"""The states in which the worker is at a lot, and where it stood before."""


def upgrade() -> None:
    """Expand."""
    listed = ", ".join(f"'{one}'" for one in CONDITIONS)
    for table, column in ADDED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(column, sa.String(length=32), nullable=True))
            batch_op.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({listed})")
    take_what_was_noted()
    allow((*BEFORE, *AT_WORK), announced="'announced', 'undoing', 'undone'")


def take_what_was_noted() -> None:
    """One of a supplier's lot came as new; one that was handed over looks as the latest report of it says."""
    device = sa.table("device", sa.column("id"), sa.column("delivery_id"), sa.column("condition"))
    report = sa.table("condition_report", sa.column("loan_id"), sa.column("condition"), sa.column("noted_at"))
    lent, later = (
        sa.table("device_movement", *map(sa.column, ("id", "device_id", "loan_id", "transition"))).alias(name)
        for name in ("lent", "later")
    )
    exchanged = sa.exists().where(
        later.c.loan_id == lent.c.loan_id, later.c.transition == "lend", later.c.id > lent.c.id
    )
    told = report.join(lent, (lent.c.loan_id == report.c.loan_id) & (lent.c.transition == "lend") & ~exchanged)
    latest = (
        sa.select(report.c.condition)
        .select_from(told)
        .where(lent.c.device_id == device.c.id)
        .order_by(report.c.noted_at.desc())
        .limit(1)
    )
    op.execute(sa.update(device).where(device.c.delivery_id.is_not(None)).values(condition="new"))
    handed_over = device.c.id.in_(sa.select(lent.c.device_id).select_from(told))
    op.execute(sa.update(device).where(handed_over).values(condition=latest.scalar_subquery()))


def allow(states: tuple[str, ...], *, announced: str) -> None:
    """What a lot's state may be, and in which ones it has a day of announcement; one that may no longer be goes back."""
    lot = sa.table("lot", sa.column("state"))
    with op.batch_alter_table("lot", schema=None) as batch_op:
        for name in ("ck_lot_lotstate", "ck_lot_announced_when"):
            batch_op.drop_constraint(op.f(name), type_="check")
    for busy in set(AT_WORK) - set(states):
        op.execute(sa.update(lot).where(lot.c.state == busy).values(state=AT_WORK[busy]))
    listed = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_check_constraint(op.f("ck_lot_lotstate"), f"state IN ({listed})")
        batch_op.create_check_constraint(
            op.f("ck_lot_announced_when"), f"(state IN ({announced})) = (announced_at IS NOT NULL)"
        )


def downgrade() -> None:
    """Contract."""
    allow(BEFORE, announced="'announced', 'undone'")
    for table, column in ADDED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
            batch_op.drop_column(column)
