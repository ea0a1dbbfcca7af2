"""How each device looks; lots that the worker is announcing or undoing."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

CONDITIONS = ("new", "good", "marked")
STEP = ("school_id", "device_id", "loan_id", "transition", "at", "account_id")
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
    """A device of a supplier's lot came as new; what the report of a hand-over says of one joins its history."""
    device = sa.table("device", sa.column("id"), sa.column("delivery_id"), sa.column("condition"))
    op.execute(sa.update(device).where(device.c.delivery_id.is_not(None)).values(condition="new"))
    report = sa.table(
        "condition_report", *map(sa.column, ("school_id", "loan_id", "condition", "noted_at", "noted_by"))
    )
    lent, later, moves = (
        sa.table("device_movement", *map(sa.column, ("id", *STEP))).alias(name) for name in ("lent", "later", "moves")
    )
    exchanged = sa.exists().where(
        later.c.loan_id == lent.c.loan_id, later.c.transition == "lend", later.c.id > lent.c.id
    )
    told = sa.exists().where(moves.c.loan_id == report.c.loan_id, moves.c.transition.like("noted%"))
    line = sa.literal("noted_").concat(report.c.condition)
    lines = (
        sa.select(report.c.school_id, lent.c.device_id, report.c.loan_id, line, report.c.noted_at, report.c.noted_by)
        .select_from(
            report.join(lent, (lent.c.loan_id == report.c.loan_id) & (lent.c.transition == "lend") & ~exchanged)
        )
        .where(~told)
        .order_by(report.c.noted_at)
    )
    op.execute(sa.insert(sa.table("device_movement", *map(sa.column, STEP))).from_select(list(STEP), lines))
    last = (
        sa.select(sa.func.substr(moves.c.transition, len("noted_") + 1))
        .where(moves.c.device_id == device.c.id, moves.c.transition.like("noted%"))
        .order_by(moves.c.id.desc())
        .limit(1)
    )
    seen = device.c.id.in_(sa.select(moves.c.device_id).where(moves.c.transition.like("noted%")))
    op.execute(sa.update(device).where(seen).values(condition=last.scalar_subquery()))


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
