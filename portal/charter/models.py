"""Versions of the charter, their drafts and translations; one row per person asked to sign; decisions on who signs."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.charter.states import DESK, LIVE_DESK, SIGNATURE, Decided, DeskState, SignatureState, SigningRoute
from portal.extensions import Model
from portal.platform.columns import Instant, PublicId, state_column
from portal.platform.scope import FamilyScoped, StaffScoped

_LIVE = f"state IN ({', '.join(repr(state.value) for state in LIVE_DESK)})"


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


class CharterDraft(Model):
    """The next text of a campaign, while the region writes it. `edition` counts the savings: nobody's words are lost.

    `preview_key` is the file that the worker printed of the edition `preview_edition`.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    source: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    edition: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    preview_key: Mapped[str | None] = mapped_column(String(120))
    preview_edition: Mapped[int | None]


class CharterTranslation(Model):
    """A courtesy translation of a published text; only the French engages. Corrected, it is a new `revision`.

    Rows never change: what somebody read beside the French text can be shown years later.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("charter_version.id"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    revision: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        Index("uq_charter_translation_revision", "version_id", "language", "revision", unique=True),
        CheckConstraint("language <> 'fr'", name="not_french"),
    )


class CharterDecision(StaffScoped, Model):
    """What was recorded or decided about who signs for a student: by whom, in which capacity, why, on which paper seen.

    An opposition names its guardian; an emancipation names the paper that the head saw (Code civil, art. 372-2, 413-6).
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id"))
    kind: Mapped[Decided] = mapped_column(state_column(Decided))
    reason: Mapped[str | None] = mapped_column(String(500))
    document: Mapped[str | None] = mapped_column(String(160))
    decided_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        CheckConstraint("(kind LIKE 'opposition%') = (guardian_id IS NOT NULL)", name="opposition_is_somebodys"),
        CheckConstraint("kind <> 'emancipated' OR document IS NOT NULL", name="emancipated_by_a_paper"),
    )


class CharterSignature(FamilyScoped, Model):
    """One person asked to sign one loan's charter: what was shown, how they were recognised, what was sealed.

    `blanks` are the values with which the presented file was filled: the page shows the same words for ever. `reminders`
    counts those that the schedule has sent; `undelivered_at` is set while the last message to this person has not arrived.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), index=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("charter_version.id"), index=True)
    translation_id: Mapped[int | None] = mapped_column(ForeignKey("charter_translation.id"))
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

    route: Mapped[SigningRoute | None] = mapped_column(state_column(SigningRoute))
    reminders: Mapped[int] = mapped_column(default=0, server_default="0")
    reminded_at: Mapped[datetime | None] = mapped_column(Instant)
    undelivered_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("code_tries BETWEEN 0 AND 5", name="few_tries"),
        CheckConstraint("(state IN ('signed', 'sealed')) = (signed_at IS NOT NULL)", name="signed_has_date"),
        CheckConstraint("(state = 'sealed') = (sealed_key IS NOT NULL)", name="sealed_iff_file"),
        CheckConstraint(
            "state NOT IN ('displayed', 'code_verified', 'signed', 'sealed') OR presented_sha256 IS NOT NULL",
            name="shown_is_known",
        ),
        Index("uq_charter_signature_person", "loan_id", "version_id", "legal_title", "name_on_record", unique=True),
    )

    def can(self, transition: str) -> bool:
        """Whether the move is possible now."""
        return SIGNATURE.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = SIGNATURE.after(transition, self.state)


class CharterDesk(StaffScoped, Model):
    """One charter shown on a tablet of the school, with an agent present; nothing else opens with its token.

    First a short code that the tablet types (`code_hash`), then the tablet's own token (`token_hash`): each exists in
    clear in one place only. `expires_at` ends whichever is awaited. `agent_id` is an account, and outlives it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), index=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("charter_signature.id"), index=True)
    state: Mapped[DeskState] = mapped_column(state_column(DeskState), default=DESK.initial)
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    agent_id: Mapped[int]
    agent_role: Mapped[str] = mapped_column(String(20))
    identity_seen: Mapped[bool]
    started_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("(state IN ('waiting', 'open')) = (ended_at IS NULL)", name="ended_has_date"),
        CheckConstraint("state <> 'open' OR token_hash IS NOT NULL", name="open_has_token"),
        Index(
            "uq_charter_desk_live",
            "signature_id",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
    )

    def can(self, transition: str) -> bool:
        """Whether the move is possible now."""
        return DESK.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = DESK.after(transition, self.state)


class CharterPaper(StaffScoped, Model):
    """A charter signed on paper, scanned by an agent who saw the sheet: equal to the others (SIG-11).

    The `blank_…` columns are the file that was printed, put back if the scan turns out to be another family's.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), index=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("charter_signature.id"), index=True)
    scan_key: Mapped[str] = mapped_column(String(120))
    scan_sha256: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int]
    name_on_paper: Mapped[str] = mapped_column(String(120))
    signed_on: Mapped[date]
    agent_id: Mapped[int]
    agent_role: Mapped[str] = mapped_column(String(20))
    identity_seen: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    blank_key: Mapped[str] = mapped_column(String(120))
    blank_sha256: Mapped[str] = mapped_column(String(64))
    blank_box: Mapped[str] = mapped_column(String(80))
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_by: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(300))

    __table_args__ = (
        CheckConstraint("pages BETWEEN 1 AND 12", name="few_pages"),
        CheckConstraint(
            "(revoked_at IS NULL) = (reason IS NULL) AND (revoked_at IS NULL) = (revoked_by IS NULL)",
            name="revoked_with_reason",
        ),
        Index(
            "uq_charter_paper_live",
            "signature_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )
