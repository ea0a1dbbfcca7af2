"""Suppliers' lots, transfers between schools; where a device came from, and when its warranty began."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BEFORE = (
    "in_stock", "reserved", "lent", "to_check_in", "reimaging", "in_repair", "given", "stolen", "lost", "broken",
    "retired",
)  # fmt: skip
CODES = ("serial", "asset_tag", "location")


def words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def allow(states: tuple[str, ...]) -> None:
    """What a device's state may be."""
    listed = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_device_devicestate"), type_="check")
        batch_op.create_check_constraint(op.f("ck_device_devicestate"), f"state IN ({listed})")


def upgrade() -> None:
    """Expand; the devices that are here came before any lot."""
    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("supplier", sa.String(length=80), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            words("lotstate", "reading", "staged", "announced", "undone", "discarded", "failed"),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_key", sa.String(length=160), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        moment("asked_at"),
        sa.Column("lines_read", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sentence", sa.String(length=500), nullable=True),
        moment("announced_at", nullable=True),
        sa.CheckConstraint(
            "(state IN ('announced', 'undone')) = (announced_at IS NOT NULL)", name=op.f("ck_lot_announced_when")
        ),
        sa.CheckConstraint("state <> 'failed' OR sentence IS NOT NULL", name=op.f("ck_lot_failed_says_why")),
        sa.CheckConstraint("state <> 'staged' OR counts IS NOT NULL", name=op.f("ck_lot_staged_is_counted")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_lot_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lot_public_id")),
    )
    op.create_index("uq_lot_region_number", "lot", ["region_id", "number"], unique=True)
    op.create_table(
        "lot_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        moment("closed_at", nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_delivery_lot_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_lot_delivery_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_delivery")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lot_delivery_public_id")),
    )
    op.create_index(op.f("ix_lot_delivery_school_id"), "lot_delivery", ["school_id"])
    op.create_index("uq_lot_delivery_lot_school", "lot_delivery", ["lot_id", "school_id"], unique=True)
    op.create_table(
        "lot_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("verdict", words("verdict", "new", "known", "error"), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("asset_tag", sa.String(length=20), nullable=False),
        sa.Column("model_name", sa.String(length=80), nullable=False),
        sa.Column("uai", sa.String(length=12), nullable=False),
        sa.Column("box", sa.String(length=40), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=True),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("destination_id", sa.Integer(), nullable=True),
        sa.Column("sentence", sa.String(length=300), nullable=True),
        sa.CheckConstraint("(verdict = 'error') = (sentence IS NOT NULL)", name=op.f("ck_lot_line_error_says_why")),
        sa.CheckConstraint(
            "verdict <> 'new' OR (public_id IS NOT NULL AND model_id IS NOT NULL AND destination_id IS NOT NULL)",
            name=op.f("ck_lot_line_new_is_complete"),
        ),
        sa.ForeignKeyConstraint(["destination_id"], ["school.id"], name=op.f("fk_lot_line_destination_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_line_lot_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["model_id"], ["device_model.id"], name=op.f("fk_lot_line_model_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_line")),
    )
    op.create_index("ix_lot_line_list", "lot_line", ["lot_id", "verdict", "id"])
    op.create_table(
        "delivery_oddity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("kind", words("oddity", "unknown", "elsewhere", "already_here"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        moment("at"),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["lot_delivery.id"], name=op.f("fk_delivery_oddity_delivery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_delivery_oddity_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_oddity")),
    )
    op.create_index(op.f("ix_delivery_oddity_school_id"), "delivery_oddity", ["school_id"])
    op.create_index("uq_delivery_oddity_code", "delivery_oddity", ["delivery_id", "code"], unique=True)
    transfers()
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("delivery_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("box", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("transfer_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("warranty_from", sa.Date(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_device_delivery_id"), "lot_delivery", ["delivery_id"], ["id"])
        batch_op.create_foreign_key(op.f("fk_device_transfer_id"), "transfer", ["transfer_id"], ["id"])
        batch_op.create_index(op.f("ix_device_transfer_id"), ["transfer_id"])
        batch_op.create_index("ix_device_delivery", ["delivery_id", "state"])
        for code in CODES:
            batch_op.create_index(f"ix_device_{code}_begins", [code], postgresql_ops={code: "text_pattern_ops"})
        batch_op.create_check_constraint(
            op.f("ck_device_announced_by_a_delivery"), "state <> 'announced' OR delivery_id IS NOT NULL"
        )
    allow(("announced", "in_transit", *BEFORE))
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_device_in_transit_iff_transfer"), "(state = 'in_transit') = (transfer_id IS NOT NULL)"
        )
    start_warranties()


def transfers() -> None:
    """What travels from one school to another."""
    op.create_table(
        "transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("asked_here", sa.Integer(), nullable=False),
        sa.Column("kind", words("devicekind", "laptop", "tablet"), nullable=False),
        sa.Column("pool", words("pool", "allotment", "emergency"), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("state", words("transferstate", "asked", "sent", "received", "refused", "cancelled"), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        moment("asked_at"),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint("sender_id <> receiver_id", name=op.f("ck_transfer_between_two_schools")),
        sa.CheckConstraint("asked_here IN (sender_id, receiver_id)", name=op.f("ck_transfer_asked_by_one_of_them")),
        sa.CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name=op.f("ck_transfer_refused_for_a_reason")),
        sa.CheckConstraint("wanted BETWEEN 1 AND 500", name=op.f("ck_transfer_a_van_at_most")),
        *(
            sa.ForeignKeyConstraint([name], ["school.id"], name=op.f(f"fk_transfer_{name}"))
            for name in ("sender_id", "receiver_id", "asked_here")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("number", name=op.f("uq_transfer_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_transfer_public_id")),
    )
    op.create_index(op.f("ix_transfer_sender_id"), "transfer", ["sender_id"])
    op.create_index(op.f("ix_transfer_receiver_id"), "transfer", ["receiver_id"])
    op.create_table(
        "transfer_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("former_pool", words("pool", "allotment", "emergency"), nullable=False),
        moment("sent_at"),
        moment("received_at", nullable=True),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name=op.f("fk_transfer_line_transfer_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_transfer_line_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_line")),
    )
    op.create_index("uq_transfer_line_device", "transfer_line", ["transfer_id", "device_id"], unique=True)
    under_way = sa.text("received_at IS NULL")
    op.create_index(
        "uq_transfer_line_under_way",
        "transfer_line",
        ["device_id"],
        unique=True,
        sqlite_where=under_way,
        postgresql_where=under_way,
    )


def start_warranties() -> None:
    """The devices that were lent already: from the day of their first loan."""
    device = sa.table("device", sa.column("id"), sa.column("warranty_from", sa.Date()))
    moves = sa.table(
        "device_movement", sa.column("device_id"), sa.column("transition"), sa.column("at", sa.DateTime(timezone=True))
    )
    first = (
        sa.select(sa.func.date(sa.func.min(moves.c.at)))
        .where(moves.c.device_id == device.c.id, moves.c.transition == "lend")
        .scalar_subquery()
    )
    op.execute(sa.update(device).values(warranty_from=first))


def downgrade() -> None:
    """Contract; devices that were only announced are forgotten with their lots, those that travel are where they left."""
    op.drop_table("transfer_line")
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_device_in_transit_iff_transfer"), type_="check")
    announced = sa.table("device", sa.column("id"), sa.column("state"))
    moves = sa.table("device_movement", sa.column("device_id"))
    expected = sa.select(announced.c.id).where(announced.c.state == "announced")
    op.execute(sa.delete(moves).where(moves.c.device_id.in_(expected)))
    op.execute(sa.delete(announced).where(announced.c.state == "announced"))
    op.execute(sa.update(announced).where(announced.c.state == "in_transit").values(state="in_stock"))
    allow(BEFORE)
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_device_announced_by_a_delivery"), type_="check")
        batch_op.drop_constraint(op.f("fk_device_delivery_id"), type_="foreignkey")
        for code in CODES:
            batch_op.drop_index(f"ix_device_{code}_begins")
        batch_op.drop_index("ix_device_delivery")
        batch_op.drop_constraint(op.f("fk_device_transfer_id"), type_="foreignkey")
        batch_op.drop_index(op.f("ix_device_transfer_id"))
        batch_op.drop_column("transfer_id")
        batch_op.drop_column("warranty_from")
        batch_op.drop_column("box")
        batch_op.drop_column("delivery_id")
    for table in ("transfer", "delivery_oddity", "lot_line", "lot_delivery", "lot"):
        op.drop_table(table)
