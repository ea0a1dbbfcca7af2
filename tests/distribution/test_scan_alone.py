"""What stations scanned without network: acted on once and in order, never dropped; a person settles what contradicts."""

import hmac
from hashlib import sha256
from types import SimpleNamespace

import pytest

from portal.distribution.errors import TOO_LATE, NotNow
from portal.distribution.models import Scan
from portal.distribution.services import replaying, settling
from portal.distribution.services.replaying import Sheet
from portal.distribution.states import AttendanceState, SessionState, Verdict, Workshop
from portal.kernel.values.references import new_public_id
from portal.loans.states import CharterGate, Delivery, LoanState
from portal.platform import scope
from portal.stock.models import Device
from portal.stock.states import DeviceState
from tests import factories as make
from tests.pages import Page

READY = {"state": LoanState.APPROVED, "charter": CharterGate.SIGNED, "delivery": Delivery.SCHOOL}
NOON = "2026-09-08T07:30:00+00:00"


def sealed(post, code, tag="", *, key=None, at=NOON):
    key = key or new_public_id()
    signed = f"{key}\n{code}\n{tag}\n{at}".encode()
    return Sheet(
        key, code, tag, at, hmac.new(bytes.fromhex(replaying.key_of(post.public_id)), signed, sha256).hexdigest()
    )


@pytest.fixture
def cut(db):
    """An open session whose stations have been alone: `cut.replay(post, sheet…)`, `cut.turn()`."""
    day, clerk = make.session(state=SessionState.OPEN), make.manager()

    def turn(at=AttendanceState.EXPECTED, **values):
        student = make.student()
        loan = make.loan(**{"student": student, **READY, **values})
        return make.attendance(day, student=student, loan=loan, state=at), loan, make.device_of(loan).asset_tag

    def replay(post, *sheets):
        with scope.schools(day.school_id):
            assert replaying.replay(post.public_id, sheets) == [sheet.key for sheet in sheets]
        return [scan.verdict for scan in make.every(Scan)]

    def settle(scan, *, believed):
        with scope.schools(day.school_id):
            settling.settle(scan.public_id, believed=believed, by=clerk.account_id)

    return SimpleNamespace(
        day=day, clerk=clerk, turn=turn, replay=replay, settle=settle, posts=[make.station(day) for _ in range(2)]
    )


def clash(cut):
    """The same device in two hands; returns who won, who did not, their loans, the label and the scan to settle."""
    (one, loan, tag), (other, other_loan, _) = cut.turn(), cut.turn()
    first, second = cut.posts
    assert cut.replay(first, sealed(first, one.code, tag)) == [Verdict.ACCEPTED]
    assert cut.replay(second, sealed(second, other.code, tag)) == [Verdict.ACCEPTED, Verdict.CONFLICT]
    (scan,) = make.every(Scan, verdict=Verdict.CONFLICT)
    return SimpleNamespace(one=one, loan=loan, other=other, other_loan=other_loan, tag=tag, scan=scan)


def holder(tag):
    (device,) = make.every(Device, asset_tag=tag)
    return device.loan_id if device.state is DeviceState.LENT else None


def test_a_scan_made_alone_counts_once_with_the_time_when_it_was_made(cut):
    turn, loan, tag = cut.turn()
    post = cut.posts[0]
    sheet = sealed(post, turn.code, tag)
    for _ in range(3):
        assert cut.replay(post, sheet) == [Verdict.ACCEPTED]
    assert (make.fresh(turn).state, make.fresh(loan).state) == (AttendanceState.SERVED, LoanState.LENT)
    (scan,) = make.every(Scan)
    assert (scan.alone, scan.scanned_at.isoformat()) == (True, NOON)
    assert make.trail(f"loan:{loan.id}") == ["LaptopHandedOver"]


def test_a_sleeve_handed_out_alone_is_known_and_twice_is_once(cut):
    turn, *_ = cut.turn()
    posts = [make.station(cut.day, Workshop.SLEEVE) for _ in range(2)]
    assert cut.replay(posts[0], sealed(posts[0], turn.code)) == [Verdict.ACCEPTED]
    assert cut.replay(posts[1], sealed(posts[1], turn.code)) == [Verdict.ACCEPTED, Verdict.REFUSED]
    assert make.fresh(turn).state is AttendanceState.CLEARED


def test_a_device_that_left_without_a_signed_charter_is_told_to_a_person(cut):
    turn, loan, tag = cut.turn(charter=CharterGate.TO_SIGN, charter_signed_at=None)
    assert cut.replay(cut.posts[0], sealed(cut.posts[0], turn.code, tag)) == [Verdict.CONFLICT]
    assert make.fresh(loan).state is LoanState.APPROVED


def test_what_the_post_did_not_seal_is_kept_and_not_acted_on(cut):
    turn, loan, tag = cut.turn()
    mine, other = cut.posts
    assert cut.replay(mine, sealed(other, turn.code, tag)) == [Verdict.CONFLICT]
    assert make.fresh(loan).state is LoanState.APPROVED


def test_a_closed_session_still_receives_what_was_scanned_before(cut):
    turn, loan, tag = cut.turn(at=AttendanceState.ABSENT)
    make.change(cut.day, state=SessionState.CLOSED, closed_at=cut.day.opened_at)
    assert cut.replay(cut.posts[0], sealed(cut.posts[0], turn.code, tag)) == [Verdict.ACCEPTED]
    assert make.fresh(loan).state is LoanState.LENT


def test_of_two_who_hold_the_same_device_the_first_wins_until_somebody_says_otherwise(cut):
    told = clash(cut)
    assert holder(told.tag) == told.loan.id
    for _ in range(2):
        cut.settle(told.scan, believed=True)
    assert holder(told.tag) == told.other_loan.id
    assert (make.fresh(told.one).state, make.fresh(told.other).state) == (
        AttendanceState.CLEARED,
        AttendanceState.SERVED,
    )
    assert make.fresh(told.loan).state is LoanState.APPROVED
    (scan,) = make.every(Scan, verdict=Verdict.SETTLED)
    assert (scan.settled_by, scan.reason) == (cut.clerk.account_id, "lent")


def test_or_things_stay_as_they_are(cut):
    told = clash(cut)
    cut.settle(told.scan, believed=False)
    assert holder(told.tag) == told.loan.id
    assert make.fresh(told.other).state is AttendanceState.EXPECTED


def test_a_student_with_two_devices_keeps_the_one_that_is_in_hand(cut):
    turn, loan, tag = cut.turn()
    spare = make.device()
    first, second = cut.posts
    cut.replay(first, sealed(first, turn.code, tag))
    assert cut.replay(second, sealed(second, turn.code, spare.asset_tag))[-1] is Verdict.CONFLICT
    (scan,) = make.every(Scan, verdict=Verdict.CONFLICT)
    cut.settle(scan, believed=True)
    assert (holder(spare.asset_tag), holder(tag)) == (loan.id, None)


def test_only_a_conflict_is_settled(cut):
    turn, _, tag = cut.turn()
    cut.replay(cut.posts[0], sealed(cut.posts[0], turn.code, tag))
    with pytest.raises(NotNow, match=TOO_LATE):
        cut.settle(make.every(Scan)[0], believed=True)


def test_a_station_remembers_codes_and_hashes_and_no_name(app, as_user, count_statements):
    day, clerk = make.session(state=SessionState.OPEN), make.manager()
    post = make.station(day, account_id=clerk.account_id)
    student = make.student(given_name="Zéphyrine", family_name="Inconnue")
    loan = make.loan(student=student, **READY)
    turn = make.attendance(day, student=student, loan=loan)
    browser = as_user(clerk)
    with count_statements() as sql:
        answer = browser.get(f"/distribution/postes/{post.public_id}/memoire")
    assert sql.count <= 5, sql
    tag = make.device_of(loan).asset_tag
    hashed = sha256(f"{answer.json['salt']}{tag}".encode()).hexdigest()[:16]
    assert (answer.json["students"], answer.json["devices"]) == ({turn.code: "ready"}, [hashed])
    assert not {tag, "Zéphyrine", "Inconnue"} & set(answer.text.split('"'))


def test_signing_out_and_leaving_the_station_make_the_browser_forget(app, as_user):
    day, clerk = make.session(state=SessionState.OPEN), make.manager()
    post = make.station(day, account_id=clerk.account_id)
    for path in (f"/distribution/postes/{post.public_id}/quitter", "/sortir"):
        assert as_user(clerk).post(path).headers["Clear-Site-Data"] == '"storage"'


def test_news_that_no_station_writes_change_nothing(app, as_user):
    clerk = make.manager()
    post = make.station(make.session(state=SessionState.OPEN), account_id=clerk.account_id)
    path = f"/distribution/postes/{post.public_id}/nouvelles"
    browser = as_user(clerk)
    for sent in ("", "[]", "{}", "nonsense", '[{"key": 3}]', '["x"]', '[{"key": "k"}]'):
        page = Page(browser.post(path, data={"scans": sent, "attente": "-3"}, htmx=True))
        assert page.one("#station-news")["data-kept"] == "", sent
    assert make.every(Scan) == []
