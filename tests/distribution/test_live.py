"""The day as it goes, and a rehearsal that touches nothing."""

from datetime import time

import pytest

from portal.distribution import rules
from portal.distribution.models import Attendance, DistributionSession, Scan, Station, StudentLabel
from portal.distribution.states import AttendanceState, SessionState, Verdict, Workshop
from portal.kernel import clock as time_of
from portal.loans.models import Loan
from portal.loans.states import CharterGate
from portal.stock.models import Device
from tests import factories as make
from tests.distribution.test_planning import approved
from tests.factories.writing import made
from tests.pages import Page

HTMX = {"HX-Request": "true"}


@pytest.fixture
def clerk(app, as_user):
    return as_user(make.manager())


@made
def a_day(count):
    """A session that goes on: half of its students served, a station alive, one silent, one free."""
    day = make.session(state=SessionState.OPEN)
    make.session_class(day, "2de 4", called_at=time(9, 30)), make.session_class(day, "2de 5")
    for rank in range(count):
        pupil = make.student(class_name="2de 4" if rank % 2 else "2de 5")
        loan = approved(pupil, charter=CharterGate.SIGNED if rank else CharterGate.DECLINED)
        make.attendance(day, student=pupil, loan=loan, state=AttendanceState.SERVED if rank % 2 else "expected")
    holder = make.manager().account_id
    make.station(day, Workshop.SLEEVE, account_id=holder, seen_at=time_of.now(), waiting=3)
    silent = make.station(day, account_id=holder, seen_at=time_of.after(minutes=-5))
    make.station(day)
    make.scan(silent), make.scan(silent, verdict=Verdict.CONFLICT)
    return day


@pytest.mark.both
def test_the_screen_says_count_pace_end_lanes_and_stations(clerk, clock):
    day = a_day(6)
    clock.forward(minutes=6)
    page = Page(clerk.get(f"/distribution/{day.public_id}/direct"))
    assert page.text(".cockpit__count") == "3 sur 6 servis"
    facts = page.texts(".cockpit__fact")
    assert facts[0] == "12 par heure"
    assert facts[1].endswith("fin à ce rythme, encore 10 minutes")
    assert facts[2:] == ["2 encore à servir", "0 sur 3 postes en vie"]
    assert page.texts(".lane-row__name") == ["2de 4 09:30", "2de 5"]
    assert page.texts(".lane-row__count") == ["3 sur 3", "0 sur 3"]
    assert page.texts(".lane-row__why") == ["Classe servie", "1 · Charte refusée"]
    assert [state.split()[0] for state in page.texts(".post__state")] == ["Silencieux", "Silencieux", "Libre"]
    assert "3 scans gardés" in page.texts(".post__state")[0]
    assert "1 scan à trancher" in page.text(".cockpit__alert")


@pytest.mark.parametrize("count", [4, 40])
def test_it_costs_four_statements_and_three_while_nothing_moves(clerk, count_statements, count):
    day = a_day(count)
    address = f"/distribution/{day.public_id}/direct"
    with count_statements() as sql:
        page = Page(clerk.get(address))
    assert sql.count <= 4, sql
    again = page.one("#cockpit")["data-hx-get"]
    with count_statements() as sql:
        assert clerk.get(again, headers=HTMX).status_code == 204
    assert sql.count <= 3, sql
    turn = next(one for one in make.every(Attendance) if one.state == "expected")
    make.change(turn, state=AttendanceState.CLEARED, cleared_at=time_of.now())
    moved = Page(clerk.get(again, headers=HTMX))
    assert not moved.whole
    assert moved.one("#cockpit")["data-hx-get"] != again


def test_the_big_screen_shows_the_same_and_goes_on_large(clerk):
    page = Page(clerk.get(f"/distribution/{a_day(4).public_id}/direct?grand=1"))
    assert page.text(".cockpit__count") == "2 sur 4 servis"
    assert not page.has("nav")
    assert "grand=1" in page.one("#cockpit")["data-hx-get"]


def test_a_session_without_anybody_and_one_that_is_over_stand_still(clerk):
    for state in (SessionState.PLANNED, SessionState.CLOSED):
        page = Page(clerk.get(f"/distribution/{make.session(state=state).public_id}/direct"))
        assert page.text(".cockpit__count") == "0 sur 0 servis"
        assert "data-hx-get" not in page.one("#cockpit").attrs


def test_the_pace_is_that_of_the_last_quarter_and_says_how_long_is_left(clock):
    now = time_of.now()
    lately = [time_of.after(minutes=-minute) for minute in (1, 2, 3, 14, 20, 30)]
    assert rules.pace(lately, since=time_of.after(hours=-2), now=now) == 16
    assert rules.pace(lately[:2], since=time_of.after(minutes=-4), now=now) == 30
    assert rules.pace([], since=None, now=now) == 0
    assert rules.time_left(150, 300).total_seconds() == 1800
    assert rules.time_left(3, 0) is None


def test_a_rehearsal_is_played_with_the_virtual_scanner_and_touches_nothing_real(clerk):
    make.campaign()
    before = [len(make.every(kind)) for kind in (Loan, Device, StudentLabel)]
    page = Page(Page(clerk.get("/distribution")).submit(clerk, "Lancer une répétition"))
    assert "rien n’est prêté" in page.text(".rehearsal")
    scanned = page.soup.select(".codes__acts form")
    assert len(scanned) == 2 * len(make.every(Attendance))
    for form in scanned[:2]:
        sent = {field["name"]: field["value"] for field in form.select("input")}
        verdict = Page(clerk.post(form["action"], data=sent))
    assert verdict.text(".verdict__word") == "Remis"
    served = [one for one in make.every(Attendance) if one.state is AttendanceState.SERVED]
    assert [one.asset_tag for one in served] == ["REP-0001"]
    unsigned = next(one for one in make.every(Attendance) if rules.pretends_unsigned(one.pretend_name))
    sleeve = next(one for one in make.every(Station) if one.workshop is Workshop.SLEEVE)
    refused = Page(clerk.post(f"/distribution/postes/{sleeve.public_id}/scan", data={"code": unsigned.code}))
    assert refused.has(".verdict--problem")
    assert [len(make.every(kind)) for kind in (Loan, Device, StudentLabel)] == before
    assert {row.kind for row in make.outbox()}.isdisjoint({"LaptopHandedOver", "LoanReceived"})


def test_a_rehearsal_is_marked_everywhere_and_removed_whole(clerk):
    make.campaign()
    Page(Page(clerk.get("/distribution")).submit(clerk, "Lancer une répétition"))
    day = make.every(DistributionSession)[0]
    make.scan(make.every(Station)[0], of=make.every(Attendance)[0])
    for address in ("", "/liste", "/direct", "/direct?grand=1", "/douchette", "/etiquettes"):
        assert Page(clerk.get(f"/distribution/{day.public_id}{address}")).has(".rehearsal"), address
    page = Page(clerk.get(f"/distribution/{day.public_id}"))
    Page(page.submit(clerk, f"form[action$='{day.public_id}/supprimer']"))
    assert [make.every(kind) for kind in (DistributionSession, Attendance, Station, Scan)] == [[], [], [], []]


def test_a_real_session_has_no_virtual_scanner(clerk):
    page = Page(clerk.get(f"/distribution/{make.session(state=SessionState.OPEN).public_id}/douchette"))
    assert "Pas de douchette virtuelle" in page.text(".empty")
