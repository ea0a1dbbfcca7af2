"""first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_account_email_in_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_public_id")),
    )
    op.create_table(
        "audit_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_line")),
    )
    with op.batch_alter_table("audit_line", schema=None) as batch_op:
        batch_op.create_index("ix_audit_line_subject_at", ["subject", "at"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("handler", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "handler", name=op.f("pk_delivery")),
    )
    op.create_table(
        "directory_entry",
        sa.Column("uai", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("raw_name", sa.String(length=200), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("department", sa.String(length=3), nullable=False),
        sa.Column("region_code", sa.String(length=3), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("search", sa.String(length=520), nullable=False),
        sa.PrimaryKeyConstraint("uai", name=op.f("pk_directory_entry")),
    )
    with op.batch_alter_table("directory_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_directory_entry_city"), ["city"], unique=False)
        batch_op.create_index(batch_op.f("ix_directory_entry_region_code"), ["region_code"], unique=False)

    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "outbox",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "dispatched",
                "done",
                "failed",
                "withdrawn",
                name="outboxstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_state_due", ["state", "due_at"], unique=False)
        batch_op.create_index("ix_outbox_subject", ["subject"], unique=False)

    op.create_table(
        "region",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
        sa.UniqueConstraint("code", name=op.f("uq_region_code")),
    )
    op.create_table(
        "web_session",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_web_session")),
    )
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_session_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_web_session_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("kit", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_campaign_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_region_id"), ["region_id"], unique=False)
        batch_op.create_index("uq_campaign_region_name", ["region_id", "name"], unique=True)

    op.create_table(
        "device_model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("laptop", "tablet", name="devicekind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("packed_weight", sa.Integer(), nullable=False),
        sa.Column("battery_wh", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("warranty_years", sa.Integer(), nullable=False),
        sa.Column("accessories", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_device_model_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_model")),
    )
    with op.batch_alter_table("device_model", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_model_region_id"), ["region_id"], unique=False)
        batch_op.create_index("uq_device_model_region_name", ["region_id", "name"], unique=True)

    op.create_table(
        "school",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("uai", sa.String(length=8), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("head_name", sa.String(length=120), nullable=False),
        sa.Column("head_title", sa.String(length=80), nullable=False),
        sa.Column("deliberation", sa.String(length=120), nullable=True),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_phone", sa.String(length=20), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_hours", sa.String(length=160), nullable=False),
        sa.Column("pickup_place", sa.String(length=160), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=True),
        sa.Column("line2", sa.String(length=120), nullable=True),
        sa.Column("line3", sa.String(length=120), nullable=True),
        sa.Column("street", sa.String(length=120), nullable=True),
        sa.Column("locality", sa.String(length=120), nullable=True),
        sa.Column("postcode", sa.String(length=5), nullable=True),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_school_region_id")),
        sa.ForeignKeyConstraint(["uai"], ["directory_entry.uai"], name=op.f("fk_school_uai")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school")),
        sa.UniqueConstraint("public_id", name=op.f("uq_school_public_id")),
        sa.UniqueConstraint("uai", name=op.f("uq_school_uai")),
    )
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_school_region_id"), ["region_id"], unique=False)

    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_path", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "(drawn_at IS NULL) = (token_hash IS NULL) AND (drawn_at IS NULL) = (code_hash IS NULL)",
            name=op.f("ck_sign_in_link_drawn_together"),
        ),
        sa.CheckConstraint(
            "drawn_at IS NULL OR account_id IS NOT NULL", name=op.f("ck_sign_in_link_drawn_for_an_account")
        ),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_sign_in_link_few_tries")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_link_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sign_in_link_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_link_token_hash")),
    )
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_link_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_sign_in_link_address_asked", ["address_hash", "asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_link_asked_at"), ["asked_at"], unique=False)

    op.create_table(
        "charter_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_charter_version_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_version")),
    )
    with op.batch_alter_table("charter_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_charter_version_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index("uq_charter_version_number", ["campaign_id", "number"], unique=True)

    op.create_table(
        "guardian",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("mobile", sa.String(length=20), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=True),
        sa.Column("line2", sa.String(length=120), nullable=True),
        sa.Column("line3", sa.String(length=120), nullable=True),
        sa.Column("street", sa.String(length=120), nullable=True),
        sa.Column("locality", sa.String(length=120), nullable=True),
        sa.Column("postcode", sa.String(length=5), nullable=True),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_guardian_account_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_guardian_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian")),
        sa.UniqueConstraint("public_id", name=op.f("uq_guardian_public_id")),
    )
    with op.batch_alter_table("guardian", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guardian_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_guardian_school_id"), ["school_id"], unique=False)
        batch_op.create_index("uq_guardian_school_source", ["school_id", "source_id"], unique=True)

    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.Column("file_key", sa.String(length=120), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_handover_by")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_handover_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("number", name=op.f("uq_handover_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_handover_public_id")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_school_id"), ["school_id"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "failed",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("file_key", sa.String(length=120), nullable=True),
        sa.Column("sentence", sa.String(length=300), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'done') = (file_key IS NOT NULL)", name=op.f("ck_job_done_iff_file")),
        sa.CheckConstraint("done BETWEEN 0 AND total", name=op.f("ck_job_progress_within_total")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_job_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("public_id", name=op.f("uq_job_public_id")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_school_id"), ["school_id"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "family",
                "head",
                "manager",
                "technician",
                "region",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("at_school_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(role = 'region') = (at_school_id IS NULL)", name=op.f("ck_role_grant_school_unless_region")
        ),
        sa.CheckConstraint("role <> 'family'", name=op.f("ck_role_grant_staff_only")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_role_grant_account_id")),
        sa.ForeignKeyConstraint(["at_school_id"], ["school.id"], name=op.f("fk_role_grant_at_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grant_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_grant_at_school_id"), ["at_school_id"], unique=False)
        batch_op.create_index("uq_role_grant_once", ["account_id", "role", "at_school_id"], unique=True)
        batch_op.create_index(
            "uq_role_grant_region_once",
            ["account_id"],
            unique=True,
            sqlite_where=sa.text("at_school_id IS NULL"),
            postgresql_where=sa.text("at_school_id IS NULL"),
        )

    op.create_table(
        "student",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.String(length=40), nullable=False),
        sa.Column("family_name", sa.String(length=80), nullable=False),
        sa.Column("given_name", sa.String(length=80), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("class_name", sa.String(length=30), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("mobile", sa.String(length=20), nullable=True),
        sa.Column("emancipated", sa.Boolean(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_student_account_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_student_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student")),
        sa.UniqueConstraint("public_id", name=op.f("uq_student_public_id")),
    )
    with op.batch_alter_table("student", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_student_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_student_school_class", ["school_id", "class_name", "family_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_student_school_id"), ["school_id"], unique=False)
        batch_op.create_index("uq_student_school_source", ["school_id", "source_id"], unique=True)

    op.create_table(
        "guardianship",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("kinship", sa.String(length=40), nullable=False),
        sa.Column("may_sign", sa.Boolean(), nullable=False),
        sa.Column("opposed_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_guardianship_guardian_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_guardianship_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_guardianship_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardianship")),
    )
    with op.batch_alter_table("guardianship", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guardianship_guardian_id"), ["guardian_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_guardianship_school_id"), ["school_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_guardianship_student_id"), ["student_id"], unique=False)
        batch_op.create_index("uq_guardianship_pair", ["student_id", "guardian_id"], unique=True)

    op.create_table(
        "loan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("laptop", "tablet", name="devicekind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "waitlisted",
                "approved",
                "preparing",
                "in_transit",
                "awaiting_pickup",
                "lent",
                "returning",
                "refused",
                "withdrawn",
                "closed",
                "kept",
                "written_off",
                name="loanstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "charter",
            sa.Enum(
                "to_sign",
                "signed",
                "declined",
                "opposed",
                name="chartergate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column(
            "delivery",
            sa.Enum("home", "school", name="delivery", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("address_confirmed", sa.Boolean(), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=True),
        sa.Column("contact_mobile", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("tracking_number", sa.String(length=15), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("charter_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=True),
        sa.Column("line2", sa.String(length=120), nullable=True),
        sa.Column("line3", sa.String(length=120), nullable=True),
        sa.Column("street", sa.String(length=120), nullable=True),
        sa.Column("locality", sa.String(length=120), nullable=True),
        sa.Column("postcode", sa.String(length=5), nullable=True),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "(charter = 'signed') = (charter_signed_at IS NOT NULL)", name=op.f("ck_loan_signed_has_date")
        ),
        sa.CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name=op.f("ck_loan_reason_iff_refused")),
        sa.CheckConstraint(
            "state = 'draft' OR state = 'withdrawn' OR submitted_at IS NOT NULL",
            name=op.f("ck_loan_submitted_has_date"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR delivery = 'school' OR (delivery = 'home' AND postcode IS NOT NULL)",
            name=op.f("ck_loan_home_has_address"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('in_transit', 'lent', 'returning') OR charter = 'signed'",
            name=op.f("ck_loan_signed_before_leaving"),
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_loan_campaign_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_loan_decided_by")),
        sa.ForeignKeyConstraint(["replaces_id"], ["loan.id"], name=op.f("fk_loan_replaces_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["account.id"], name=op.f("fk_loan_requested_by")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_loan_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_loan_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
        sa.UniqueConstraint("public_id", name=op.f("uq_loan_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_loan_reference")),
    )
    with op.batch_alter_table("loan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_loan_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_loan_decided_by"), ["decided_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_loan_replaces_id"), ["replaces_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_loan_requested_by"), ["requested_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_loan_school_id"), ["school_id"], unique=False)
        batch_op.create_index("ix_loan_school_state", ["school_id", "state", "submitted_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_loan_student_id"), ["student_id"], unique=False)
        batch_op.create_index(
            "uq_loan_one_open",
            ["student_id", "kind"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('refused', 'withdrawn', 'closed', 'kept', 'written_off')"),
            postgresql_where=sa.text("state NOT IN ('refused', 'withdrawn', 'closed', 'kept', 'written_off')"),
        )

    op.create_table(
        "charter_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("loan_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("legal_title", sa.String(length=40), nullable=False),
        sa.Column("name_on_record", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "opened",
                "displayed",
                "code_verified",
                "signed",
                "sealed",
                "declined",
                "expired",
                "revoked",
                name="signaturestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("presented_key", sa.String(length=120), nullable=True),
        sa.Column("presented_sha256", sa.String(length=64), nullable=True),
        sa.Column("box", sa.String(length=80), nullable=True),
        sa.Column("blanks", sa.JSON(), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_channel", sa.String(length=8), nullable=True),
        sa.Column("code_to", sa.String(length=254), nullable=True),
        sa.Column("code_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("codes_asked", sa.Integer(), nullable=False),
        sa.Column("code_session", sa.String(length=64), nullable=True),
        sa.Column("name_typed", sa.String(length=120), nullable=True),
        sa.Column("consent_sha256", sa.String(length=64), nullable=True),
        sa.Column("language_shown", sa.String(length=8), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("displayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_key", sa.String(length=120), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'sealed') = (sealed_key IS NOT NULL)", name=op.f("ck_charter_signature_sealed_iff_file")
        ),
        sa.CheckConstraint(
            "(state IN ('signed', 'sealed')) = (signed_at IS NOT NULL)",
            name=op.f("ck_charter_signature_signed_has_date"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('displayed', 'code_verified', 'signed', 'sealed') OR presented_sha256 IS NOT NULL",
            name=op.f("ck_charter_signature_shown_is_known"),
        ),
        sa.CheckConstraint("code_tries BETWEEN 0 AND 5", name=op.f("ck_charter_signature_few_tries")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_charter_signature_account_id")),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_charter_signature_guardian_id")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_charter_signature_loan_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_charter_signature_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_charter_signature_student_id")),
        sa.ForeignKeyConstraint(["version_id"], ["charter_version.id"], name=op.f("fk_charter_signature_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_signature")),
        sa.UniqueConstraint("public_id", name=op.f("uq_charter_signature_public_id")),
    )
    with op.batch_alter_table("charter_signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_charter_signature_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_charter_signature_guardian_id"), ["guardian_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_charter_signature_loan_id"), ["loan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_charter_signature_school_id"), ["school_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_charter_signature_student_id"), ["student_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_charter_signature_version_id"), ["version_id"], unique=False)
        batch_op.create_index("uq_charter_signature_person", ["loan_id", "legal_title", "name_on_record"], unique=True)

    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("asset_tag", sa.String(length=20), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("laptop", "tablet", name="devicekind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "pool",
            sa.Enum("allotment", "emergency", name="pool", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "in_stock",
                "reserved",
                "lent",
                "to_check_in",
                "reimaging",
                "in_repair",
                "given",
                "stolen",
                "lost",
                "broken",
                "retired",
                name="devicestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("location", sa.String(length=20), nullable=False),
        sa.Column("loan_id", sa.Integer(), nullable=True),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('reserved', 'lent')) = (loan_id IS NOT NULL)", name=op.f("ck_device_held_iff_loan")
        ),
        sa.CheckConstraint("(loan_id IS NULL) = (student_id IS NULL)", name=op.f("ck_device_loan_iff_student")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_device_loan_id")),
        sa.ForeignKeyConstraint(["model_id"], ["device_model.id"], name=op.f("fk_device_model_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_device_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_device_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("asset_tag", name=op.f("uq_device_asset_tag")),
        sa.UniqueConstraint("loan_id", name=op.f("uq_device_loan_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_device_public_id")),
        sa.UniqueConstraint("serial", name=op.f("uq_device_serial")),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_model_id"), ["model_id"], unique=False)
        batch_op.create_index("ix_device_pick", ["school_id", "state", "kind", "pool", "location"], unique=False)
        batch_op.create_index(batch_op.f("ix_device_school_id"), ["school_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_device_student_id"), ["student_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("event_key", sa.String(length=32), nullable=False),
        sa.Column("loan_id", sa.Integer(), nullable=True),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("email", "sms", name="channel", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("to", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued", "sent", "failed", name="messagestate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_message_sent_has_date")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_message_loan_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_message_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("public_id", name=op.f("uq_message_public_id")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_loan_id"), ["loan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_school_id"), ["school_id"], unique=False)
        batch_op.create_index("uq_message_once", ["event_key", "template", "to"], unique=True)

    op.create_table(
        "device_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.Integer(), nullable=True),
        sa.Column("transition", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_movement_device_id")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_device_movement_loan_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_device_movement_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_movement")),
    )
    with op.batch_alter_table("device_movement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_movement_device_id"), ["device_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_device_movement_loan_id"), ["loan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_device_movement_school_id"), ["school_id"], unique=False)

    op.create_table(
        "parcel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("loan_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "ready",
                "handed_over",
                "in_transit",
                "out_for_delivery",
                "at_pickup_point",
                "delivered",
                "returning",
                "returned",
                "lost",
                "cancelled",
                name="parcelstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("tracking_number", sa.String(length=15), nullable=True),
        sa.Column("key_confirmed_by", sa.Integer(), nullable=True),
        sa.Column("handover_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=True),
        sa.Column("line2", sa.String(length=120), nullable=True),
        sa.Column("line3", sa.String(length=120), nullable=True),
        sa.Column("street", sa.String(length=120), nullable=True),
        sa.Column("locality", sa.String(length=120), nullable=True),
        sa.Column("postcode", sa.String(length=5), nullable=True),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "(state IN ('draft', 'ready', 'cancelled')) = (handover_id IS NULL)",
            name=op.f("ck_parcel_handover_once_gone"),
        ),
        sa.CheckConstraint("weight BETWEEN 10 AND 30000", name=op.f("ck_parcel_weight_in_grams")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_parcel_device_id")),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_parcel_handover_id")),
        sa.ForeignKeyConstraint(["key_confirmed_by"], ["account.id"], name=op.f("fk_parcel_key_confirmed_by")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_parcel_loan_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_parcel_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_parcel_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
        sa.UniqueConstraint("code", name=op.f("uq_parcel_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_parcel_public_id")),
        sa.UniqueConstraint("tracking_number", name=op.f("uq_parcel_tracking_number")),
    )
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parcel_device_id"), ["device_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_parcel_handover_id"), ["handover_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_parcel_loan_id"), ["loan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_parcel_school_id"), ["school_id"], unique=False)
        batch_op.create_index("ix_parcel_school_state", ["school_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_parcel_student_id"), ["student_id"], unique=False)
        batch_op.create_index(
            "uq_parcel_one_live",
            ["loan_id"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('delivered', 'returned', 'lost', 'cancelled')"),
            postgresql_where=sa.text("state NOT IN ('delivered', 'returned', 'lost', 'cancelled')"),
        )


def downgrade() -> None:
    """Go back, keeping the data that the older schema can hold."""
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_parcel_one_live",
            sqlite_where=sa.text("state NOT IN ('delivered', 'returned', 'lost', 'cancelled')"),
            postgresql_where=sa.text("state NOT IN ('delivered', 'returned', 'lost', 'cancelled')"),
        )
        batch_op.drop_index(batch_op.f("ix_parcel_student_id"))
        batch_op.drop_index("ix_parcel_school_state")
        batch_op.drop_index(batch_op.f("ix_parcel_school_id"))
        batch_op.drop_index(batch_op.f("ix_parcel_loan_id"))
        batch_op.drop_index(batch_op.f("ix_parcel_handover_id"))
        batch_op.drop_index(batch_op.f("ix_parcel_device_id"))

    op.drop_table("parcel")
    with op.batch_alter_table("device_movement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_movement_school_id"))
        batch_op.drop_index(batch_op.f("ix_device_movement_loan_id"))
        batch_op.drop_index(batch_op.f("ix_device_movement_device_id"))

    op.drop_table("device_movement")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("uq_message_once")
        batch_op.drop_index(batch_op.f("ix_message_school_id"))
        batch_op.drop_index(batch_op.f("ix_message_loan_id"))

    op.drop_table("message")
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_student_id"))
        batch_op.drop_index(batch_op.f("ix_device_school_id"))
        batch_op.drop_index("ix_device_pick")
        batch_op.drop_index(batch_op.f("ix_device_model_id"))

    op.drop_table("device")
    with op.batch_alter_table("charter_signature", schema=None) as batch_op:
        batch_op.drop_index("uq_charter_signature_person")
        batch_op.drop_index(batch_op.f("ix_charter_signature_version_id"))
        batch_op.drop_index(batch_op.f("ix_charter_signature_student_id"))
        batch_op.drop_index(batch_op.f("ix_charter_signature_school_id"))
        batch_op.drop_index(batch_op.f("ix_charter_signature_loan_id"))
        batch_op.drop_index(batch_op.f("ix_charter_signature_guardian_id"))
        batch_op.drop_index(batch_op.f("ix_charter_signature_account_id"))

    op.drop_table("charter_signature")
    with op.batch_alter_table("loan", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_loan_one_open",
            sqlite_where=sa.text("state NOT IN ('refused', 'withdrawn', 'closed', 'kept', 'written_off')"),
            postgresql_where=sa.text("state NOT IN ('refused', 'withdrawn', 'closed', 'kept', 'written_off')"),
        )
        batch_op.drop_index(batch_op.f("ix_loan_student_id"))
        batch_op.drop_index("ix_loan_school_state")
        batch_op.drop_index(batch_op.f("ix_loan_school_id"))
        batch_op.drop_index(batch_op.f("ix_loan_requested_by"))
        batch_op.drop_index(batch_op.f("ix_loan_replaces_id"))
        batch_op.drop_index(batch_op.f("ix_loan_decided_by"))
        batch_op.drop_index(batch_op.f("ix_loan_campaign_id"))

    op.drop_table("loan")
    with op.batch_alter_table("guardianship", schema=None) as batch_op:
        batch_op.drop_index("uq_guardianship_pair")
        batch_op.drop_index(batch_op.f("ix_guardianship_student_id"))
        batch_op.drop_index(batch_op.f("ix_guardianship_school_id"))
        batch_op.drop_index(batch_op.f("ix_guardianship_guardian_id"))

    op.drop_table("guardianship")
    with op.batch_alter_table("student", schema=None) as batch_op:
        batch_op.drop_index("uq_student_school_source")
        batch_op.drop_index(batch_op.f("ix_student_school_id"))
        batch_op.drop_index("ix_student_school_class")
        batch_op.drop_index(batch_op.f("ix_student_account_id"))

    op.drop_table("student")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_role_grant_region_once",
            sqlite_where=sa.text("at_school_id IS NULL"),
            postgresql_where=sa.text("at_school_id IS NULL"),
        )
        batch_op.drop_index("uq_role_grant_once")
        batch_op.drop_index(batch_op.f("ix_role_grant_at_school_id"))
        batch_op.drop_index(batch_op.f("ix_role_grant_account_id"))

    op.drop_table("role_grant")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_school_id"))

    op.drop_table("job")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handover_school_id"))

    op.drop_table("handover")
    with op.batch_alter_table("guardian", schema=None) as batch_op:
        batch_op.drop_index("uq_guardian_school_source")
        batch_op.drop_index(batch_op.f("ix_guardian_school_id"))
        batch_op.drop_index(batch_op.f("ix_guardian_account_id"))

    op.drop_table("guardian")
    with op.batch_alter_table("charter_version", schema=None) as batch_op:
        batch_op.drop_index("uq_charter_version_number")
        batch_op.drop_index(batch_op.f("ix_charter_version_campaign_id"))

    op.drop_table("charter_version")
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_link_asked_at"))
        batch_op.drop_index("ix_sign_in_link_address_asked")
        batch_op.drop_index(batch_op.f("ix_sign_in_link_account_id"))

    op.drop_table("sign_in_link")
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_school_region_id"))

    op.drop_table("school")
    with op.batch_alter_table("device_model", schema=None) as batch_op:
        batch_op.drop_index("uq_device_model_region_name")
        batch_op.drop_index(batch_op.f("ix_device_model_region_id"))

    op.drop_table("device_model")
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_index("uq_campaign_region_name")
        batch_op.drop_index(batch_op.f("ix_campaign_region_id"))

    op.drop_table("campaign")
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_session_seen_at"))
        batch_op.drop_index(batch_op.f("ix_web_session_account_id"))

    op.drop_table("web_session")
    op.drop_table("region")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_subject")
        batch_op.drop_index("ix_outbox_state_due")

    op.drop_table("outbox")
    op.drop_table("heartbeat")
    with op.batch_alter_table("directory_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_directory_entry_region_code"))
        batch_op.drop_index(batch_op.f("ix_directory_entry_city"))

    op.drop_table("directory_entry")
    op.drop_table("delivery")
    with op.batch_alter_table("audit_line", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_line_subject_at")

    op.drop_table("audit_line")
    op.drop_table("account")
