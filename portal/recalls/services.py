"""Use-cases: a day of return is set, moved, reminded; a family is called; the device comes back."""

from collections.abc import Collection
from datetime import date

from portal.extensions import db
from portal.kernel import clock
from portal.loans import queries as loan_queries
from portal.loans import services as loans
from portal.loans.states import LoanState
from portal.loans.story import day_of
from portal.platform import actor, scope
from portal.platform.work import emit, use_case
from portal.recalls import queries, rules
from portal.recalls.errors import ComesTooLate, StillTravelling
from portal.recalls.events import CallTakenBack, FamilyCalled, ReturnMoved, ReturnReminded
from portal.recalls.models import Recall
from portal.recalls.states import Unfit
from portal.schools import services as schools
from portal.stock import queries as devices
from portal.stock import services as stock
from portal.stock.states import Condition


@use_case
def expect_none(loan_ids: Collection[int], *, school_id: int) -> None:
    """These loans of the emergency pool last as long as any other: the student was only absent on the day."""
    for loan_id, student_id in queries.students(loan_ids).items():
        if queries.of_loan(loan_id) is None:
            db.session.add(Recall(school_id=school_id, loan_id=loan_id, student_id=student_id))


@use_case
def expect_back(loan_id: int) -> None:
    """A device of the emergency pool has left: say until when. Told twice, it is the same day.

    A parcel that has come keeps the day it was given, whatever the rules became; handed over anew, a device has left anew.
    """
    leaving = queries.leaving(loan_id)
    if leaving is None:
        return
    day = rules.return_day(day_of(leaving.left_at), days=leaving.days, calendar=leaving.calendar)
    recall = queries.of_loan(loan_id)
    if recall is None:
        loan = leaving.loan
        db.session.add(Recall(school_id=loan.school_id, loan_id=loan.id, student_id=loan.student_id, due_on=day))
    elif recall.due_on is not None and recall.reason is None and leaving.loan.sent_at is None:
        recall.due_on = day


@use_case
def move(public_id: str, *, due_on: date | None, reason: str) -> date | None:
    """Choose another day of return, or the first open day after it; None, and the loan lasts as any other.

    Returns the day. Reminders and the call begin again; the family is told.
    """
    recall = queries.lock(public_id)
    day = queries.calendar(recall.school_id).opening(due_on) if due_on else None
    recall.due_on, recall.reason = day, reason
    recall.reminders = rules.reached(day, clock.today()) if day else 0
    recall.called_at = recall.called_by = None
    emit(ReturnMoved(school_id=recall.school_id, loan_id=recall.loan_id))
    return day


@use_case
def remind_all() -> int:
    """What the schedule says for today, in every school; run twice, it changes nothing. Returns how many are reminded."""
    today = clock.today()
    with scope.every_school(reason="reminders"):
        due = [
            (recall, rules.reached(recall.due_on, today))
            for recall, calendar in queries.expected()
            if recall.due_on and calendar.opens(today) and rules.reached(recall.due_on, today) > recall.reminders
        ]
        for recall, reached in due:
            recall.reminders, recall.reminded_at = reached, clock.now()
            late = recall.due_on is not None and today > recall.due_on
            emit(ReturnReminded(school_id=recall.school_id, loan_id=recall.loan_id, late=late))
        db.session.flush()
    return len(due)


@use_case
def note_call(public_id: str) -> None:
    """The family was called; noted twice, the last call counts."""
    recall = queries.lock(public_id)
    recall.called_at, recall.called_by = clock.now(), actor.current().account_id
    emit(FamilyCalled(school_id=recall.school_id, loan_id=recall.loan_id))


@use_case
def take_call_back(public_id: str) -> None:
    """It was another family."""
    recall = queries.lock(public_id)
    recall.called_at = recall.called_by = None
    emit(CallTakenBack(school_id=recall.school_id, loan_id=recall.loan_id))


@use_case
def check_in(public_id: str, *, found: Condition | Unfit) -> None:
    """The device is back at the lycée: the loan ends, and the device is in stock again, in repair, or to be looked at.

    It can be taken back (`take_return_back`) as long as this is the last step of the device.
    """
    recall = queries.lock(public_id)
    state = loan_queries.lock(recall.loan_id).state
    if state is LoanState.IN_TRANSIT:
        raise StillTravelling
    if state is not LoanState.LENT:
        raise ComesTooLate
    device_id = queries.device_of(recall.loan_id)
    loans.turn_back(recall.loan_id)
    loans.close(recall.loan_id)
    if isinstance(found, Condition):
        stock.note_condition(device_id, found, restock=True)
    elif found is Unfit.BROKEN:
        stock.move_on(device_id, "send_to_repair")
    recall.returned_step = devices.last_step(device_id).id


@use_case
def take_return_back(public_id: str, *, school_id: int) -> None:
    """The return was a slip: device, loan and recall are as before it. Taken back twice, it is taken back once.

    Raises `UsedSince` when something happened to the device since, `AskedAgain` when the student asked for another one.
    """
    schools.lock(school_id)
    recall = queries.lock(public_id)
    if recall.returned_step is not None:
        loans.reopen(recall.loan_id, last_step=recall.returned_step)
        recall.returned_step = None
