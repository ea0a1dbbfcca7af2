"""time stamps."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from operator import itemgetter

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NEW = (
    ("journal_length", sa.Integer(), "0"),
    ("journal_sha256", sa.String(length=64), None),
    ("code_accepted_at", sa.DateTime(timezone=True), None),
    ("stamped_at", sa.DateTime(timezone=True), None),
    ("stamp_tries", sa.Integer(), "0"),
    ("stamp_due_at", sa.DateTime(timezone=True), None),
    ("archive_key", sa.String(length=120), None),
    ("archived_at", sa.DateTime(timezone=True), None),
    ("archive_until", sa.DateTime(timezone=True), None),
)
CHECKS = {
    "stamped_is_sealed": "stamped_at IS NULL OR sealed_key IS NOT NULL",
    "archive_has_end": "(archive_key IS NULL) = (archive_until IS NULL)",
}
TOLD = (
    ("invited_at", "invited"),
    ("displayed_at", "document_displayed"),
    ("code_asked_at", "code_asked"),
    ("code_sent_at", "code_drawn"),
    ("verified_at", "code_verified"),
    ("signed_at", "signed"),
    ("declined_at", "declined"),
    ("sealed_at", "sealed"),
)


def upgrade() -> None:
    """Expand; then begin the journal of what is known of the signatures already there."""
    with op.batch_alter_table("charter_signature") as table:
        for name, kind, default in NEW:
            table.add_column(sa.Column(name, kind, nullable=default is None, server_default=default))
        for name, rule in CHECKS.items():
            table.create_check_constraint(op.f(f"ck_charter_signature_{name}"), rule)
        table.create_index(op.f("ix_charter_signature_stamp_due_at"), ["stamp_due_at"])
    op.create_table(
        "charter_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["signature_id"], ["charter_signature.id"], name=op.f("fk_charter_event_signature_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_charter_event_student_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_charter_event_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_event")),
    )
    op.create_index("uq_charter_event_number", "charter_event", ["signature_id", "number"], unique=True)
    for name in ("school_id", "student_id", "written_at"):
        op.create_index(op.f(f"ix_charter_event_{name}"), "charter_event", [name])
    op.create_table(
        "charter_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("journals", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_key", sa.String(length=120), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_head")),
        sa.UniqueConstraint("day", name=op.f("uq_charter_head_day")),
    )
    _begin_journals()


def _begin_journals() -> None:
    link = op.get_bind()
    names = [name for name, _ in TOLD]
    moments = [sa.column(name, sa.DateTime(timezone=True)) for name in names]
    signatures = sa.table(
        "charter_signature", sa.column("id"), sa.column("school_id"), sa.column("student_id"), *moments
    )
    told = sa.table("charter_signature", sa.column("id"), sa.column("journal_length"), sa.column("journal_sha256"))
    moment = sa.DateTime(timezone=True)
    events = sa.table(
        "charter_event",
        *(
            sa.column(name)
            for name in ("signature_id", "school_id", "student_id", "number", "kind", "previous", "sha256")
        ),
        sa.column("at", moment),
        sa.column("written_at", moment),
    )
    now, last = datetime.now(UTC), 0  # noqa: TID251 # a migration outlives the portal's clock
    while rows := link.execute(
        sa.select(signatures).where(signatures.c.id > last).order_by(signatures.c.id).limit(1000)
    ).all():
        last = rows[-1].id
        journals = {row.id: _journal(row, now) for row in rows}
        if written := [event for journal in journals.values() for event in journal]:
            link.execute(sa.insert(events), written)
        for number, journal in journals.items():
            if journal:
                end = {"journal_length": len(journal), "journal_sha256": journal[-1]["sha256"]}
                link.execute(sa.update(told).where(told.c.id == number).values(end))


def _journal(row, now):
    """Each event holds the hash of the one before; its own is that of its JSON, keys sorted, without spaces."""
    known = [(_aware(getattr(row, name)), kind) for name, kind in TOLD if getattr(row, name) is not None]
    journal, previous = [], "0" * 64
    for number, (at, kind) in enumerate(sorted(known, key=itemgetter(0)), start=1):
        said = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        event = {"at": said, "n": number, "prev_sha256": previous, "type": kind}
        digest = sha256(json.dumps(event, separators=(",", ":")).encode()).hexdigest()
        about = {"signature_id": row.id, "school_id": row.school_id, "student_id": row.student_id}
        kept = {"number": number, "kind": kind, "at": at, "previous": previous, "sha256": digest, "written_at": now}
        journal.append({**about, **kept})
        previous = digest
    return journal


def _aware(at):
    """SQLite forgets the zone."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def downgrade() -> None:
    """Contract."""
    op.drop_table("charter_head")
    op.drop_table("charter_event")
    with op.batch_alter_table("charter_signature") as table:
        table.drop_index(op.f("ix_charter_signature_stamp_due_at"))
        for name in CHECKS:
            table.drop_constraint(op.f(f"ck_charter_signature_{name}"), type_="check")
        for name, _, _ in reversed(NEW):
            table.drop_column(name)
