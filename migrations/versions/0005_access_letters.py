"""access letters."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LETTER_STATES = ("asked", "printing", "live", "used", "spent", "replaced", "expired")
WAITING = "state IN ('asked', 'printing')"
LIVE = "state = 'live'"


def _states(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _moment(name, *, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _one_live(index, column, where):
    op.create_index(
        index, "access_letter", [column], unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )


def upgrade() -> None:
    """Expand."""
    with op.batch_alter_table("account") as table:
        table.add_column(_moment("came_at"))
    op.create_table(
        "access_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("state", _states("letterstate", *LETTER_STATES), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        _moment("asked_at", nullable=False),
        _moment("printed_at"),
        _moment("expires_at"),
        _moment("used_at"),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(guardian_id IS NULL) <> (student_id IS NULL)", name=op.f("ck_access_letter_one_person")),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_access_letter_few_tries")),
        sa.CheckConstraint(
            "state <> 'live' OR (code_hash IS NOT NULL AND printed_at IS NOT NULL AND expires_at IS NOT NULL)",
            name=op.f("ck_access_letter_live_with_a_code"),
        ),
        sa.CheckConstraint("(state = 'used') = (used_at IS NOT NULL)", name=op.f("ck_access_letter_used_when")),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_access_letter_guardian_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_access_letter_student_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_access_letter_job_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_access_letter_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_letter")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_access_letter_code_hash")),
    )
    for column in ("guardian_id", "student_id", "job_id", "school_id"):
        op.create_index(op.f(f"ix_access_letter_{column}"), "access_letter", [column])
    for person in ("guardian", "student"):
        _one_live(f"uq_access_letter_{person}_live", f"{person}_id", LIVE)
        _one_live(f"uq_access_letter_{person}_waiting", f"{person}_id", WAITING)
    op.create_table(
        "identity_doubt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("kind", _states("doubtkind", "shared_contact", "same_person", "federation"), nullable=False),
        sa.Column("state", _states("doubtstate", "open", "same", "two"), nullable=False),
        sa.Column("pair", sa.String(length=160), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("other_guardian_id", sa.Integer(), nullable=True),
        sa.Column("other_student_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=120), nullable=True),
        sa.Column("claimed_name", sa.String(length=120), nullable=True),
        _moment("found_at", nullable=False),
        _moment("decided_at"),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("united", sa.Integer(), nullable=True),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("other_before", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(guardian_id IS NULL) <> (student_id IS NULL)", name=op.f("ck_identity_doubt_one_person")),
        sa.CheckConstraint(
            "other_guardian_id IS NULL OR other_student_id IS NULL", name=op.f("ck_identity_doubt_one_other")
        ),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_identity_doubt_decided_when")),
        sa.CheckConstraint("state = 'same' OR united IS NULL", name=op.f("ck_identity_doubt_united_if_same")),
        *[
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_identity_doubt_{column}"))
            for column, target in (
                ("guardian_id", "guardian"),
                ("student_id", "student"),
                ("other_guardian_id", "guardian"),
                ("other_student_id", "student"),
                ("account_id", "account"),
                ("decided_by", "account"),
                ("united", "account"),
                ("before", "account"),
                ("other_before", "account"),
                ("school_id", "school"),
            )
        ],
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_doubt")),
        sa.UniqueConstraint("public_id", name=op.f("uq_identity_doubt_public_id")),
    )
    for column in (
        "pair", "guardian_id", "student_id", "other_guardian_id", "other_student_id", "account_id", "school_id",
    ):  # fmt: skip
        op.create_index(op.f(f"ix_identity_doubt_{column}"), "identity_doubt", [column])
    op.create_index("uq_identity_doubt_pair", "identity_doubt", ["school_id", "pair"], unique=True)
    op.create_index("ix_identity_doubt_school_state", "identity_doubt", ["school_id", "state"])
    op.create_table(
        "contact_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        _moment("asked_at", nullable=False),
        _moment("expires_at", nullable=False),
        _moment("confirmed_at"),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_contact_claim_few_tries")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_claim_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_claim")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contact_claim_public_id")),
    )
    op.create_index(op.f("ix_contact_claim_account_id"), "contact_claim", ["account_id"])
    op.create_index(op.f("ix_contact_claim_asked_at"), "contact_claim", ["asked_at"])


def downgrade() -> None:
    """Contract."""
    for name in ("contact_claim", "identity_doubt", "access_letter"):
        op.drop_table(name)
    with op.batch_alter_table("account") as table:
        table.drop_column("came_at")
