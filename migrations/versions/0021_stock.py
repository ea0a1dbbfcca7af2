"""How each device looks; lots that the worker is announcing or undoing."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

CONDITIONS = ("new", "good", "marked")
BEFORE = ("reading", "staged", "announced", "undone", "discarded", "failed")
AT_WORK = {"announcing": "staged", "undoing": "announced"}
"""The states in which the worker is at a lot, and where it stood before."""


def upgrade() -> None:
    """Expand."""
    listed = ", ".join(f"'{one}'" for one in CONDITIONS)
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("condition", sa.String(length=32), nullable=True))
        batch_op.create_check_constraint(op.f("ck_device_condition"), f"condition IN ({listed})")
    take_what_was_noted()
    allow((*BEFORE, *AT_WORK), announced="'announced', 'undoing', 'undone'")


def take_what_was_noted() -> None:
    """A device looks as the latest report of its hand-overs says; one of a supplier's lot without any, as new."""
    device = sa.table("device", sa.column("id"), sa.column("delivery_id"), sa.column("condition"))
    report = sa.table("condition_report", sa.column("loan_id"), sa.column("condition"), sa.column("noted_at"))
    moves = sa.table("device_movement", *(sa.column(name) for name in ("id", "device_id", "loan_id", "transition")))
    last = sa.select(sa.func.max(moves.c.id)).where(moves.c.transition == "lend").group_by(moves.c.loan_id)
    noted = (
        sa.select(report.c.condition)
        .join(moves, moves.c.loan_id == report.c.loan_id)
        .where(moves.c.device_id == device.c.id, moves.c.id.in_(last))
        .order_by(report.c.noted_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    as_new = sa.case((device.c.delivery_id.is_not(None), "new"))
    op.execute(sa.update(device).values(condition=sa.func.coalesce(noted, as_new)))


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
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_device_condition"), type_="check")
        batch_op.drop_column("condition")
