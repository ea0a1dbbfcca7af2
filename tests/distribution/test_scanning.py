"""A scan at a station: the two workshops, the wrong order, every refusal, the echo, the undo; on both engines."""

from types import SimpleNamespace

import pytest

from portal.distribution.errors import CLOSED, HELD_ELSEWHERE, NotNow
from portal.distribution.gate import Held
from portal.distribution.models import Scan
from portal.distribution.services import scanning, stations
from portal.distribution.states import AttendanceState, SessionState, Verdict, Workshop
from portal.kernel.errors import IllegalTransition
from portal.kernel.values.references import new_public_id
from portal.loans.states import CharterGate, Delivery, LoanState
from portal.platform import scope
from portal.stock.states import DeviceKind, DeviceState
from tests import factories as make

SIGNED = {"charter": CharterGate.SIGNED, "delivery": Delivery.SCHOOL}


@pytest.fixture
def floor(db, clock):
    """An open session with a station of each workshop, both held: `floor.one(code)`, `floor.two(code)`."""
    day = make.session(state=SessionState.OPEN)
    helper = make.manager()
    posts = {workshop: make.station(day, workshop, account_id=helper.account_id) for workshop in Workshop}
    held = {}

    def at(workshop, raw, *, key=None, by=helper.account_id):
        clock.forward(seconds=3)
        with scope.schools(day.school_id):
            said = scanning.scan(
                posts[workshop].public_id, raw=raw, key=key or new_public_id(), held=held.get(workshop, Held()), by=by
            )
        held[workshop] = said.held
        return said.answer

    return SimpleNamespace(
        day=day,
        helper=helper,
        posts=posts,
        one=lambda raw, **more: at(Workshop.SLEEVE, raw, **more),
        two=lambda raw, **more: at(Workshop.DEVICE, raw, **more),
    )


def expected(floor, *, state=LoanState.APPROVED, at=AttendanceState.EXPECTED, **values):
    """Somebody of the session with a loan; returns the turn and the loan."""
    student = make.student()
    loan = make.loan(**{"state": state, "student": student, **SIGNED, **values})
    return make.attendance(floor.day, student=student, loan=loan, state=at), loan


def newest():
    return make.every(Scan)[-1].public_id


def ready(floor, **values):
    return expected(floor, at=AttendanceState.CLEARED, **values)


def test_workshop_one_hands_out_the_sleeve_against_the_signed_charter(floor):
    turn, _ = expected(floor)
    answer = floor.one(turn.code)
    assert (answer.tone, answer.word) == ("done", "Housse")
    assert make.fresh(turn).state is AttendanceState.CLEARED
    assert floor.one(turn.code).word == "Déjà passé"
    assert len(make.every(Scan)) == 1


def test_workshop_two_lends_this_very_device_whatever_was_set_aside(floor):
    turn, loan = ready(floor)
    set_aside, taken = make.device_of(loan), make.device()
    assert floor.two(turn.code).tone == "waiting"
    answer = floor.two(taken.asset_tag)
    assert (answer.tone, answer.word) == ("done", "Remis")
    turn, loan, taken = make.fresh(turn), make.fresh(loan), make.fresh(taken)
    assert (turn.state, turn.asset_tag) == (AttendanceState.SERVED, taken.asset_tag)
    assert (loan.state, taken.state, taken.loan_id) == (LoanState.LENT, DeviceState.LENT, loan.id)
    assert make.fresh(set_aside).state is DeviceState.IN_STOCK
    assert make.trail(f"loan:{loan.id}") == ["LaptopHandedOver"]


def test_the_laptop_may_come_first(floor):
    turn, loan = ready(floor)
    tag = make.device_of(loan).asset_tag
    assert floor.two(f" {tag.lower()}\r\n").word == "Pour qui ?"
    assert floor.two(f"{turn.code}\t").word == "Remis"


def test_a_kit_already_set_aside_at_the_school_is_handed_over(floor):
    turn, loan = ready(floor, state=LoanState.AWAITING_PICKUP)
    floor.two(turn.code)
    assert floor.two(make.device_of(loan).asset_tag).word == "Remis"


def test_two_students_exchange_what_was_set_aside_for_them(floor):
    (mine, my_loan), (other, other_loan) = ready(floor), ready(floor)
    first, second = make.device_of(my_loan).asset_tag, make.device_of(other_loan).asset_tag
    floor.two(mine.code), floor.two(second), floor.two(other.code)
    assert floor.two(first).word == "Remis"
    assert make.device_of(my_loan).asset_tag == second
    assert make.device_of(other_loan).asset_tag == first


def test_an_unsigned_charter_is_one_word_a_way_to_sign_and_changes_nothing(floor):
    turn, _ = expected(floor, charter=CharterGate.TO_SIGN, charter_signed_at=None)
    answer = floor.one(turn.code)
    assert (answer.tone, answer.word, answer.fine) == ("problem", "Charte à signer", False)
    assert answer.to_sign == turn.code
    assert make.fresh(turn).state is AttendanceState.EXPECTED
    assert [scan.verdict for scan in make.every(Scan)] == [Verdict.REFUSED]


def test_no_device_without_workshop_one(floor):
    turn, _ = expected(floor)
    assert floor.two(turn.code).word == "Atelier 1"


def test_what_is_not_of_the_session_is_unknown_and_what_waits_goes_on_waiting(floor):
    turn, loan = ready(floor)
    floor.two(turn.code)
    words = [floor.two(code).word for code in ("", "E12345678901", "??")]
    assert words == ["Rien lu", "Inconnu", "Inconnu"]
    assert floor.two(make.device_of(loan).asset_tag).word == "Remis"


def test_a_tag_that_only_begins_the_same_is_another(floor):
    _, loan = ready(floor)
    assert floor.two(make.device_of(loan).asset_tag[:-1]).word == "Inconnu"


def test_a_device_of_another_lycee_is_unknown(floor):
    assert floor.two(make.device(make.school()).asset_tag).word == "Inconnu"


def test_a_device_that_may_not_leave_is_refused_and_the_student_still_waits(floor):
    turn, loan = ready(floor)
    held = [
        make.device(state=DeviceState.STOLEN),
        make.device(kind=DeviceKind.TABLET),
        make.device_of(make.loan(state=LoanState.LENT)),
        make.device_of(make.loan(state=LoanState.AWAITING_PICKUP)),
    ]
    floor.two(turn.code)
    words = [floor.two(device.asset_tag).word for device in held]
    assert words == ["Autre appareil", "Autre appareil", "Déjà remis", "Autre appareil"]
    assert floor.two(make.device_of(loan).asset_tag).word == "Remis"


def test_a_laptop_at_workshop_one_is_told_where_it_belongs(floor):
    assert floor.one(make.device().asset_tag).word == "Élève d’abord"


def test_the_same_key_is_answered_alike_and_done_once(floor):
    turn, loan = ready(floor)
    floor.two(turn.code)
    first = floor.two(make.device_of(loan).asset_tag, key="same")
    assert floor.two(make.device_of(loan).asset_tag, key="same") == first
    refusal = floor.two(turn.code, key="other")
    assert floor.two(turn.code, key="other") == refusal
    assert len(make.every(Scan)) == 2


def test_a_trigger_held_too_long_is_one_scan(floor, clock):
    turn, loan = ready(floor)
    tag = make.device_of(loan).asset_tag
    floor.two(turn.code)
    first = floor.two(tag)
    clock.forward(seconds=-3)  # the next scan comes in the same instant
    assert floor.two(tag) == first
    assert floor.two(tag).word == "Déjà remis"


def test_who_does_not_hold_the_station_scans_nothing(floor):
    turn, _ = expected(floor)
    with pytest.raises(NotNow, match=HELD_ELSEWHERE):
        floor.one(turn.code, by=make.manager().account_id)
    make.change(floor.day, state=SessionState.CLOSED, closed_at=floor.day.opened_at)
    with pytest.raises(NotNow, match=CLOSED):
        floor.one(turn.code)


def test_an_undone_hand_over_leaves_everything_as_before_but_its_trace(floor):
    turn, loan = ready(floor)
    device = make.device_of(loan)
    floor.two(turn.code)
    floor.two(device.asset_tag)
    with scope.schools(floor.day.school_id):
        for _ in range(2):
            assert scanning.undo(newest(), by=floor.helper.account_id).said.answer.word == "Annulé"
    assert (make.fresh(turn).state, make.fresh(loan).state) == (AttendanceState.CLEARED, LoanState.APPROVED)
    assert make.fresh(device).state is DeviceState.RESERVED
    assert make.trail(f"loan:{loan.id}") == ["LaptopHandedOver", "HandOverUndone"]
    floor.two(turn.code)
    assert floor.two(device.asset_tag).word == "Remis"


def test_a_sleeve_is_taken_back_until_the_device_is_there(floor):
    turn, _ = expected(floor)
    floor.one(turn.code)
    with scope.schools(floor.day.school_id):
        scanning.undo(newest(), by=floor.helper.account_id)
        assert make.fresh(turn).state is AttendanceState.EXPECTED
    other, loan = expected(floor)
    floor.one(other.code)
    scan = newest()
    floor.two(other.code), floor.two(make.device_of(loan).asset_tag)
    with scope.schools(floor.day.school_id), pytest.raises(IllegalTransition):
        scanning.undo(scan, by=floor.helper.account_id)


def test_a_rehearsal_scans_invented_students_and_devices_and_touches_nothing_else(db, clock):
    day, clerk = make.session(state=SessionState.OPEN, rehearsal=True), make.manager()
    post = make.station(day, account_id=clerk.account_id)
    turns = [make.attendance(day, state=AttendanceState.CLEARED) for _ in range(2)]
    real = make.device()

    def scan(raw, held=Held()):  # noqa: B008 (a frozen value)
        clock.forward(seconds=3)
        with scope.schools(day.school_id):
            return scanning.scan(post.public_id, raw=raw, key=new_public_id(), held=held, by=clerk.account_id)

    held = scan(turns[0].code).held
    assert scan(real.asset_tag, held).answer.word == "Inconnu"
    assert scan("REP-0001", held).answer.word == "Remis"
    assert scan("REP-0001", scan(turns[1].code).held).answer.word == "Déjà remis"
    assert make.fresh(turns[0]).asset_tag == "REP-0001"
    assert make.trail() == []


def test_a_station_is_taken_while_the_session_is_open_and_left_by_whoever_holds_it(db):
    day, clerk, other = make.session(state=SessionState.OPEN), make.manager(), make.manager()
    post = make.station(day)
    with scope.schools(day.school_id):
        stations.take(post.public_id, by=clerk.account_id)
        stations.note_alive(post.public_id, waiting=3, by=clerk.account_id)
        stations.note_alive(post.public_id, waiting=9, by=other.account_id)
        assert (make.fresh(post).account_id, make.fresh(post).waiting) == (clerk.account_id, 3)
        stations.leave(post.public_id, by=other.account_id)
        assert make.fresh(post).account_id == clerk.account_id
        stations.leave(post.public_id, by=clerk.account_id)
    assert make.fresh(post).account_id is None
    planned = make.station(make.session())
    with scope.schools(day.school_id), pytest.raises(NotNow, match=CLOSED):
        stations.take(planned.public_id, by=clerk.account_id)
