"""Letters, doubts, and addresses that wait to be confirmed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.access.rules import LetterFacts
from portal.access.states import DOUBT, LETTER, WAITING, DoubtKind, DoubtState, LetterState
from portal.extensions import Model
from portal.platform.columns import Instant, PublicId, state_column
from portal.platform.scope import StaffScoped

_LIVE = text("state = 'live'")
_WAITING = text(f"state IN ({', '.join(repr(state.value) for state in WAITING)})")


class AccessLetter(StaffScoped, Model):
    """A paper letter to one guardian, or to one adult student. Its code exists in clear on the paper only."""

    id: Mapped[int] = mapped_column(primary_key=True)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id"), index=True)
    student_id: Mapped[int | None] = mapped_column(ForeignKey("student.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"), index=True)
    state: Mapped[LetterState] = mapped_column(state_column(LetterState), default=LETTER.initial)
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    tries: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    printed_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("(guardian_id IS NULL) <> (student_id IS NULL)", name="one_person"),
        CheckConstraint("tries BETWEEN 0 AND 5", name="few_tries"),
        CheckConstraint(
            "state <> 'live' OR (code_hash IS NOT NULL AND printed_at IS NOT NULL AND expires_at IS NOT NULL)",
            name="live_with_a_code",
        ),
        CheckConstraint("(state = 'used') = (used_at IS NOT NULL)", name="used_when"),
        Index("uq_access_letter_guardian_live", "guardian_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("uq_access_letter_student_live", "student_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index(
            "uq_access_letter_guardian_waiting",
            "guardian_id",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index(
            "uq_access_letter_student_waiting",
            "student_id",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    @property
    def facts(self) -> LetterFacts:
        """What the rules need to know of it."""
        return LetterFacts(state=self.state, tries=self.tries, expires_at=self.expires_at)

    def can(self, transition: str) -> bool:
        """Whether the move is possible now."""
        return LETTER.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = LETTER.after(transition, self.state)


class IdentityDoubt(StaffScoped, Model):
    """Two records, or a record and an account, of which a person of the lycée must say whether they are one person.

    `guardian_id` or `student_id` is the lycée's own record; the other side may belong to another lycée, and is then not
    shown. `pair` names both sides, whichever lycée looks. The accounts of before the decision are kept to undo it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    kind: Mapped[DoubtKind] = mapped_column(state_column(DoubtKind))
    state: Mapped[DoubtState] = mapped_column(state_column(DoubtState), default=DOUBT.initial)
    pair: Mapped[str] = mapped_column(String(160), index=True)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id"), index=True)
    student_id: Mapped[int | None] = mapped_column(ForeignKey("student.id"), index=True)
    other_guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id"), index=True)
    other_student_id: Mapped[int | None] = mapped_column(ForeignKey("student.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    subject: Mapped[str | None] = mapped_column(String(120))
    claimed_name: Mapped[str | None] = mapped_column(String(120))
    found_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    united: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    before: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    other_before: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        CheckConstraint("(guardian_id IS NULL) <> (student_id IS NULL)", name="one_person"),
        CheckConstraint("other_guardian_id IS NULL OR other_student_id IS NULL", name="one_other"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_when"),
        CheckConstraint("state = 'same' OR united IS NULL", name="united_if_same"),
        Index("uq_identity_doubt_pair", "school_id", "pair", unique=True),
        Index("ix_identity_doubt_school_state", "school_id", "state"),
    )

    def can(self, transition: str) -> bool:
        """Whether the move is possible now."""
        return DOUBT.allows(transition, self.state)

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = DOUBT.after(transition, self.state)


class ContactClaim(Model):
    """An address with which somebody wants to come in, until they type the code sent there.

    Never the address of the school's record: signing codes do not go there (SIG-1).
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    code_hash: Mapped[str | None] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(Instant, index=True)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (CheckConstraint("tries BETWEEN 0 AND 5", name="few_tries"),)
