"""mobile sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("mobile", sa.String(length=20), nullable=True))
        table.create_unique_constraint(op.f("uq_account_mobile"), ["mobile"])
    with op.batch_alter_table("sign_in_link") as table:
        table.add_column(sa.Column("by_sms", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Contract."""
    with op.batch_alter_table("sign_in_link") as table:
        table.drop_column("by_sms")
    with op.batch_alter_table("account") as table:
        table.drop_constraint(op.f("uq_account_mobile"), type_="unique")
        table.drop_column("mobile")
