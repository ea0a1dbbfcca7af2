"""charter texts."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

DECIDED = (
    *("opposition_recorded", "opposition_withdrawn", "opposition_lifted", "opposition_upheld"),
    *("emancipated", "not_emancipated"),
)
PERSON = ["loan_id", "legal_title", "name_on_record"]


def upgrade() -> None:
    """Expand."""
    _drafts()
    _translations()
    _decisions()
    with op.batch_alter_table("charter_signature", schema=None) as batch_op:
        batch_op.add_column(sa.Column("translation_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_charter_signature_translation_id"), "charter_translation", ["translation_id"], ["id"]
        )
        batch_op.drop_index("uq_charter_signature_person")
        batch_op.create_index("uq_charter_signature_person", [PERSON[0], "version_id", *PERSON[1:]], unique=True)
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.add_column(sa.Column("two_signatures", sa.Boolean(), server_default=sa.false(), nullable=False))


def _drafts() -> None:
    op.create_table(
        "charter_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("preview_key", sa.String(length=120), nullable=True),
        sa.Column("preview_edition", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_charter_draft_campaign_id")),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_charter_draft_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_draft")),
        sa.UniqueConstraint("campaign_id", name=op.f("uq_charter_draft_campaign_id")),
    )


def _translations() -> None:
    op.create_table(
        "charter_translation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("language <> 'fr'", name=op.f("ck_charter_translation_not_french")),
        sa.ForeignKeyConstraint(["version_id"], ["charter_version.id"], name=op.f("fk_charter_translation_version_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["account.id"], name=op.f("fk_charter_translation_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_translation")),
    )
    with op.batch_alter_table("charter_translation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_charter_translation_version_id"), ["version_id"], unique=False)
        batch_op.create_index("uq_charter_translation_revision", ["version_id", "language", "revision"], unique=True)


def _decisions() -> None:
    op.create_table(
        "charter_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(*DECIDED, name="decided", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("document", sa.String(length=160), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind LIKE 'opposition%') = (guardian_id IS NOT NULL)",
            name=op.f("ck_charter_decision_opposition_is_somebodys"),
        ),
        sa.CheckConstraint(
            "kind <> 'emancipated' OR document IS NOT NULL", name=op.f("ck_charter_decision_emancipated_by_a_paper")
        ),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_charter_decision_student_id")),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_charter_decision_guardian_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_charter_decision_decided_by")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_charter_decision_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_decision")),
    )
    with op.batch_alter_table("charter_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_charter_decision_student_id"), ["student_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_charter_decision_school_id"), ["school_id"], unique=False)


def downgrade() -> None:
    """Contract. The schema before knows one charter per person and loan: the last one stays."""
    link = op.get_bind()
    names = ("id", *PERSON)
    rows = sa.table("charter_signature", *(sa.column(name) for name in names))
    newer = rows.alias("newer")
    same = sa.and_(*(newer.c[name] == rows.c[name] for name in PERSON), newer.c.id > rows.c.id)
    link.execute(sa.delete(rows).where(sa.exists().where(same)))
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.drop_column("two_signatures")
    with op.batch_alter_table("charter_signature", schema=None) as batch_op:
        batch_op.drop_index("uq_charter_signature_person")
        batch_op.create_index("uq_charter_signature_person", PERSON, unique=True)
        batch_op.drop_constraint(batch_op.f("fk_charter_signature_translation_id"), type_="foreignkey")
        batch_op.drop_column("translation_id")
    for table in ("charter_decision", "charter_translation", "charter_draft"):
        op.drop_table(table)
