"""staff credentials."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OLD_ROLES = ("family", "head", "manager", "technician", "region")
ROLES = (*OLD_ROLES, "scan_helper")
OPEN = "ends_on IS NULL AND ended_at IS NULL"


def _only(*names: str) -> str:
    return f"role IN ({', '.join(repr(name) for name in names)})"


def upgrade() -> None:
    """Expand."""
    op.create_table(
        "rate_window",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_rate_window")),
    )
    with op.batch_alter_table("rate_window", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rate_window_closes_at"), ["closes_at"], unique=False)

    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device", sa.String(length=60), nullable=True))

    _periods_of_roles()
    _proofs()
    _helpers()


def _periods_of_roles() -> None:
    """A role becomes a history of periods, each with a name for addresses."""
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index("uq_role_grant_once")
        batch_op.drop_index("uq_role_grant_region_once")
        batch_op.add_column(sa.Column("public_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("delegated_by", sa.Integer(), nullable=True))
    link = op.get_bind()
    grants = sa.table("role_grant", sa.column("id", sa.Integer), sa.column("public_id", sa.String))
    for (grant_id,) in link.execute(sa.select(grants.c.id)).all():
        name = secrets.token_urlsafe(16)
        link.execute(sa.update(grants).where(grants.c.id == grant_id).values(public_id=name))
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.alter_column("public_id", existing_type=sa.String(length=32), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_role_grant_public_id"), ["public_id"])
        batch_op.create_foreign_key(batch_op.f("fk_role_grant_delegated_by"), "account", ["delegated_by"], ["id"])
        batch_op.drop_constraint(batch_op.f("ck_role_grant_role"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_role_grant_role"), _only(*ROLES))
        batch_op.create_check_constraint(
            batch_op.f("ck_role_grant_ends_after_start"), "ends_on IS NULL OR ends_on >= starts_on"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_role_grant_delegated_head_for_a_time"),
            "delegated_by IS NULL OR (role = 'head' AND ends_on IS NOT NULL AND delegated_by <> account_id)",
        )
        batch_op.create_index(
            "uq_role_grant_open",
            ["account_id", "role", "at_school_id"],
            unique=True,
            sqlite_where=sa.text(OPEN),
            postgresql_where=sa.text(OPEN),
        )
        batch_op.create_index(
            "uq_role_grant_region_open",
            ["account_id"],
            unique=True,
            sqlite_where=sa.text(f"at_school_id IS NULL AND {OPEN}"),
            postgresql_where=sa.text(f"at_school_id IS NULL AND {OPEN}"),
        )


def _proofs() -> None:
    op.create_table(
        "password",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_password_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_password")),
    )
    op.create_table(
        "authenticator_app",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR last_step IS NOT NULL", name=op.f("ck_authenticator_app_confirmed_by_a_code")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_authenticator_app_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authenticator_app")),
        sa.UniqueConstraint("public_id", name=op.f("uq_authenticator_app_public_id")),
    )
    with op.batch_alter_table("authenticator_app", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_authenticator_app_account_id"), ["account_id"], unique=False)
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_passkey_public_id")),
    )
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_account_id"), ["account_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index("uq_recovery_code_once", ["account_id", "code_hash"], unique=True)


def _helpers() -> None:
    op.create_table(
        "helper_pass",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("valid_on", sa.Date(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("most BETWEEN 1 AND 30", name=op.f("ck_helper_pass_few_helpers")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_helper_pass_made_by")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_helper_pass_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helper_pass")),
        sa.UniqueConstraint("public_id", name=op.f("uq_helper_pass_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_helper_pass_token_hash")),
    )
    with op.batch_alter_table("helper_pass", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_helper_pass_school_id"), ["school_id"], unique=False)
        batch_op.create_index("ix_helper_pass_school_day", ["school_id", "valid_on"], unique=False)
    op.create_table(
        "scan_helper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pass_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_scan_helper_account_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["role_grant.id"], name=op.f("fk_scan_helper_grant_id")),
        sa.ForeignKeyConstraint(["pass_id"], ["helper_pass.id"], name=op.f("fk_scan_helper_pass_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_scan_helper_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_helper")),
        sa.UniqueConstraint("account_id", name=op.f("uq_scan_helper_account_id")),
        sa.UniqueConstraint("grant_id", name=op.f("uq_scan_helper_grant_id")),
    )
    with op.batch_alter_table("scan_helper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scan_helper_pass_id"), ["pass_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_scan_helper_school_id"), ["school_id"], unique=False)


def downgrade() -> None:
    """Contract. The schema before knows one period of a role: the last one stays; a day's helpers are forgotten."""
    for table in ("scan_helper", "helper_pass", "recovery_code", "passkey", "authenticator_app", "password"):
        op.drop_table(table)
    _one_period_of_roles()
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.drop_column("device")
    op.drop_table("rate_window")


def _one_period_of_roles() -> None:
    link = op.get_bind()
    names = ("id", "account_id", "role", "at_school_id", "ends_on", "ended_at")
    grants = sa.table("role_grant", *(sa.column(name) for name in names))
    link.execute(sa.delete(grants).where(grants.c.role == "scan_helper"))
    later = grants.alias("later")
    same = sa.and_(
        later.c.account_id == grants.c.account_id,
        later.c.role == grants.c.role,
        later.c.at_school_id.is_not_distinct_from(grants.c.at_school_id),
        later.c.id > grants.c.id,
    )
    link.execute(sa.delete(grants).where(sa.exists().where(same)))
    yesterday = (
        sa.func.date(grants.c.ended_at) if link.dialect.name == "sqlite" else sa.cast(grants.c.ended_at, sa.Date)
    )
    over = sa.and_(grants.c.ended_at.is_not(None), sa.or_(grants.c.ends_on.is_(None), grants.c.ends_on > yesterday))
    link.execute(sa.update(grants).where(over).values(ends_on=yesterday))
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index("uq_role_grant_open")
        batch_op.drop_index("uq_role_grant_region_open")
        batch_op.drop_constraint(batch_op.f("ck_role_grant_ends_after_start"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_role_grant_delegated_head_for_a_time"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_role_grant_role"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_role_grant_role"), _only(*OLD_ROLES))
        batch_op.drop_constraint(batch_op.f("fk_role_grant_delegated_by"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_role_grant_public_id"), type_="unique")
        batch_op.drop_column("delegated_by")
        batch_op.drop_column("ended_at")
        batch_op.drop_column("public_id")
        batch_op.create_index("uq_role_grant_once", ["account_id", "role", "at_school_id"], unique=True)
        batch_op.create_index(
            "uq_role_grant_region_once",
            ["account_id"],
            unique=True,
            sqlite_where=sa.text("at_school_id IS NULL"),
            postgresql_where=sa.text("at_school_id IS NULL"),
        )
