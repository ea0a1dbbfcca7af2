"""A box may be photographed before it is closed."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.add_column(sa.Column("photo_key", sa.String(length=120), nullable=True))


def downgrade() -> None:
    """Contract; the photos that nothing names any more go with the next purge."""
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.drop_column("photo_key")
