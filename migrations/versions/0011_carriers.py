"""carriers."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SERVICES = ("colissimo", "suivi")
LABELS = ("PDF_A4_300dpi", "PDF_10x15_300dpi", "ZPL_10x15_203dpi", "ZPL_10x15_300dpi")
VERDICTS = ("unknown", "asked", "accepted", "refused", "silent")
ATTEMPTS = ("prepared", "sent", "succeeded", "refused", "uncertain", "abandoned")
PENDING = "state IN ('prepared', 'sent', 'uncertain', 'succeeded')"


def _words(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _moment(name, *, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(table, column, target):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _partial(name, table, columns, where):
    op.create_index(name, table, columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    """Expand."""
    op.add_column("handover", sa.Column("carrier_numbers", sa.String(length=400), nullable=True))
    op.create_table(
        "carrier_contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("service", _words("service", *SERVICES), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("label", _words("labelformat", *LABELS), nullable=False),
        sa.Column("signature", sa.Boolean(), nullable=False),
        sa.Column("verdict", _words("verdict", *VERDICTS), nullable=False),
        _moment("checked_at"),
        _moment("saved_at", nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        _key("carrier_contract", "region_id", "region"),
        _key("carrier_contract", "school_id", "school"),
        _key("carrier_contract", "saved_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_contract")),
        sa.UniqueConstraint("public_id", name=op.f("uq_carrier_contract_public_id")),
    )
    op.create_index(op.f("ix_carrier_contract_region_id"), "carrier_contract", ["region_id"])
    op.create_index(op.f("ix_carrier_contract_school_id"), "carrier_contract", ["school_id"])
    _partial("uq_carrier_contract_school", "carrier_contract", ["school_id", "service"], "school_id IS NOT NULL")
    _partial("uq_carrier_contract_region", "carrier_contract", ["region_id", "service"], "school_id IS NULL")
    op.create_table(
        "label_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("parcel_id", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.String(length=30), nullable=False),
        sa.Column("state", _words("attemptstate", *ATTEMPTS), nullable=False),
        sa.Column("payload_hash", sa.String(length=64), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        _moment("prepared_at", nullable=False),
        _moment("sent_at"),
        _moment("ended_at"),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("field", sa.String(length=60), nullable=True),
        sa.Column("number", sa.String(length=15), nullable=True),
        sa.Column("routing", sa.String(length=40), nullable=True),
        sa.Column("file_key", sa.String(length=120), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        _moment("voided_at"),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'succeeded') = (number IS NOT NULL)", name=op.f("ck_label_attempt_succeeded_iff_number")
        ),
        sa.CheckConstraint(
            "state IN ('prepared', 'abandoned') OR sent_at IS NOT NULL", name=op.f("ck_label_attempt_sent_when")
        ),
        sa.CheckConstraint("file_key IS NULL OR state = 'succeeded'", name=op.f("ck_label_attempt_file_of_a_label")),
        _key("label_attempt", "parcel_id", "parcel"),
        _key("label_attempt", "asked_by", "account"),
        _key("label_attempt", "settled_by", "account"),
        _key("label_attempt", "school_id", "school"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_attempt")),
        sa.UniqueConstraint("public_id", name=op.f("uq_label_attempt_public_id")),
        sa.UniqueConstraint("order_number", name=op.f("uq_label_attempt_order_number")),
        sa.UniqueConstraint("number", name=op.f("uq_label_attempt_number")),
    )
    op.create_index(op.f("ix_label_attempt_parcel_id"), "label_attempt", ["parcel_id"])
    op.create_index(op.f("ix_label_attempt_school_id"), "label_attempt", ["school_id"])
    op.create_index("ix_label_attempt_school_state", "label_attempt", ["school_id", "state"])
    _partial("uq_label_attempt_one_pending", "label_attempt", ["parcel_id"], PENDING)
    op.create_table(
        "journey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=15), nullable=False),
        sa.Column("last_code", sa.String(length=8), nullable=True),
        _moment("last_at"),
        sa.Column("place", sa.String(length=120), nullable=True),
        sa.Column("keep_until", sa.Date(), nullable=True),
        sa.Column("told", sa.String(length=80), nullable=False),
        _moment("polled_at"),
        _moment("due_at", nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.String(length=20), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        _key("journey", "parcel_id", "parcel"),
        _key("journey", "student_id", "student"),
        _key("journey", "school_id", "school"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey")),
        sa.UniqueConstraint("parcel_id", name=op.f("uq_journey_parcel_id")),
    )
    for column in ("student_id", "due_at", "school_id"):
        op.create_index(op.f(f"ix_journey_{column}"), "journey", [column])
    op.create_table(
        "tracking_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=15), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        _moment("at", nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("label_hash", sa.String(length=16), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        _key("tracking_event", "parcel_id", "parcel"),
        _key("tracking_event", "student_id", "student"),
        _key("tracking_event", "school_id", "school"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_event")),
    )
    for column in ("parcel_id", "student_id", "school_id"):
        op.create_index(op.f(f"ix_tracking_event_{column}"), "tracking_event", [column])
    op.create_index("uq_tracking_event_once", "tracking_event", ["number", "code", "at", "label_hash"], unique=True)


def downgrade() -> None:
    """Contract."""
    for name in ("tracking_event", "journey", "label_attempt", "carrier_contract"):
        op.drop_table(name)
    with op.batch_alter_table("handover") as table:
        table.drop_column("carrier_numbers")
