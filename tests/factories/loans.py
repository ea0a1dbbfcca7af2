"""Loans in any state, moved there through the table of transitions, every column as a real one would have it."""

from collections import deque
from datetime import datetime, timedelta
from typing import Any

from portal.kernel import clock
from portal.kernel.values.references import new_reference
from portal.loans.models import Loan
from portal.loans.states import ENDED, LOAN, OUT, CharterGate, Delivery, LoanState
from portal.roster.models import Student
from portal.stock.models import Device
from portal.stock.states import DeviceState
from tests.factories import people
from tests.factories.roster import student as new_student
from tests.factories.schools import usual_campaign
from tests.factories.stock import device
from tests.factories.writing import add, every, made

WITH_DEVICE = {
    LoanState.APPROVED: DeviceState.RESERVED,
    LoanState.PREPARING: DeviceState.RESERVED,
    LoanState.AWAITING_PICKUP: DeviceState.RESERVED,
    LoanState.IN_TRANSIT: DeviceState.LENT,
    LoanState.LENT: DeviceState.LENT,
    LoanState.RETURNING: DeviceState.LENT,
}
"""The states in which a device is held, and its own state then."""

NEEDS_SIGNATURE = frozenset({*OUT, LoanState.AWAITING_PICKUP, LoanState.CLOSED, LoanState.KEPT, LoanState.WRITTEN_OFF})
"""What cannot be reached without a signed charter."""

DATES = {
    "submit": "submitted_at",
    "approve": "decided_at",
    "refuse": "decided_at",
    "waitlist": "decided_at",
    "prepare": "prepared_at",
    "send": "sent_at",
    "receive": "received_at",
    "collect": "received_at",
}
BY_SCHOOL = frozenset({"set_aside", "collect"})
BY_POST = frozenset({"send", "receive"})


@made
def loan(
    *,
    state: LoanState = LoanState.DRAFT,
    student: Student | None = None,
    delivery: Delivery = Delivery.HOME,
    charter: CharterGate | None = None,
    with_device: bool = True,
    **values: Any,
) -> Loan:
    """One student and one kit, in `state`.

    The device that the state implies is made with it (`device_of(loan)`), unless `with_device=False`. The charter is
    signed where the state needs it, to sign otherwise. Days pass between the moves; the last one was an hour ago.
    """
    if state is LoanState.AWAITING_PICKUP:
        delivery = Delivery.SCHOOL
    path = moves_to(state, delivery)
    at = clock.now() - timedelta(days=len(path), hours=1)
    pupil = student or new_student()
    row = Loan(
        school_id=pupil.school_id,
        student_id=pupil.id,
        campaign_id=values.pop("campaign_id", None) or usual_campaign().id,
        reference=new_reference(),
        state=LOAN.initial,
        started_at=at,
        saved_at=at,
    )
    if state is not LoanState.DRAFT:
        _answer(row, delivery, pupil)
    gate = charter or (CharterGate.SIGNED if state in NEEDS_SIGNATURE else CharterGate.TO_SIGN)
    row.charter, row.charter_signed_at = gate, at + timedelta(hours=2) if gate is CharterGate.SIGNED else None
    for name in path:
        at += timedelta(days=1)
        row.move(name)
        if name in DATES:
            setattr(row, DATES[name], at)
    _end(row, at)
    for name, value in values.items():
        setattr(row, name, value)
    add(row)
    if with_device and state in WITH_DEVICE:
        device(loan=row, state=WITH_DEVICE[state])
    return row


def device_of(loan: Loan) -> Device:
    """The device that a loan holds."""
    return every(Device, loan_id=loan.id)[0]


def moves_to(state: LoanState, delivery: Delivery) -> list[str]:
    """The shortest way to a state, by post or by the school's desk."""
    avoided = BY_SCHOOL if delivery is Delivery.HOME else BY_POST
    ways: deque[tuple[LoanState, list[str]]] = deque([(LOAN.initial, [])])
    seen = {LOAN.initial}
    while ways:
        here, names = ways.popleft()
        if here is state:
            return names
        for move in LOAN.transitions.values():
            if here in move.sources and move.target not in seen and move.name not in avoided:
                seen.add(move.target)
                ways.append((move.target, [*names, move.name]))
    raise AssertionError(f"no way to {state} with delivery {delivery}")


def _answer(row: Loan, delivery: Delivery, pupil: Student) -> None:
    """What the family answers before it sends its request."""
    n = people.number()
    row.delivery, row.address_confirmed = delivery, delivery is Delivery.HOME
    row.contact_email, row.contact_mobile = people.email("famille", n), people.mobile(n)
    if delivery is Delivery.HOME:
        for name, value in people.address(n, f"Famille {pupil.family_name}").items():
            setattr(row, name, value)


def _end(row: Loan, at: datetime) -> None:
    """What the last states add."""
    if row.state is LoanState.REFUSED:
        row.reason = "Un prêt est déjà en cours pour cet élève."
    if row.state in ENDED:
        row.ended_at = at
    if row.sent_at:
        row.tracking_number = f"6A{people.number():011d}"
