"""federated identities."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    op.create_table(
        "federated_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column(
            "proof",
            sa.Enum("vector", "session", "school", name="proof", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_federated_identity_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_federated_identity")),
        sa.UniqueConstraint("public_id", name=op.f("uq_federated_identity_public_id")),
    )
    with op.batch_alter_table("federated_identity") as batch:
        batch.create_index("uq_federated_identity_subject", ["provider", "subject"], unique=True)
        batch.create_index("uq_federated_identity_account", ["account_id", "provider"], unique=True)
    op.create_table(
        "federated_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("provider", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_federated_claim")),
        sa.UniqueConstraint("public_id", name=op.f("uq_federated_claim_public_id")),
    )
    with op.batch_alter_table("federated_claim") as batch:
        batch.create_index(op.f("ix_federated_claim_asked_at"), ["asked_at"], unique=False)
        batch.create_index("uq_federated_claim_subject", ["provider", "subject"], unique=True)


def downgrade() -> None:
    """Contract."""
    op.drop_table("federated_claim")
    op.drop_table("federated_identity")
