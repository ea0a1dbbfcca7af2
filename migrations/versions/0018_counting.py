"""Stocktakes and their surprises; what schools ask of the region for their emergency pools."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def table(name: str, *parts: sa.schema.SchemaItem, public: bool = False) -> None:
    """A table of one school's rows."""
    if public:
        unique = sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id"))
        parts = (sa.Column("public_id", sa.String(length=32), nullable=False), unique, *parts)
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        *parts,
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f(f"fk_{name}_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_school_id"), name, ["school_id"])


def of_stocktake(name: str) -> tuple[sa.schema.SchemaItem, ...]:
    """What a scan and a surprise share."""
    return (
        sa.Column("stocktake_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["stocktake_id"], ["stocktake.id"], name=op.f(f"fk_{name}_stocktake_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f(f"fk_{name}_device_id")),
    )


def upgrade() -> None:
    """Expand."""
    table(
        "stocktake",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(length=20), nullable=False),
        sa.Column("state", words("stocktakestate", "open", "counted", "cancelled"), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        moment("opened_at"),
        moment("counted_at", nullable=True),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'counted') = (counted_at IS NOT NULL)", name=op.f("ck_stocktake_counted_when")),
        sa.CheckConstraint(
            "(state = 'counted') = (expected IS NOT NULL)", name=op.f("ck_stocktake_counted_is_compared")
        ),
        public=True,
    )
    op.create_index("uq_stocktake_school_number", "stocktake", ["school_id", "number"], unique=True)
    table("stocktake_scan", *of_stocktake("stocktake_scan"), moment("at"))
    op.create_index("uq_stocktake_scan_code", "stocktake_scan", ["stocktake_id", "code"], unique=True)
    table(
        "stocktake_surprise",
        *of_stocktake("stocktake_surprise"),
        sa.Column(
            "kind",
            words("surprise", "missing", "elsewhere", "not_here", "other_school", "unknown"),
            nullable=False,
        ),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("outcome", words("outcome", "lost", "moved", "check_in", "noted"), nullable=True),
        moment("settled_at", nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", name=op.f("ck_stocktake_surprise_settled_when")),
    )
    op.create_index("uq_stocktake_surprise_code", "stocktake_surprise", ["stocktake_id", "code"], unique=True)
    table(
        "pool_request",
        sa.Column("kind", words("devicekind", "laptop", "tablet"), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("state", words("requeststate", "asked", "granted", "refused"), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        moment("asked_at"),
        sa.Column("answer", sa.String(length=300), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        moment("decided_at", nullable=True),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_pool_request_decided_when")),
        sa.CheckConstraint("(state = 'asked') = (answer IS NULL)", name=op.f("ck_pool_request_decided_for_a_reason")),
        sa.CheckConstraint("wanted BETWEEN 1 AND 500", name=op.f("ck_pool_request_a_van_at_most")),
        public=True,
    )
    waits = sa.text("state = 'asked'")
    op.create_index(
        "uq_pool_request_open", "pool_request", ["school_id"], unique=True, sqlite_where=waits, postgresql_where=waits
    )


def downgrade() -> None:
    """Contract."""
    for name in ("pool_request", "stocktake_surprise", "stocktake_scan", "stocktake"):
        op.drop_table(name)
