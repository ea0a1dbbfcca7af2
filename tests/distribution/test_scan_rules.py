"""What stands in the way, on plain values: one reason, the one to settle first."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.distribution.gate import (
    Earlier,
    Held,
    Machine,
    Read,
    Reason,
    Turn,
    device_obstacle,
    is_echo,
    pretend_machine,
    remote_state,
    student_obstacle,
)
from portal.distribution.rules import new_student_code
from portal.distribution.states import AttendanceState, Verdict
from portal.loans.states import CharterGate, Delivery, LoanState
from portal.stock.states import DeviceKind, DeviceState

S, C = LoanState, CharterGate
CODE = new_student_code()


def turn(**values):
    usual = {
        "attendance_id": 1,
        "code": CODE,
        "state": AttendanceState.EXPECTED,
        "name": "Inès",
        "class_name": "2de 4",
        "asset_tag": None,
        "loan_id": 7,
        "loan_state": S.APPROVED,
        "charter": C.SIGNED,
        "delivery": Delivery.SCHOOL,
        "kind": DeviceKind.LAPTOP,
    }
    return Turn(**{**usual, **values})


def machine(**values):
    return Machine(**{"asset_tag": "FP-1", "state": DeviceState.IN_STOCK, "kind": DeviceKind.LAPTOP, **values})


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, None),
        ({"loan_state": S.AWAITING_PICKUP}, None),
        ({"charter": C.TO_SIGN}, Reason.UNSIGNED),
        ({"charter": C.TO_SIGN, "loan_state": S.SUBMITTED}, Reason.UNSIGNED),
        ({"charter": C.DECLINED}, Reason.DECLINED),
        ({"charter": C.OPPOSED}, Reason.OPPOSED),
        ({"loan_state": S.SUBMITTED}, Reason.UNDECIDED),
        ({"loan_state": S.WAITLISTED}, Reason.UNDECIDED),
        ({"loan_state": S.DRAFT}, Reason.NO_LOAN),
        ({"loan_state": None}, Reason.NO_LOAN),
        ({"loan_state": S.REFUSED}, Reason.ENDED),
        ({"loan_state": S.LENT}, Reason.ENDED),
        ({"delivery": Delivery.HOME}, Reason.BY_POST),
        ({"state": AttendanceState.SERVED}, Reason.SERVED),
        ({"state": AttendanceState.DROPPED}, Reason.DROPPED),
        ({"state": AttendanceState.ABSENT}, None),
        ({"pretend": True, "name": "Alba Sanscharte"}, Reason.UNSIGNED),
    ],
)
def test_the_one_thing_to_settle_before_a_student_goes_on(values, reason):
    assert student_obstacle(turn(**values), cleared=False) is reason


def test_workshop_two_asks_for_workshop_one_and_a_student_of_another_day_is_unknown():
    assert student_obstacle(turn(), cleared=True) is Reason.NOT_CLEARED
    assert student_obstacle(turn(state=AttendanceState.CLEARED), cleared=True) is None
    assert student_obstacle(None, cleared=False) is Reason.UNKNOWN


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, None),
        ({"state": DeviceState.RESERVED, "holder_loan": 8, "holder_state": S.APPROVED}, None),
        ({"state": DeviceState.RESERVED, "holder_loan": 7, "holder_state": S.AWAITING_PICKUP}, None),
        ({"state": DeviceState.RESERVED, "holder_loan": 8, "holder_state": S.AWAITING_PICKUP}, Reason.SET_ASIDE),
        ({"state": DeviceState.LENT, "holder_loan": 8, "holder_state": S.LENT}, Reason.LENT),
        ({"state": DeviceState.STOLEN}, Reason.NOT_AVAILABLE),
        ({"state": DeviceState.IN_REPAIR}, Reason.NOT_AVAILABLE),
        ({"kind": DeviceKind.TABLET}, Reason.OTHER_KIND),
    ],
)
def test_the_one_reason_why_a_device_does_not_leave_with_this_student(values, reason):
    assert device_obstacle(machine(**values), turn()) is reason


def test_a_device_alone_is_judged_without_a_student():
    packed = machine(state=DeviceState.RESERVED, holder_loan=8, holder_state=S.PREPARING)
    assert device_obstacle(packed, None) is Reason.SET_ASIDE
    assert device_obstacle(machine(kind=DeviceKind.TABLET), None) is None
    assert device_obstacle(None, None) is Reason.UNKNOWN


@pytest.mark.parametrize("suffix", ["\r\n", "\n", "\r", "\t", "  "])
def test_what_a_scanner_adds_is_ignored_and_the_other_half_is_kept(suffix):
    assert Read.of(f" {CODE.lower()}{suffix}", Held(tag="FP-1")) == Read(CODE, "FP-1", CODE)
    assert Read.of(f"fp-000123{suffix}", Held(code=CODE)) == Read(CODE, "FP-000123", "FP-000123")
    assert Read.of(f"?{suffix}", Held(code=CODE)).own == ""


def test_the_same_code_within_two_seconds_is_one_scan():
    then = datetime(2026, 9, 8, tzinfo=UTC)
    latest = Earlier(
        verdict=Verdict.ACCEPTED, reason=None, attendance_id=1, code=CODE, asset_tag="FP-1",
        received_at=then, undone_at=None,
    )  # fmt: skip
    assert is_echo(latest, "FP-1", now=then + timedelta(seconds=1.9))
    assert not is_echo(latest, "FP-1", now=then + timedelta(seconds=2))
    assert not is_echo(latest, "FP-2", now=then)
    assert not is_echo(None, "FP-1", now=then)


def test_a_station_that_is_cut_off_knows_who_may_be_served_and_nothing_else():
    assert remote_state(turn()) == "ready"
    assert remote_state(turn(state=AttendanceState.CLEARED)) == "cleared"
    assert remote_state(turn(state=AttendanceState.SERVED, asset_tag="FP-1")) == "served"
    assert remote_state(turn(charter=C.OPPOSED)) == "stop"


def test_an_invented_device_is_taken_once():
    assert device_obstacle(pretend_machine("REP-0001", taken=False), turn(pretend=True)) is None
    assert device_obstacle(pretend_machine("REP-0001", taken=True), turn(pretend=True)) is Reason.LENT
    assert pretend_machine("FP-000123", taken=False) is None
