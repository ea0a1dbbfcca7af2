"""Versions of the charter, and one row per person asked to sign."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.charter.states import SIGNATURE, SignatureState
from portal.extensions import Model
from portal.platform.columns import Instant, PublicId, state_column
from portal.platform.scope import FamilyScoped


class CharterVersion(Model):
    """A text of the region for a campaign. Frozen at the first signature: a change is a new version."""

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(160))
    source: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(Instant)
    frozen_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index("uq_charter_version_number", "campaign_id", "number", unique=True),)


class CharterSignature(FamilyScoped, Model):
    """One person asked to sign one loan's charter: what was shown, how they were recognised, what was sealed.

    `blanks` are the values with which the presented file was filled: the page shows the same words for ever.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), index=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("charter_version.id"), index=True)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    legal_title: Mapped[str] = mapped_column(String(40))
    name_on_record: Mapped[str] = mapped_column(String(120))
    state: Mapped[SignatureState] = mapped_column(state_column(SignatureState), default=SIGNATURE.initial)

    presented_key: Mapped[str | None] = mapped_column(String(120))
    presented_sha256: Mapped[str | None] = mapped_column(String(64))
    box: Mapped[str | None] = mapped_column(String(80))
    blanks: Mapped[dict[str, str] | None] = mapped_column(JSON)

    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_channel: Mapped[str | None] = mapped_column(String(8))
    code_to: Mapped[str | None] = mapped_column(String(254))
    code_asked_at: Mapped[datetime | None] = mapped_column(Instant)
    code_sent_at: Mapped[datetime | None] = mapped_column(Instant)
    code_expires_at: Mapped[datetime | None] = mapped_column(Instant)
    code_tries: Mapped[int] = mapped_column(default=0)
    codes_asked: Mapped[int] = mapped_column(default=0)
    code_session: Mapped[str | None] = mapped_column(String(64))

    name_typed: Mapped[str | None] = mapped_column(String(120))
    consent_sha256: Mapped[str | None] = mapped_column(String(64))
    language_shown: Mapped[str | None] = mapped_column(String(8))
    invited_at: Mapped[datetime] = mapped_column(Instant)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    displayed_at: Mapped[datetime | None] = mapped_column(Instant)
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    signed_at: Mapped[datetime | None] = mapped_column(Instant)
    sealed_at: Mapped[datetime | None] = mapped_column(Instant)
    declined_at: Mapped[datetime | None] = mapped_column(Instant)
    sealed_key: Mapped[str | None] = mapped_column(String(120))

    __table_args__ = (
        CheckConstraint("code_tries BETWEEN 0 AND 5", name="few_tries"),
        CheckConstraint("(state IN ('signed', 'sealed')) = (signed_at IS NOT NULL)", name="signed_has_date"),
        CheckConstraint("(state = 'sealed') = (sealed_key IS NOT NULL)", name="sealed_iff_file"),
        CheckConstraint(
            "state NOT IN ('displayed', 'code_verified', 'signed', 'sealed') OR presented_sha256 IS NOT NULL",
            name="shown_is_known",
        ),
        Index("uq_charter_signature_person", "loan_id", "legal_title", "name_on_record", unique=True),
    )

    def can(self, transition: str) -> bool:
        """Whether the move is possible now."""
        return SIGNATURE.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = SIGNATURE.after(transition, self.state)
