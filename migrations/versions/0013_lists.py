"""What a school calls a MEF; an identity of the staff waits for whoever gives their role."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand; identities that open an account today go on doing so."""
    op.create_table(
        "level_label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_level_label_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_label")),
    )
    with op.batch_alter_table("level_label", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_level_label_school_id"), ["school_id"], unique=False)
        batch_op.create_index("uq_level_label_school_code", ["school_id", "code"], unique=True)
    with op.batch_alter_table("federated_identity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("confirmed_by", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_federated_identity_confirmed_by"), "account", ["confirmed_by"], ["id"])
    identity = sa.table("federated_identity", sa.column("linked_at"), sa.column("confirmed_at"))
    op.execute(sa.update(identity).values(confirmed_at=identity.c.linked_at))


def downgrade() -> None:
    """Contract; an identity that nobody had confirmed would open an account, and is forgotten."""
    identity = sa.table("federated_identity", sa.column("confirmed_at"))
    op.execute(sa.delete(identity).where(identity.c.confirmed_at.is_(None)))
    with op.batch_alter_table("federated_identity", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_federated_identity_confirmed_by"), type_="foreignkey")
        batch_op.drop_column("confirmed_by")
        batch_op.drop_column("confirmed_at")
    op.drop_table("level_label")
