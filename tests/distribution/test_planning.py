"""A session from its plan to its end: who is expected, what changes, what is refused."""

from datetime import date, time, timedelta

import pytest

from portal.distribution.errors import ALREADY_BEGUN, ALREADY_OVER, NO_CAMPAIGN, NOBODY_EXPECTED, TOO_EARLY, NotNow
from portal.distribution.models import Attendance, DistributionSession, SessionClass, Station, StudentLabel
from portal.distribution.rules import Plan, read_student_code
from portal.distribution.services import departures, planning
from portal.distribution.states import AttendanceState, SessionState, Workshop
from portal.kernel import clock as time_of
from portal.kernel.errors import IllegalTransition
from portal.loans.states import CharterGate, Delivery, LoanState
from portal.platform import scope
from portal.platform.work import unit_of_work
from tests import factories as make

STATIONS = {Workshop.SLEEVE: 2, Workshop.DEVICE: 4}


@pytest.fixture
def school(db):
    make.campaign()
    place = make.school()
    with scope.schools(place.id):
        yield place


def wanted(*classes, day=None, **values):
    usual = {"name": "Secondes", "day": day or time_of.today(), "classes": dict.fromkeys(classes or ("2de 4",))}
    return Plan(**{**usual, "stations": STATIONS, **values})


def plan(school, *classes, **values):
    return planning.plan(wanted(*classes, **values), school_id=school.id, by=make.manager(school).account_id)


def approved(student, **values):
    usual = {"state": LoanState.APPROVED, "charter": CharterGate.SIGNED, "delivery": Delivery.SCHOOL}
    return make.loan(student=student, **{**usual, **values})


def turns(**values):
    return {one.student_id: one for one in make.every(Attendance, **values)}


def test_a_plan_lists_the_students_of_its_classes_who_come_for_a_device(school):
    mine, other = make.student(school), make.student(school, class_name="1re 2")
    equipped, posted, left = (make.student(school) for _ in range(3))
    make.loan(student=equipped, state=LoanState.LENT), make.loan(student=posted, state=LoanState.APPROVED)
    make.change(left, left_on=time_of.today())
    loan = approved(mine)
    public_id = plan(school, classes={"2de 4": time(9, 30)})
    listed = turns()
    assert set(listed) == {mine.id}
    assert other.id not in listed
    assert listed[mine.id].loan_id == loan.id
    assert read_student_code(listed[mine.id].code) == make.every(StudentLabel)[0].code
    assert [(one.class_name, one.called_at) for one in make.every(SessionClass)] == [("2de 4", time(9, 30))]
    workshops = [one.workshop for one in make.every(Station)]
    assert workshops == [Workshop.SLEEVE] * 2 + [Workshop.DEVICE] * 4
    assert make.trail(f"distribution:{make.every(DistributionSession, public_id=public_id)[0].id}") == [
        "SessionPlanned"
    ]


def test_a_student_keeps_one_label_from_session_to_session(school):
    pupil = make.student(school)
    plan(school), plan(school)
    assert {one.code for one in make.every(Attendance, student_id=pupil.id)} == {make.every(StudentLabel)[0].code}


def test_a_refresh_says_who_is_new_gone_and_moved_and_touches_nobody_served(school):
    stays, goes, moves, served = (make.student(school) for _ in range(4))
    public_id = plan(school, "2de 4", "2de 5")
    gone_too = turns()[served.id]
    make.change(
        gone_too, state=AttendanceState.SERVED, asset_tag="X", served_at=time_of.now(), cleared_at=time_of.now()
    )
    make.change(goes, left_on=time_of.today()), make.change(served, left_on=time_of.today())
    make.change(moves, class_name="2de 5")
    comes, loan = make.student(school, class_name="2de 5"), approved(stays)
    told = planning.refresh(public_id)
    assert (told.added, told.gone, told.moved) == ([comes.id], [goes.id], [moves.id])
    listed = turns()
    assert listed[goes.id].state is AttendanceState.DROPPED
    assert listed[served.id].state is AttendanceState.SERVED
    assert (listed[moves.id].class_name, listed[stays.id].loan_id) == ("2de 5", loan.id)
    make.change(goes, left_on=None)
    again = planning.refresh(public_id)
    assert (again.added, again.gone, again.moved) == ([goes.id], [], [])


def test_refreshing_sixty_costs_what_three_cost(school, count_statements):
    costs = []
    for number in (3, 60):
        for _ in range(number):
            make.student(school)
        public_id = plan(school)
        for _ in range(5):
            make.student(school)
        with count_statements() as sql:
            planning.refresh(public_id)
        costs.append(sql.count)
    assert costs[0] == costs[1]


def test_the_worker_refreshes_two_days_before_and_once(school, clock):
    day = time_of.today() + timedelta(days=5)
    plan(school, day=day)
    make.student(school)
    assert planning.refresh_due() == 0
    make.student(make.school())  # of a class with the same name, elsewhere
    clock.forward(days=3)
    assert planning.refresh_due() == 1
    assert len(turns()) == 1
    assert planning.refresh_due() == 0


def test_a_day_outside_any_campaign_is_refused(school):
    with pytest.raises(NotNow, match=NO_CAMPAIGN):
        plan(school, day=date(2028, 1, 10))


def test_changing_a_plan_keeps_its_stations_unless_their_number_changes(school):
    make.student(school), make.student(school, class_name="1re 2")
    public_id = plan(school)
    posts = {one.public_id for one in make.every(Station)}
    planning.replan(public_id, wanted("1re 2"))
    assert {one.public_id for one in make.every(Station)} == posts
    assert sorted(one.state for one in make.every(Attendance)) == ["dropped", "expected"]
    planning.replan(public_id, wanted("1re 2", stations={Workshop.SLEEVE: 1, Workshop.DEVICE: 1}))
    assert len(make.every(Station)) == 2


def test_it_opens_on_its_day_closes_with_the_absent_and_opens_again(school, clock):
    first, second = make.student(school), make.student(school)
    public_id = plan(school, day=time_of.today() + timedelta(days=1))
    with pytest.raises(NotNow, match=TOO_EARLY):
        planning.open_session(public_id)
    clock.forward(days=1)
    planning.open_session(public_id)
    with pytest.raises(IllegalTransition):
        planning.open_session(public_id)
    make.change(turns()[first.id], state=AttendanceState.CLEARED, cleared_at=time_of.now())
    planning.close_session(public_id)
    assert {one.state for one in turns().values()} == {AttendanceState.ABSENT}
    assert all(one.closed_at for one in make.every(Station))
    with pytest.raises(NotNow, match=ALREADY_OVER):
        planning.refresh(public_id)
    planning.reopen_session(public_id)
    assert turns()[first.id].state is AttendanceState.CLEARED
    assert turns()[second.id].state is AttendanceState.EXPECTED
    assert make.every(DistributionSession)[0].state is SessionState.OPEN


def test_an_empty_session_does_not_open_and_one_that_opened_is_not_removed(school):
    empty = plan(school, "Tle 9")
    with pytest.raises(NotNow, match=NOBODY_EXPECTED):
        planning.open_session(empty)
    make.student(school)
    begun = plan(school)
    planning.open_session(begun)
    for late in (planning.remove, lambda one: planning.replan(one, wanted())):
        with pytest.raises(NotNow, match=ALREADY_BEGUN):
            late(begun)
    planning.remove(empty)
    assert [one.public_id for one in make.every(DistributionSession)] == [begun]
    assert len(make.every(StudentLabel)) == 1


def test_an_undone_import_takes_the_label_and_the_turn_of_whom_nobody_scanned(school):
    brought, scanned = make.student(school), make.student(school)
    plan(school)
    make.scan(make.every(Station)[0], of=turns()[scanned.id])
    with unit_of_work():
        departures.forget([brought.id, scanned.id], [])
    assert set(turns()) == {scanned.id}
    assert make.every(StudentLabel) == []
