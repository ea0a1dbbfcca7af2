"""Roster imports: uploads, their lines and remembered columns; what an import needs to know of a person.

Columns of `student` and `guardian` are added with their checks inside, and dropped one by one: both engines do that in
place. SQLite would otherwise copy a table to which others point. Nothing points to `guardianship`, so it may be copied.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PEOPLE = ("student", "guardian")
SOURCES = "('siecle', 'table', 'oneroster')"


def upgrade() -> None:
    """Expand."""
    _widen_people()
    with op.batch_alter_table("guardianship", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settled_on", sa.Date(), nullable=True))
        batch_op.alter_column("may_sign", existing_type=sa.Boolean(), nullable=True)
        batch_op.create_check_constraint(
            op.f("ck_guardianship_settled_is_known"), "settled_on IS NULL OR may_sign IS NOT NULL"
        )
    op.create_table(
        "column_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_column_mapping_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mapping")),
    )
    with op.batch_alter_table("column_mapping", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_column_mapping_school_id"), ["school_id"], unique=False)
        batch_op.create_index("uq_column_mapping_school_header", ["school_id", "fingerprint"], unique=True)

    op.create_table(
        "roster_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "reading",
                "to_map",
                "staged",
                "applied",
                "undone",
                "discarded",
                "failed",
                name="importstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(none_as_null=True), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "siecle", "table", "oneroster", name="source", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column("uai", sa.String(length=8), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("exported_on", sa.Date(), nullable=True),
        sa.Column("lines_read", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.String(length=500), nullable=True),
        sa.Column("basis", sa.Integer(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", name=op.f("ck_roster_import_undone_when")),
        sa.CheckConstraint(
            "(state IN ('applied', 'undone')) = (applied_at IS NOT NULL)", name=op.f("ck_roster_import_applied_when")
        ),
        sa.CheckConstraint("state <> 'failed' OR sentence IS NOT NULL", name=op.f("ck_roster_import_failed_says_why")),
        sa.CheckConstraint("state <> 'staged' OR counts IS NOT NULL", name=op.f("ck_roster_import_staged_is_counted")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_roster_import_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_roster_import_public_id")),
    )
    with op.batch_alter_table("roster_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_import_school_id"), ["school_id"], unique=False)
        batch_op.create_index("uq_roster_import_school_number", ["school_id", "number"], unique=True)

    op.create_table(
        "roster_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "student",
                "guardian",
                "link",
                "finding",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "verdict",
            sa.Enum(
                "new",
                "changed",
                "unchanged",
                "absent",
                "left",
                "match",
                "error",
                "warning",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("record_key", sa.String(length=90), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("match_id", sa.Integer(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("given", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("changes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("kept", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("file", sa.String(length=120), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'finding') = (verdict IN ('error', 'warning'))", name=op.f("ck_roster_line_findings_are_said")
        ),
        sa.CheckConstraint(
            "(verdict = 'match') = (match_id IS NOT NULL)", name=op.f("ck_roster_line_match_names_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["roster_import.id"], name=op.f("fk_roster_line_import_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_roster_line_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_line")),
    )
    with op.batch_alter_table("roster_line", schema=None) as batch_op:
        batch_op.create_index("ix_roster_line_import_list", ["import_id", "kind", "verdict", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_roster_line_school_id"), ["school_id"], unique=False)


def _widen_people() -> None:
    for table in PEOPLE:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN source VARCHAR(32) DEFAULT 'siecle' NOT NULL"
            f" CONSTRAINT ck_{table}_source CHECK (source IN {SOURCES})"
        )
        op.add_column(table, sa.Column("protected", sa.JSON(), nullable=True))
        op.add_column(table, sa.Column("absent_since", sa.Date(), nullable=True))
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN absent_import INTEGER CONSTRAINT ck_{table}_absent_by_an_import"
            " CHECK ((absent_since IS NULL) = (absent_import IS NULL))"
        )
        op.drop_index(f"uq_{table}_school_source", table_name=table)
        op.create_index(f"uq_{table}_school_source", table, ["school_id", "source", "source_id"], unique=True)
    op.add_column("student", sa.Column("usage_name", sa.String(length=80), nullable=True))
    op.add_column("student", sa.Column("ine", sa.String(length=20), nullable=True))
    op.add_column("guardian", sa.Column("abroad", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Contract: a right that is not known is no right; keys of other sources keep their source's name before them."""
    for table in ("column_mapping", "roster_line", "roster_import"):
        op.drop_table(table)
    op.execute("UPDATE guardianship SET may_sign = false WHERE may_sign IS NULL")
    with op.batch_alter_table("guardianship", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_guardianship_settled_is_known"), type_="check")
        batch_op.alter_column("may_sign", existing_type=sa.Boolean(), nullable=False)
        batch_op.drop_column("settled_on")
    op.drop_column("guardian", "abroad")
    op.drop_column("student", "ine")
    op.drop_column("student", "usage_name")
    for table in PEOPLE:
        renamed = f"UPDATE {table} SET source_id = substr(source || ':' || source_id, 1, 40) WHERE source <> 'siecle'"  # noqa: S608 (two names of ours)
        op.execute(renamed)
        op.drop_index(f"uq_{table}_school_source", table_name=table)
        for name in ("absent_import", "absent_since", "protected", "source"):
            op.drop_column(table, name)
        op.create_index(f"uq_{table}_school_source", table, ["school_id", "source_id"], unique=True)
