"""Accounts, the roles they hold, and the links that let them in."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.rules import LinkFacts
from portal.extensions import Model
from portal.platform.columns import Instant, PublicId
from portal.policy import Role

OPEN = "ends_on IS NULL AND ended_at IS NULL"


class Account(Model):
    """Somebody who can enter. One person has one account, however many children or lycées.

    `came_at` is the first time they did: a lycée sees who still needs help to come in.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    mobile: Mapped[str | None] = mapped_column(String(20), unique=True)
    language: Mapped[str] = mapped_column(String(8), default="fr")
    created_at: Mapped[datetime] = mapped_column(Instant)
    came_at: Mapped[datetime | None] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (CheckConstraint("email = lower(email)", name="email_in_lower_case"),)


class RoleGrant(Model):
    """A role of staff, in one school or (region) in none, between two dates, both included: a history of periods.

    `ended_at` cuts a period short, at that instant. `delegated_by` is the head whose deputy holds the role meanwhile.
    Periods of one role do not overlap: `services.grant_role` sees to it under a lock; the indexes refuse two without end.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[Role] = mapped_column(
        Enum(
            Role,
            native_enum=False,
            length=16,
            create_constraint=True,
            name="role",
            values_callable=lambda e: [r.value for r in e],
        )
    )
    at_school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    delegated_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        CheckConstraint("(role = 'region') = (at_school_id IS NULL)", name="school_unless_region"),
        CheckConstraint("role <> 'family'", name="staff_only"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint(
            "delegated_by IS NULL OR (role = 'head' AND ends_on IS NOT NULL AND delegated_by <> account_id)",
            name="delegated_head_for_a_time",
        ),
        Index(
            "uq_role_grant_open",
            "account_id",
            "role",
            "at_school_id",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        # Two empty schools are not equal to a database: the region's role needs a rule of its own.
        Index(
            "uq_role_grant_region_open",
            "account_id",
            unique=True,
            sqlite_where=text(f"at_school_id IS NULL AND {OPEN}"),
            postgresql_where=text(f"at_school_id IS NULL AND {OPEN}"),
        ),
    )


class SignInLink(Model):
    """A way in, asked for by its owner. Of the contact, the browser, the link and the code, only keyed hashes are kept.

    Without an account the contact is unknown: the row is the same, and nothing is sent.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    by_sms: Mapped[bool] = mapped_column(default=False, server_default=false())
    address_hash: Mapped[str] = mapped_column(String(64))
    browser_hash: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(Instant, index=True)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    drawn_at: Mapped[datetime | None] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    next_path: Mapped[str | None] = mapped_column(String(300))

    __table_args__ = (
        CheckConstraint("tries BETWEEN 0 AND 5", name="few_tries"),
        CheckConstraint(
            "(drawn_at IS NULL) = (token_hash IS NULL) AND (drawn_at IS NULL) = (code_hash IS NULL)",
            name="drawn_together",
        ),
        CheckConstraint("drawn_at IS NULL OR account_id IS NOT NULL", name="drawn_for_an_account"),
        Index("ix_sign_in_link_address_asked", "address_hash", "asked_at"),
    )

    @property
    def facts(self) -> LinkFacts:
        """What the rules need to know of it."""
        return LinkFacts(expires_at=self.expires_at, used=self.used_at is not None, tries=self.tries)
