"""privacy."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    op.create_table(
        "purge_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=16), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_run")),
    )
    with op.batch_alter_table("purge_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purge_run_at"), ["at"], unique=False)

    op.create_table(
        "file_view",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("page", sa.String(length=64), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_file_view_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_view")),
    )
    with op.batch_alter_table("file_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_view_at"), ["at"], unique=False)
        batch_op.create_index("ix_file_view_school_at", ["school_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_file_view_school_id"), ["school_id"], unique=False)
        batch_op.create_index("ix_file_view_student_at", ["student_id", "at"], unique=False)

    op.create_table(
        "data_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "ready",
                "failed",
                name="exportstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_key", sa.String(length=120), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'ready') = (file_key IS NOT NULL)", name=op.f("ck_data_export_ready_iff_file")),
        sa.CheckConstraint("state <> 'ready' OR expires_at IS NOT NULL", name=op.f("ck_data_export_ready_has_end")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_data_export_account_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_data_export_asked_by")),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_data_export_guardian_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_data_export_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_data_export_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_export")),
        sa.UniqueConstraint("public_id", name=op.f("uq_data_export_public_id")),
    )
    with op.batch_alter_table("data_export", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_export_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_export_asked_by"), ["asked_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_export_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_export_guardian_id"), ["guardian_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_export_school_id"), ["school_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_export_student_id"), ["student_id"], unique=False)

    op.create_table(
        "rights_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("rectify", "erase", "object", name="right", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("details", sa.String(length=1000), nullable=True),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "answered",
                "refused",
                "executed",
                "withdrawn",
                name="requeststate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'executed') = (outcome IS NOT NULL)", name=op.f("ck_rights_request_executed_iff_outcome")
        ),
        sa.CheckConstraint(
            "(state = 'received') = (answered_at IS NULL)", name=op.f("ck_rights_request_answered_has_date")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_rights_request_account_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_rights_request_answered_by")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_rights_request_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_rights_request_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rights_request_public_id")),
    )
    with op.batch_alter_table("rights_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rights_request_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rights_request_answered_by"), ["answered_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_rights_request_school_id"), ["school_id"], unique=False)
        batch_op.create_index("ix_rights_request_school_state", ["school_id", "state", "asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_rights_request_student_id"), ["student_id"], unique=False)

    op.add_column("directory_entry", sa.Column("street", sa.String(length=120), nullable=True))
    op.add_column("directory_entry", sa.Column("phone", sa.String(length=20), nullable=True))
    op.add_column("directory_entry", sa.Column("email", sa.String(length=254), nullable=True))

    op.add_column("school", sa.Column("opening", sa.JSON(), nullable=True))
    op.add_column("school", sa.Column("closings", sa.JSON(), nullable=True))
    op.add_column("school", sa.Column("sender", sa.JSON(), nullable=True))
    op.add_column("school", sa.Column("printing", sa.JSON(), nullable=True))
    op.add_column("school", sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    """Contract."""
    op.drop_column("school", "version")
    op.drop_column("school", "printing")
    op.drop_column("school", "sender")
    op.drop_column("school", "closings")
    op.drop_column("school", "opening")

    op.drop_column("directory_entry", "email")
    op.drop_column("directory_entry", "phone")
    op.drop_column("directory_entry", "street")

    with op.batch_alter_table("rights_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rights_request_student_id"))
        batch_op.drop_index("ix_rights_request_school_state")
        batch_op.drop_index(batch_op.f("ix_rights_request_school_id"))
        batch_op.drop_index(batch_op.f("ix_rights_request_answered_by"))
        batch_op.drop_index(batch_op.f("ix_rights_request_account_id"))

    op.drop_table("rights_request")
    with op.batch_alter_table("data_export", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_data_export_student_id"))
        batch_op.drop_index(batch_op.f("ix_data_export_school_id"))
        batch_op.drop_index(batch_op.f("ix_data_export_guardian_id"))
        batch_op.drop_index(batch_op.f("ix_data_export_expires_at"))
        batch_op.drop_index(batch_op.f("ix_data_export_asked_by"))
        batch_op.drop_index(batch_op.f("ix_data_export_account_id"))

    op.drop_table("data_export")
    with op.batch_alter_table("file_view", schema=None) as batch_op:
        batch_op.drop_index("ix_file_view_student_at")
        batch_op.drop_index(batch_op.f("ix_file_view_school_id"))
        batch_op.drop_index("ix_file_view_school_at")
        batch_op.drop_index(batch_op.f("ix_file_view_at"))

    op.drop_table("file_view")
    with op.batch_alter_table("purge_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_purge_run_at"))

    op.drop_table("purge_run")
