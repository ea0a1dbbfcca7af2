"""How each kit looked when it was handed over, with up to three photos."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

CONDITIONS = ("new", "good", "marked")


def upgrade() -> None:
    """Expand."""
    op.create_table(
        "condition_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column(
            "condition",
            sa.Enum(*CONDITIONS, name="condition", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("remark", sa.String(length=200), nullable=True),
        sa.Column("noted_by", sa.Integer(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_photo", sa.String(length=120), nullable=True),
        sa.Column("open_photo", sa.String(length=120), nullable=True),
        sa.Column("under_photo", sa.String(length=120), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "condition <> 'marked' OR remark IS NOT NULL", name=op.f("ck_condition_report_marks_are_told")
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_condition_report_loan_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_condition_report_student_id")),
        sa.ForeignKeyConstraint(["noted_by"], ["account.id"], name=op.f("fk_condition_report_noted_by")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_condition_report_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition_report")),
        sa.UniqueConstraint("loan_id", name=op.f("uq_condition_report_loan_id")),
    )
    for name in ("student_id", "school_id"):
        op.create_index(op.f(f"ix_condition_report_{name}"), "condition_report", [name])


def downgrade() -> None:
    """Contract."""
    op.drop_table("condition_report")
