"""charter routes."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROUTES = ("online", "letter", "desk", "paper")
DESK_STATES = ("waiting", "open", "signed", "declined", "stopped")


def _choice(name, values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _moment(name, *, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name, *, nullable=False):
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _text(name, length, *, nullable=False):
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _refers(table, column, to):
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _indexes(table, *columns):
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _one_live(table, where):
    op.create_index(
        f"uq_{table}_live",
        table,
        ["signature_id"],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def upgrade() -> None:
    """Expand."""
    with op.batch_alter_table("charter_signature") as table:
        table.add_column(sa.Column("route", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("reminders", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(_moment("reminded_at"))
        table.add_column(_moment("undelivered_at"))
        table.create_check_constraint(
            op.f("ck_charter_signature_signingroute"), "route IN ('online', 'letter', 'desk', 'paper')"
        )
    op.execute("UPDATE charter_signature SET route = 'online' WHERE signed_at IS NOT NULL")
    op.create_table(
        "charter_desk",
        _number("id"),
        _text("public_id", 32),
        _number("student_id"),
        _number("loan_id"),
        _number("signature_id"),
        sa.Column("state", _choice("deskstate", DESK_STATES), nullable=False),
        _text("code_hash", 64, nullable=True),
        _text("token_hash", 64, nullable=True),
        _number("agent_id"),
        _text("agent_role", 20),
        sa.Column("identity_seen", sa.Boolean(), nullable=False),
        _moment("started_at", nullable=False),
        _moment("expires_at", nullable=False),
        _moment("claimed_at"),
        _moment("ended_at"),
        _number("school_id"),
        sa.CheckConstraint(
            "(state IN ('waiting', 'open')) = (ended_at IS NULL)", name=op.f("ck_charter_desk_ended_has_date")
        ),
        sa.CheckConstraint("state <> 'open' OR token_hash IS NOT NULL", name=op.f("ck_charter_desk_open_has_token")),
        _refers("charter_desk", "student_id", "student"),
        _refers("charter_desk", "loan_id", "loan"),
        _refers("charter_desk", "signature_id", "charter_signature"),
        _refers("charter_desk", "school_id", "school"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_desk")),
        sa.UniqueConstraint("public_id", name=op.f("uq_charter_desk_public_id")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_charter_desk_code_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_charter_desk_token_hash")),
    )
    _indexes("charter_desk", "student_id", "loan_id", "signature_id", "school_id")
    _one_live("charter_desk", "state IN ('waiting', 'open')")
    op.create_table(
        "charter_paper",
        _number("id"),
        _text("public_id", 32),
        _number("student_id"),
        _number("loan_id"),
        _number("signature_id"),
        _text("scan_key", 120),
        _text("scan_sha256", 64),
        _number("pages"),
        _text("name_on_paper", 120),
        sa.Column("signed_on", sa.Date(), nullable=False),
        _number("agent_id"),
        _text("agent_role", 20),
        sa.Column("identity_seen", sa.Boolean(), nullable=False),
        _moment("recorded_at", nullable=False),
        _text("blank_key", 120),
        _text("blank_sha256", 64),
        _text("blank_box", 80),
        _moment("revoked_at"),
        _number("revoked_by", nullable=True),
        _text("reason", 300, nullable=True),
        _number("school_id"),
        sa.CheckConstraint("pages BETWEEN 1 AND 12", name=op.f("ck_charter_paper_few_pages")),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (reason IS NULL) AND (revoked_at IS NULL) = (revoked_by IS NULL)",
            name=op.f("ck_charter_paper_revoked_with_reason"),
        ),
        _refers("charter_paper", "student_id", "student"),
        _refers("charter_paper", "loan_id", "loan"),
        _refers("charter_paper", "signature_id", "charter_signature"),
        _refers("charter_paper", "school_id", "school"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_paper")),
        sa.UniqueConstraint("public_id", name=op.f("uq_charter_paper_public_id")),
    )
    _indexes("charter_paper", "student_id", "loan_id", "signature_id", "school_id")
    _one_live("charter_paper", "revoked_at IS NULL")


def downgrade() -> None:
    """Back to the screens alone; scans stay in the file store until the purge."""
    op.drop_table("charter_paper")
    op.drop_table("charter_desk")
    with op.batch_alter_table("charter_signature") as table:
        table.drop_constraint(op.f("ck_charter_signature_signingroute"), type_="check")
        table.drop_column("undelivered_at")
        table.drop_column("reminded_at")
        table.drop_column("reminders")
        table.drop_column("route")
