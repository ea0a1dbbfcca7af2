"""Versions of the charter, their drafts and translations; one row per person asked to sign; decisions on who signs."""

from collections.abc import Mapping
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    event,
    inspect,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from portal.charter import chain
from portal.charter.states import DESK, LIVE_DESK, SIGNATURE, Decided, DeskState, SignatureState, SigningRoute
from portal.extensions import Model
from portal.kernel import clock
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

    `contact_source` is where the school's record had `code_to` from, when the code was asked for.
    `blanks` are the values with which the presented file was filled: the page shows the same words for ever. `reminders`
    counts those that the schedule has sent; `undelivered_at` is set while the last message to this person has not arrived.

    `journal_length` and `journal_sha256` are the number of events of its journal (`CharterEvent`) and the hash of the last
    one. `stamped_at` is the authority's time, once proved; until then `stamp_due_at` says when to ask it (again).
    `archive_until` is the end of the certificate of the archive's last stamp.
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
    contact_source: Mapped[str | None] = mapped_column(String(120))
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

    journal_length: Mapped[int] = mapped_column(default=0, server_default="0")
    journal_sha256: Mapped[str | None] = mapped_column(String(64))
    code_accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    stamped_at: Mapped[datetime | None] = mapped_column(Instant)
    stamp_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    stamp_due_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    archive_key: Mapped[str | None] = mapped_column(String(120))
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    archive_until: Mapped[datetime | None] = mapped_column(Instant)

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
        CheckConstraint("stamped_at IS NULL OR sealed_key IS NOT NULL", name="stamped_is_sealed"),
        CheckConstraint("(archive_key IS NULL) = (archive_until IS NULL)", name="archive_has_end"),
        Index("uq_charter_signature_person", "loan_id", "version_id", "legal_title", "name_on_record", unique=True),
    )

    @validates("sealed_key")
    def _without_its_file(self, _name: str, key: str | None) -> str | None:
        """A sealed file taken back (a paper of another family) takes its time stamp and its archive with it."""
        if key is None:
            self.stamped_at = self.stamp_due_at = None
            self.archive_key = self.archived_at = self.archive_until = None
        return key

    def can(self, transition: str) -> bool:
        """Whether the move is possible now."""
        return SIGNATURE.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = SIGNATURE.after(transition, self.state)


class CharterEvent(FamilyScoped, Model):
    """Something observed of a signature, chained to what was observed before; written by `_journal`, never changed."""

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("charter_signature.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(Instant)
    previous: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[datetime] = mapped_column(Instant, index=True)

    signature: Mapped[CharterSignature] = relationship(lazy="raise")

    __table_args__ = (Index("uq_charter_event_number", "signature_id", "number", unique=True),)


OBSERVED = {
    "invited_at": "invited",
    "displayed_at": "document_displayed",
    "code_asked_at": "code_asked",
    "code_sent_at": "code_drawn",
    "code_accepted_at": "code_accepted_by_relay",
    "code_tries": "code_tried",
    "verified_at": "code_verified",
    "signed_at": "signed",
    "declined_at": "declined",
    "sealed_at": "sealed",
    "stamped_at": "timestamped",
    "archived_at": "archived",
}
"""Which column, when it is given a value, tells of which event: in the order in which they happen."""

ENDS = {SignatureState.EXPIRED: "expired", SignatureState.REVOKED: "revoked"}
"""Ends that no column dates."""


@event.listens_for(Session, "before_flush")
def _journal(session: Session, _context: object, _instances: object) -> None:
    """Write down what changes, in the same transaction, whichever use-case changes it: nothing happens unobserved."""
    for row in (*session.new, *session.dirty):
        if isinstance(row, CharterSignature):
            for at, kind in _news(row):
                row.journal_length = (row.journal_length or 0) + 1
                link = chain.link(
                    number=row.journal_length, at=at, kind=kind, previous=row.journal_sha256 or chain.START
                )
                row.journal_sha256 = str(link["sha256"])
                session.add(_event(row, link, at))


def _news(row: CharterSignature) -> list[tuple[datetime, str]]:
    """What this flush tells of a signature, in order of time; what no column dates came just before what follows it."""
    state = inspect(row).attrs
    news: list[tuple[datetime, str]] = []
    at = clock.now()
    for name, kind in reversed(OBSERVED.items()):
        given = [value for value in state[name].history.added or () if value]
        if given:
            at = given[0] if isinstance(given[0], datetime) else at
            news.insert(0, (at, kind))
    news += [(clock.now(), ENDS[end]) for end in state["state"].history.added or () if end in ENDS]
    return sorted(news, key=itemgetter(0))


def _event(row: CharterSignature, link: Mapping[str, Any], at: datetime) -> CharterEvent:
    return CharterEvent(
        signature=row,
        school_id=row.school_id,
        student_id=row.student_id,
        number=link["n"],
        kind=link["type"],
        at=at,
        previous=link["prev_sha256"],
        sha256=link["sha256"],
        written_at=clock.now(),
    )


class CharterHead(Model):
    """A day's chain head: what was published of all journals, outside the database, and the file that says it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    journals: Mapped[int]
    previous: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    file_key: Mapped[str] = mapped_column(String(120))
    published_at: Mapped[datetime] = mapped_column(Instant)
    stamped_at: Mapped[datetime | None] = mapped_column(Instant)


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
