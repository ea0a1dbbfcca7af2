"""From the shelf to the family, and back. Called by the features above: charter, shipping, distribution, returns."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.kernel import clock
from portal.loans import queries
from portal.loans.errors import AskedAgain, NotSigned
from portal.loans.events import (
    LoanClosed,
    LoanEvent,
    LoanKept,
    LoanPrepared,
    LoanReceived,
    LoanReopened,
    LoanReturning,
    LoanSent,
    LoanSetAside,
    LoanUnpacked,
    LoanWrittenOff,
    TrackingNumberKnown,
)
from portal.loans.models import Loan
from portal.loans.services.batch import move_together
from portal.loans.states import CharterGate, LoanState
from portal.platform.work import emit, use_case
from portal.stock import services as stock
from portal.stock.services import Want


@use_case
def note_charter(loan_id: int, *, gate: CharterGate, at: datetime | None = None) -> Loan:
    """What the charter now says of the loan; `at` is the time of the signature."""
    loan = queries.lock(loan_id)
    loan.charter, loan.charter_signed_at = gate, at
    return loan


@use_case
def prepare(loan_id: int) -> Loan:
    """A device was scanned for this loan at the bench."""
    loan = queries.lock(loan_id)
    loan.move("prepare")
    loan.prepared_at = clock.now()
    emit(LoanPrepared(school_id=loan.school_id, loan_id=loan.id))
    return loan


@use_case
def unpack(loan_id: int) -> Loan:
    """Undo the preparation; the device stays set aside for this loan."""
    loan = queries.lock(loan_id)
    loan.move("unpack")
    loan.prepared_at = None
    emit(LoanUnpacked(school_id=loan.school_id, loan_id=loan.id))
    return loan


@use_case
def set_aside(loan_id: int) -> Loan:
    """The kit waits at the school, and the family is told where and when."""
    loan = queries.lock(loan_id)
    loan.move("set_aside")
    emit(LoanSetAside(school_id=loan.school_id, loan_id=loan.id))
    return loan


@use_case
def send(loan_ids: Sequence[int]) -> list[Loan]:
    """Parcels left with the carrier: all of them, or none if one has no signed charter."""
    loans = queries.lock_many(loan_ids)
    if any(loan.charter is not CharterGate.SIGNED for loan in loans):
        raise NotSigned
    move_together("send", loans, sent_at=clock.now())
    stock.lend(loan_ids)
    for loan in loans:
        emit(LoanSent(school_id=loan.school_id, loan_id=loan.id))
    return loans


@use_case
def note_tracking(loan_id: int, *, number: str | None) -> Loan:
    """Keep the carrier's number where the family sees it."""
    loan = queries.lock(loan_id)
    loan.tracking_number = number
    if loan.sent_at is not None and number:
        emit(TrackingNumberKnown(school_id=loan.school_id, loan_id=loan.id))
    return loan


@use_case
def receive(loan_id: int) -> Loan:
    """The family has the parcel: the loan is active. Confirmed twice, it is confirmed once."""
    loan = queries.lock(loan_id)
    if loan.received_at is not None:
        return loan
    loan.move("receive")
    loan.received_at = clock.now()
    emit(LoanReceived(school_id=loan.school_id, loan_id=loan.id))
    return loan


@use_case
def collect(loan_id: int) -> Loan:
    """The student or the guardian takes the kit at the school, against the signed charter."""
    loan = queries.lock(loan_id)
    if loan.charter is not CharterGate.SIGNED:
        raise NotSigned
    loan.move("collect")
    loan.received_at = clock.now()
    stock.lend([loan.id])
    emit(LoanReceived(school_id=loan.school_id, loan_id=loan.id))
    return loan


@use_case
def hand_over(loan_id: int, *, asset_tag: str) -> Loan:
    """On distribution day: this very device goes from the pile to the student, whether the kit was set aside or not.

    The family is told by the event of whoever calls, once the slip of a scanner can no longer be undone.
    """
    loan = queries.lock(loan_id)
    if loan.charter is not CharterGate.SIGNED:
        raise NotSigned
    for step in ("prepare", "set_aside"):
        if loan.can(step):
            loan.move(step)
    loan.move("collect")
    loan.received_at = clock.now()
    loan.prepared_at = loan.prepared_at or loan.received_at
    stock.hand_out(Want(loan.id, loan.student_id, loan.kind), asset_tag=asset_tag)
    return loan


@use_case
def take_back_kit(loan_id: int) -> Loan:
    """Undo a hand-over that was a slip: the device is still at the school, set aside for the same loan."""
    loan = queries.lock(loan_id)
    loan.move("take_back_kit")
    loan.received_at = loan.prepared_at = None
    stock.unlend([loan.id])
    return loan


@use_case
def turn_back(loan_id: int) -> Loan:
    """The parcel comes back to the school, or the family gives the kit back; the device is still theirs on paper."""
    loan = queries.lock(loan_id)
    loan.move("give_back")
    emit(LoanReturning(school_id=loan.school_id, loan_id=loan.id))
    return loan


@use_case
def returning(loan_id: int) -> bool:
    """The carrier brings the parcel back: whether the loan now comes back, or did already. One that is lent stays lent."""
    loan = queries.lock(loan_id)
    if loan.state is LoanState.IN_TRANSIT:
        turn_back(loan_id)
    return loan.state is LoanState.RETURNING


@use_case
def close(loan_id: int) -> Loan:
    """The kit is back at the school: the loan ends, and its device waits to be checked in."""
    return _end(loan_id, "close", device="come_back", event=LoanClosed)


@use_case
def reopen(loan_id: int, *, last_step: int) -> Loan:
    """Undo a return that was a slip: the same device is lent again, if `last_step` is still the last of its history.

    The caller holds the school. Raises `AskedAgain`, and what `stock.come_back_undone` raises.
    """
    loan = queries.lock(loan_id)
    loan.move("reopen")
    loan.ended_at = None
    try:
        db.session.flush()  # a student has one open loan: the database says so now
    except IntegrityError as race:
        raise AskedAgain from race
    stock.come_back_undone(Want(loan.id, loan.student_id, loan.kind), last_step=last_step)
    emit(LoanReopened(school_id=loan.school_id, loan_id=loan.id))
    return loan


@use_case
def keep(loan_id: int) -> Loan:
    """End of studies: the device is given to the student, free of charge."""
    return _end(loan_id, "keep", device="give", event=LoanKept)


@use_case
def write_off(loan_id: int, *, device: str) -> Loan:
    """Nothing will come back; `device` is the move that says why: declare_stolen, declare_lost or declare_broken."""
    return _end(loan_id, "write_off", device=device, event=LoanWrittenOff)


def _end(loan_id: int, transition: str, *, device: str, event: type[LoanEvent]) -> Loan:
    loan = queries.lock(loan_id)
    loan.move(transition)
    loan.ended_at = clock.now()
    stock.let_go(loan.id, device)
    emit(event(school_id=loan.school_id, loan_id=loan.id))
    return loan
