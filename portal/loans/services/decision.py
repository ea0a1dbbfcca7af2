"""The head's decision: one or many at once, never beyond stock, undone until the family is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from portal.kernel import clock
from portal.loans import queries
from portal.loans.errors import AlreadyTold, AskedAgain, NothingToDecide, Opposition
from portal.loans.events import DecisionTakenBack, LoanApproved, LoanRefused, LoanWaitlisted
from portal.loans.models import Loan
from portal.loans.services.batch import move_together
from portal.loans.states import TO_DECIDE, CharterGate, LoanState
from portal.platform import outbox
from portal.platform.work import emit, use_case
from portal.schools import services as schools
from portal.stock import services as stock

ANNOUNCEMENTS = (LoanApproved, LoanRefused, LoanWaitlisted)


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of the requests: their numbers, in the order they came.

    `at` is the instant that everything decided here bears; `still_waiting` were on the waiting list and stay there.
    """

    at: datetime
    approved: tuple[int, ...] = ()
    waitlisted: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()
    still_waiting: tuple[int, ...] = ()
    already_decided: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything moved at all."""
        return bool(self.approved or self.waitlisted or self.refused)


def _waiting(loan_ids: Sequence[int]) -> list[Loan]:
    """One decision at a time in a school: the school is held first, then its loans, as a scan does."""
    for school_id in queries.schools_of(loan_ids):
        schools.lock(school_id)
    loans = [loan for loan in queries.lock_many(loan_ids) if loan.state in TO_DECIDE]
    if not loans:
        raise NothingToDecide
    return loans


@use_case
def approve(loan_ids: Sequence[int], *, by: int, undo_seconds: int) -> Decision:
    """Approve requests as far as the stock goes, oldest first; the others join the waiting list.

    A constant number of statements, however many requests. Requests that somebody else decided meanwhile are left
    alone and counted. One opposition stops the whole batch, so that it is looked at.
    """
    loans = _waiting(loan_ids)
    if any(loan.charter is CharterGate.OPPOSED for loan in loans) and len(loans) > 1:
        raise Opposition
    served, now = _set_aside(loans), clock.now()
    approved = [loan for loan in loans if loan.id in served]
    waiting = [loan for loan in loans if loan.id not in served]
    newly_waiting = [loan for loan in waiting if loan.state is LoanState.SUBMITTED]
    move_together("approve", approved, decided_by=by, decided_at=now)
    move_together("waitlist", newly_waiting, decided_by=by, decided_at=now)
    for loan in approved:
        emit(LoanApproved(school_id=loan.school_id, loan_id=loan.id), delay=undo_seconds)
    for loan in newly_waiting:
        emit(LoanWaitlisted(school_id=loan.school_id, loan_id=loan.id), delay=undo_seconds)
    return Decision(
        at=now,
        approved=tuple(loan.id for loan in approved),
        waitlisted=tuple(loan.id for loan in newly_waiting),
        still_waiting=tuple(loan.id for loan in waiting if loan not in newly_waiting),
        already_decided=len(set(loan_ids)) - len(loans),
    )


def _set_aside(loans: Sequence[Loan]) -> set[int]:
    """A device for as many as each lycée's stock can serve; returns the loans served."""
    served: set[int] = set()
    for school_id in sorted({loan.school_id for loan in loans}):
        wants = [stock.Want(loan.id, loan.student_id, loan.kind) for loan in loans if loan.school_id == school_id]
        served |= stock.reserve(wants, school_id=school_id)
    return served


@use_case
def refuse(loan_ids: Sequence[int], *, reason: str, by: int, undo_seconds: int) -> Decision:
    """Refuse requests with a reason that the family will read."""
    loans = _waiting(loan_ids)
    now = clock.now()
    move_together("refuse", loans, decided_by=by, decided_at=now, reason=reason, ended_at=now)
    for loan in loans:
        emit(LoanRefused(school_id=loan.school_id, loan_id=loan.id), delay=undo_seconds)
    refused = tuple(loan.id for loan in loans)
    return Decision(at=now, refused=refused, already_decided=len(set(loan_ids)) - len(loans))


@use_case
def take_back(loan_ids: Sequence[int]) -> list[int]:
    """Undo decisions that nobody was told; what was set aside becomes free again. Returns the loans undone."""
    loans = queries.lock_many(loan_ids)
    by_subject = {f"loan:{loan.id}": loan for loan in loans}
    in_time = outbox.withdraw(ANNOUNCEMENTS, by_subject)
    undone = [loan for subject, loan in by_subject.items() if subject in in_time and loan.can("take_back")]
    if not undone:
        raise AlreadyTold
    ids = [loan.id for loan in undone]
    stock.release(ids)
    try:
        move_together("take_back", undone, decided_by=None, decided_at=None, reason=None, ended_at=None)
    except IntegrityError as race:
        raise AskedAgain from race
    for loan in undone:
        emit(DecisionTakenBack(school_id=loan.school_id, loan_id=loan.id))
    return ids


@use_case
def note_told(loan_id: int) -> None:
    """Remember that the family knows; from here on the decision stands."""
    loan = queries.lock(loan_id)
    loan.told_at = clock.now()
