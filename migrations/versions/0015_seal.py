"""Where a signatory's contact came from; a lycée's own days of reminder."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand; what was not written down then stays unknown."""
    with op.batch_alter_table("charter_signature", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contact_source", sa.String(length=120), nullable=True))
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminder_days", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Contract; the days of reminder are the region's again."""
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.drop_column("reminder_days")
    with op.batch_alter_table("charter_signature", schema=None) as batch_op:
        batch_op.drop_column("contact_source")
