"""« Signer ici, sur cette tablette »: from a station to the signature, and back to the same student."""

import pytest

from portal.distribution.states import AttendanceState, SessionState, Workshop
from portal.loans.states import CharterGate, Delivery, LoanState
from portal.schools.models import School
from tests import factories as make
from tests.charter import flow
from tests.pages import Page


@pytest.fixture
def about(app):
    """Somebody who has to sign for a request that is accepted."""
    about = flow.asked()
    make.change(about.loan, state=LoanState.APPROVED, delivery=Delivery.SCHOOL, decided_at=about.loan.submitted_at)
    return about


@pytest.fixture
def held(about, as_user):
    """The student's turn, and somebody of the office who holds a station of the first workshop."""
    (school,) = (one for one in make.every(School) if one.id == about.loan.school_id)
    clerk, day = make.manager(school), make.session(school, state=SessionState.OPEN)
    turn = make.attendance(day, student=about.family.student, loan=about.loan)
    post = make.station(day, Workshop.SLEEVE, account_id=clerk.account_id)
    browser = as_user(clerk)
    page = Page(browser.get(f"/distribution/postes/{post.public_id}"))
    stopped = Page(page.submit(browser, "Valider", code=turn.code))
    return turn, browser, stopped


def signed_on(tablet, sheet, about):
    end = Page(sheet.submit(tablet, "Signer la charte", name=about.name, consent="y"))
    assert end.heading == "Charte signée"
    assert make.fresh(about.loan).charter is CharterGate.SIGNED
    return end


def test_the_agent_comes_back_to_the_student_who_has_signed_on_another_tablet(about, held, app, clock):
    turn, browser, stopped = held
    form = Page(stopped.submit(browser, "Signer ici, sur cette tablette"))
    assert form.heading == "Faire signer au guichet"  # one person signs: there is nobody to choose
    desk, tablet = Page(form.submit(browser, "Ouvrir la charte pour la tablette", identity="oui")), app.test_client()
    sheet = Page(Page(tablet.get("/guichet")).submit(tablet, "Ouvrir la charte", code=desk.text(".desk-code")))
    assert "Revenir au poste" not in signed_on(tablet, sheet, about).text()
    back = Page(browser.get(desk.url)).follow(browser, "Revenir au poste 1")
    assert back.text(".verdict__word") == "Charte signée"
    assert back.one("#station-code").has_attr("data-focus")
    clock.forward(minutes=3)
    done = Page(back.submit(browser, "Remettre la housse"))
    assert done.text(".verdict__word") == "Housse"
    assert make.fresh(turn).state is AttendanceState.CLEARED


def test_the_agents_own_tablet_leads_back_through_the_door(about, held):
    _, browser, stopped = held
    form = Page(stopped.submit(browser, "Signer ici, sur cette tablette"))
    desk = Page(form.submit(browser, "Ouvrir la charte pour la tablette", identity="non"))
    end = signed_on(browser, Page(desk.submit(browser, "Faire signer sur cette tablette")), about)
    door = end.follow(browser, "Revenir au poste 1")
    assert door.one("input[name=suite]")["value"].startswith("/distribution/postes/")


def test_whoever_comes_back_without_a_signature_reads_why(held):
    _, browser, stopped = held
    form = Page(stopped.submit(browser, "Signer ici, sur cette tablette"))
    assert form.follow(browser, "Revenir au poste 1").text(".verdict__word") == "Charte à signer"
