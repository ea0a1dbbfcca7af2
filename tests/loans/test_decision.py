"""The decision itself, on both databases: against stock, never beyond it, undone until the family is told."""

from collections import Counter
from threading import Barrier, Thread

import pytest

from portal.kernel import clock as time
from portal.loans import services
from portal.loans.errors import AlreadyTold, AskedAgain, NothingToDecide, Opposition
from portal.loans.models import Loan
from portal.loans.states import CharterGate, LoanState
from portal.platform import actor, outbox, scope
from portal.platform.outbox import OutboxState
from portal.stock.models import Device, DeviceMovement
from portal.stock.states import DeviceKind, DeviceState, Pool
from tests import factories as make
from tests.databases import counted
from tests.visitor import apart

TEN_MINUTES = 600


@pytest.fixture
def head(db):
    """The test acts as the head, in the scope of the lycée."""
    somebody = make.head()
    with actor.acting(actor.person(somebody.actor)), scope.schools(somebody.school.id):
        yield somebody


def requests(number, **values):
    return [make.loan(state=LoanState.SUBMITTED, **values) for _ in range(number)]


def ids(loans):
    return [loan.id for loan in loans]


def approve(loans, head):
    return services.approve(ids(loans), by=head.account_id, undo_seconds=TEN_MINUTES)


def refuse(loans, head, reason="L’élève dispose déjà d’un ordinateur."):
    return services.refuse(ids(loans), reason=reason, by=head.account_id, undo_seconds=TEN_MINUTES)


def states(loans):
    return Counter(make.fresh(loan).state for loan in loans)


def test_the_oldest_requests_get_the_devices_and_the_others_wait(head, clock):
    make.devices(2)
    late = make.loan(state=LoanState.SUBMITTED, submitted_at=clock.now())
    early, second = requests(2)
    decision = approve([late, early, second], head)
    assert set(decision.approved) == {early.id, second.id}
    assert decision.waitlisted == (late.id,)
    assert make.fresh(late).state is LoanState.WAITLISTED
    assert make.device_of(early).state is DeviceState.RESERVED


def test_who_decided_and_when_is_kept(head, clock):
    make.device()
    (loan,) = requests(1)
    decision = approve([loan], head)
    kept = make.fresh(loan)
    assert (kept.decided_by, kept.decided_at, decision.at) == (head.account_id, clock.now(), clock.now())


def test_a_decision_on_many_bears_one_instant(head):
    make.devices(1)
    loans = requests(3)
    approve(loans, head)
    assert len({make.fresh(loan).decided_at for loan in loans}) == 1


def test_the_emergency_pool_is_not_spent_by_an_approval(head):
    make.device(pool=Pool.EMERGENCY)
    (loan,) = requests(1)
    assert approve([loan], head).waitlisted == (loan.id,)


def test_a_laptop_does_not_serve_who_asked_for_a_tablet(head):
    make.device()
    make.device(kind=DeviceKind.TABLET)
    tablets = requests(2, kind=DeviceKind.TABLET)
    decision = approve(tablets, head)
    assert (len(decision.approved), len(decision.waitlisted)) == (1, 1)


def test_the_waiting_list_is_served_when_a_device_comes(head):
    (loan,) = requests(1)
    approve([loan], head)
    assert approve([loan], head).still_waiting == (loan.id,)
    make.device()
    assert approve([loan], head).approved == (loan.id,)


def test_one_opposition_stops_a_batch_and_nothing_is_written(head):
    make.devices(3)
    loans = requests(2)
    opposed = make.loan(state=LoanState.SUBMITTED, charter=CharterGate.OPPOSED)
    with pytest.raises(Opposition):
        approve([*loans, opposed], head)
    assert states([*loans, opposed]) == {LoanState.SUBMITTED: 3}
    assert make.every(Device, state=DeviceState.RESERVED) == []


def test_an_opposed_request_can_be_decided_alone(head):
    make.device()
    opposed = make.loan(state=LoanState.SUBMITTED, charter=CharterGate.OPPOSED)
    assert approve([opposed], head).approved == (opposed.id,)


def test_a_refusal_keeps_its_reason_and_frees_the_student_to_ask_again(head):
    (loan,) = requests(1)
    refuse([loan], head, "Un appareil prêté auparavant n’a pas été rendu.")
    kept = make.fresh(loan)
    assert (kept.state, kept.reason) == (LoanState.REFUSED, "Un appareil prêté auparavant n’a pas été rendu.")
    assert kept.ended_at is not None


def test_what_somebody_else_decided_is_left_alone_and_counted(head):
    make.devices(5)
    loans = requests(3)
    refuse(loans[:2], head)
    decision = approve(loans, head)
    assert (decision.approved, decision.already_decided) == ((loans[2].id,), 2)
    assert make.fresh(loans[0]).state is LoanState.REFUSED


def test_deciding_what_is_decided_says_so(head):
    make.device()
    (loan,) = requests(1)
    approve([loan], head)
    with pytest.raises(NothingToDecide):
        approve([loan], head)
    with pytest.raises(NothingToDecide):
        refuse([loan], head)
    assert make.fresh(loan).state is LoanState.APPROVED


def test_an_approval_undone_in_time_frees_the_device_and_tells_nobody(head, clock):
    make.device()
    (loan,) = requests(1)
    approve([loan], head)
    clock.forward(minutes=9)
    assert services.take_back([loan.id]) == [loan.id]
    kept = make.fresh(loan)
    assert (kept.state, kept.decided_by, kept.decided_at) == (LoanState.SUBMITTED, None, None)
    assert [device.state for device in make.every(Device)] == [DeviceState.IN_STOCK]
    assert [row.state for row in make.outbox(kind="LoanApproved")] == [OutboxState.WITHDRAWN]
    assert make.trail(f"loan:{loan.id}") == ["LoanApproved", "DecisionTakenBack"]


def test_a_refusal_undone_loses_its_reason(head):
    (loan,) = requests(1)
    refuse([loan], head)
    services.take_back([loan.id])
    kept = make.fresh(loan)
    assert (kept.state, kept.reason, kept.ended_at) == (LoanState.SUBMITTED, None, None)


def test_once_the_family_is_told_the_decision_stands(head, db):
    make.device()
    (loan,) = requests(1)
    approve([loan], head)
    row = db.session.query(outbox.OutboxRow).filter_by(kind="LoanApproved").one()
    row.state = OutboxState.DISPATCHED
    db.session.commit()
    with pytest.raises(AlreadyTold):
        services.take_back([loan.id])
    assert make.fresh(loan).state is LoanState.APPROVED


def test_a_refusal_is_not_undone_over_a_newer_request(head):
    (loan,) = requests(1)
    refuse([loan], head)
    make.loan(state=LoanState.DRAFT, student=_student(loan))
    with pytest.raises(AskedAgain):
        services.take_back([loan.id])
    assert make.fresh(loan).state is LoanState.REFUSED


def _student(loan):
    from portal.roster.models import Student

    return make.every(Student, id=loan.student_id)[0]


def test_approving_costs_the_same_number_of_statements_for_5_and_for_50(app, head):
    make.devices(70)
    few, many = requests(5), requests(50)
    with counted(app) as for_few:
        approve(few, head)
    with counted(app) as for_many:
        approve(many, head)
    assert for_many.count == for_few.count, f"5 requests:\n{for_few}\n50 requests:\n{for_many}"
    with counted(app) as back_few:
        services.take_back(ids(few))
    with counted(app) as back_many:
        services.take_back(ids(many))
    assert back_many.count == back_few.count, f"{back_few}\n{back_many}"


def test_two_heads_on_two_machines_never_promise_a_device_twice(app, head):
    """60 requests, 45 devices, two overlapping selections sent at once."""
    make.devices(45)
    loans = requests(60)
    other = make.head(head.school)
    outcomes = together(app, head.school.id, (head, ids(loans[:45])), (other, ids(loans[15:])))
    strange = [one for one in outcomes if isinstance(one, BaseException) and not isinstance(one, NothingToDecide)]
    assert not strange, strange
    assert states(loans) == {LoanState.APPROVED: 45, LoanState.WAITLISTED: 15}
    holders = [device.loan_id for device in make.every(Device, state=DeviceState.RESERVED)]
    assert len(holders) == len(set(holders)) == 45
    assert len(make.every(DeviceMovement)) == 45
    late = [one.already_decided for one in outcomes if not isinstance(one, BaseException)]
    assert sorted(late) == [0, 30], "the loser is told that 30 requests were already decided"


def test_two_heads_on_the_same_requests_decide_once(app, head):
    make.devices(10)
    loans = requests(10)
    other = make.head(head.school)
    outcomes = together(app, head.school.id, (head, ids(loans)), (other, ids(reversed(loans))))
    assert sum(isinstance(one, NothingToDecide) for one in outcomes) == 1
    assert sum(not isinstance(one, BaseException) for one in outcomes) == 1
    assert len({make.fresh(loan).decided_by for loan in loans}) == 1
    assert len(make.outbox(kind="LoanApproved")) == 10


def together(app, school_id, *selections):
    """Each head approves their selection in a thread of their own, all at the same moment."""
    start, outcomes = Barrier(len(selections)), []
    instant = time.now()

    def decide(somebody, loan_ids):
        who = actor.acting(actor.person(somebody.actor))
        with app.app_context(), time.frozen(instant), scope.schools(school_id), who:
            start.wait(timeout=20)
            try:
                outcomes.append(services.approve(loan_ids, by=somebody.account_id, undo_seconds=TEN_MINUTES))
            except BaseException as error:  # noqa: BLE001 (whatever it is, the test judges it)
                outcomes.append(error)

    threads = [Thread(target=apart, args=(decide, *selection)) for selection in selections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(outcomes) == len(selections)
    return outcomes


def test_the_same_head_twice_is_no_race(head):
    make.devices(2)
    loans = requests(2)
    approve(loans, head)
    with pytest.raises(NothingToDecide):
        approve(loans, head)
    assert len(make.every(Loan, state=LoanState.APPROVED)) == 2
