"""distribution."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SESSIONS = ("planned", "open", "closed")
ATTENDANCES = ("expected", "cleared", "served", "absent", "dropped")
WORKSHOPS = ("sleeve", "device")
VERDICTS = ("accepted", "refused", "conflict", "settled")


def _words(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _moment(name, *, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name, *, nullable=False):
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _text(name, length, *, nullable=False):
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _key(table, column, target):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _owned(table, *, public=True):
    """What every row of a lycée has; the rest of the table follows."""
    yield _number("id")
    yield _number("school_id")
    yield sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))
    yield _key(table, "school_id", "school")
    if public:
        yield _text("public_id", 32)
        yield sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id"))


def _indexed(table, *columns):
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def upgrade() -> None:
    """Expand."""
    op.create_table(
        "student_label",
        *_owned("student_label", public=False),
        _number("student_id"),
        _text("code", 12),
        _moment("made_at", nullable=False),
        _key("student_label", "student_id", "student"),
        sa.UniqueConstraint("student_id", name=op.f("uq_student_label_student_id")),
        sa.UniqueConstraint("code", name=op.f("uq_student_label_code")),
    )
    _indexed("student_label", "school_id")
    op.create_table(
        "distribution_session",
        *_owned("distribution_session"),
        _number("campaign_id"),
        _text("name", 80),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", _words("sessionstate", *SESSIONS), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        _number("made_by", nullable=True),
        _moment("made_at", nullable=False),
        _moment("refreshed_at"),
        _moment("opened_at"),
        _moment("closed_at"),
        _key("distribution_session", "campaign_id", "campaign"),
        _key("distribution_session", "made_by", "account"),
        sa.CheckConstraint("state <> 'open' OR opened_at IS NOT NULL", name=op.f("ck_distribution_session_open_since")),
        sa.CheckConstraint(
            "state <> 'closed' OR closed_at IS NOT NULL", name=op.f("ck_distribution_session_closed_since")
        ),
    )
    _indexed("distribution_session", "school_id", "campaign_id")
    op.create_index("ix_distribution_session_school_day", "distribution_session", ["school_id", "day"])
    op.create_table(
        "session_class",
        *_owned("session_class", public=False),
        _number("session_id"),
        _text("class_name", 30),
        sa.Column("called_at", sa.Time(), nullable=True),
        _key("session_class", "session_id", "distribution_session"),
    )
    _indexed("session_class", "school_id", "session_id")
    op.create_index("uq_session_class", "session_class", ["session_id", "class_name"], unique=True)
    op.create_table(
        "station",
        *_owned("station"),
        _number("session_id"),
        _number("number"),
        sa.Column("workshop", _words("workshop", *WORKSHOPS), nullable=False),
        _number("account_id", nullable=True),
        _moment("opened_at"),
        _moment("seen_at"),
        _number("waiting"),
        _moment("closed_at"),
        _key("station", "session_id", "distribution_session"),
        _key("station", "account_id", "account"),
        sa.CheckConstraint("number BETWEEN 1 AND 40", name=op.f("ck_station_few_stations")),
    )
    _indexed("station", "school_id", "session_id", "account_id")
    op.create_index("uq_station_number", "station", ["session_id", "number"], unique=True)
    _attendance()
    _scan()


def _attendance():
    op.create_table(
        "attendance",
        *_owned("attendance"),
        _number("session_id"),
        _number("student_id", nullable=True),
        _number("loan_id", nullable=True),
        _text("pretend_name", 80, nullable=True),
        _text("class_name", 30),
        _text("code", 12),
        sa.Column("state", _words("attendancestate", *ATTENDANCES), nullable=False),
        _text("asset_tag", 20, nullable=True),
        _moment("cleared_at"),
        _moment("served_at"),
        _key("attendance", "session_id", "distribution_session"),
        _key("attendance", "student_id", "student"),
        _key("attendance", "loan_id", "loan"),
        sa.CheckConstraint(
            "(student_id IS NULL) = (pretend_name IS NOT NULL)", name=op.f("ck_attendance_student_or_pretence")
        ),
        sa.CheckConstraint(
            "(state = 'served') = (asset_tag IS NOT NULL)", name=op.f("ck_attendance_served_iff_device")
        ),
        sa.CheckConstraint("(state = 'served') = (served_at IS NOT NULL)", name=op.f("ck_attendance_served_has_date")),
        sa.CheckConstraint(
            "state NOT IN ('cleared', 'served') OR cleared_at IS NOT NULL", name=op.f("ck_attendance_cleared_has_date")
        ),
    )
    _indexed("attendance", "school_id", "session_id", "student_id", "loan_id")
    op.create_index("uq_attendance_student", "attendance", ["session_id", "student_id"], unique=True)
    op.create_index("uq_attendance_code", "attendance", ["session_id", "code"], unique=True)
    op.create_index("uq_attendance_device", "attendance", ["session_id", "asset_tag"], unique=True)
    op.create_index("ix_attendance_class", "attendance", ["session_id", "class_name", "state"])


def _scan():
    op.create_table(
        "scan",
        *_owned("scan"),
        _number("session_id"),
        _number("station_id"),
        _text("key", 36),
        _number("attendance_id", nullable=True),
        _text("asset_tag", 20, nullable=True),
        _moment("scanned_at", nullable=False),
        _moment("received_at", nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("verdict", _words("verdict", *VERDICTS), nullable=False),
        _text("reason", 40, nullable=True),
        _moment("undone_at"),
        _number("settled_by", nullable=True),
        _moment("settled_at"),
        _key("scan", "session_id", "distribution_session"),
        _key("scan", "station_id", "station"),
        _key("scan", "attendance_id", "attendance"),
        _key("scan", "settled_by", "account"),
        sa.CheckConstraint("(verdict = 'accepted') = (reason IS NULL)", name=op.f("ck_scan_reason_unless_accepted")),
        sa.CheckConstraint("(verdict = 'settled') = (settled_at IS NOT NULL)", name=op.f("ck_scan_settled_when")),
    )
    _indexed("scan", "school_id", "session_id", "attendance_id")
    op.create_index("uq_scan_once", "scan", ["station_id", "key"], unique=True)
    op.create_index("ix_scan_station_latest", "scan", ["station_id", "id"])
    where = sa.text("verdict = 'conflict'")
    op.create_index("ix_scan_conflicts", "scan", ["session_id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Contract."""
    for table in ("scan", "attendance", "station", "session_class", "distribution_session", "student_label"):
        op.drop_table(table)
