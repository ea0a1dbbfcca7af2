"""Parcels are sealed before they leave, and lycées have their own packing list and weights."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BEFORE = "Préparé avant la vérification par trois scans."


def upgrade() -> None:
    """Expand; parcels that left already say why they were not checked."""
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.add_column(sa.Column("packing", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("sealed_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("checklist", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("waiver", sa.String(length=200), nullable=True))
        batch_op.create_foreign_key(op.f("fk_parcel_sealed_by"), "account", ["sealed_by"], ["id"])
    parcel = sa.table("parcel", sa.column("state"), sa.column("sealed_at"), sa.column("made_at"), sa.column("waiver"))
    gone = parcel.c.state.not_in(["draft", "ready", "cancelled"])
    op.execute(sa.update(parcel).where(gone).values(sealed_at=parcel.c.made_at, waiver=BEFORE))
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_parcel_sealed_before_it_leaves"),
            "state IN ('draft', 'ready', 'cancelled') OR sealed_at IS NOT NULL",
        )
        batch_op.create_check_constraint(
            op.f("ck_parcel_sealed_for_a_reason"), "sealed_at IS NULL OR checklist IS NOT NULL OR waiver IS NOT NULL"
        )


def downgrade() -> None:
    """Contract; what was ticked is lost."""
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_parcel_sealed_for_a_reason"), type_="check")
        batch_op.drop_constraint(op.f("ck_parcel_sealed_before_it_leaves"), type_="check")
        batch_op.drop_constraint(op.f("fk_parcel_sealed_by"), type_="foreignkey")
        batch_op.drop_column("waiver")
        batch_op.drop_column("checklist")
        batch_op.drop_column("sealed_by")
        batch_op.drop_column("sealed_at")
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.drop_column("packing")
