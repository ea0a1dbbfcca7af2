"""Devices lent for a while from an emergency pool: until when, and what was done to have them back."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    op.create_table(
        "recall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("called_by IS NULL OR called_at IS NOT NULL", name=op.f("ck_recall_called_when")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_recall_school_id")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_recall_loan_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_recall_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sa.UniqueConstraint("loan_id", name=op.f("uq_recall_loan_id")),
    )
    op.create_index(op.f("ix_recall_school_id"), "recall", ["school_id"])
    op.create_index(op.f("ix_recall_student_id"), "recall", ["student_id"])
    op.create_index("ix_recall_school_due", "recall", ["school_id", "due_on"])


def downgrade() -> None:
    """Contract."""
    op.drop_table("recall")
