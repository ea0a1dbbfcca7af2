"""A campaign ends after it starts, and no two of a region start on the same day: the later one takes over."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

CHECK, START = "ck_campaign_ends_after_it_starts", "uq_campaign_region_start"


def upgrade() -> None:
    """Expand."""
    with op.batch_alter_table("campaign") as batch_op:
        batch_op.create_check_constraint(op.f(CHECK), "ends_on > starts_on")
    op.create_index(START, "campaign", ["region_id", "starts_on"], unique=True)


def downgrade() -> None:
    """Contract."""
    op.drop_index(START, table_name="campaign")
    with op.batch_alter_table("campaign") as batch_op:
        batch_op.drop_constraint(op.f(CHECK), type_="check")
