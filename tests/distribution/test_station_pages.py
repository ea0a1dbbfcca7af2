"""A station in the browser without scripts: taken, scanned at, undone, left; what each role sees; few statements."""

import pytest

from portal.distribution.states import AttendanceState, SessionState, Workshop
from portal.loans.states import CharterGate, Delivery, LoanState
from portal.policy import Role
from tests import factories as make
from tests.pages import Page

APPROVED = {"state": LoanState.APPROVED, "charter": CharterGate.SIGNED, "delivery": Delivery.SCHOOL}


@pytest.fixture
def day(app):
    """An open session."""
    return make.session(state=SessionState.OPEN)


def turn_of(day, *, at=AttendanceState.CLEARED, **values):
    student = make.student()
    loan = make.loan(**{"student": student, **APPROVED, **values})
    return make.attendance(day, student=student, loan=loan, state=at), make.device_of(loan).asset_tag


def scan(browser, page, code, *, status=200):
    return Page(page.submit(browser, "Valider", code=code), status=status)


@pytest.mark.parametrize("role", [Role.HEAD, Role.MANAGER, Role.TECHNICIAN, Role.SCAN_HELPER])
def test_a_station_is_chosen_taken_scanned_at_undone_and_left(day, as_user, role):
    post, (turn, tag) = make.station(day), turn_of(day)
    browser = as_user(make.staff(role))
    page = Page(browser.get("/distribution/postes")).follow(browser, "Poste 1 Atelier 2 : remettre l’appareil Libre")
    page = Page(page.submit(browser, "Prendre le poste 1"))
    page = scan(browser, page, turn.code)
    assert "Scannez l’appareil" in page.text("#station-verdict")
    page = scan(browser, page, tag)
    assert "Remis" in page.text("#station-verdict")
    assert tag in page.text("#station-last")
    page = Page(page.submit(browser, next(said for said in page.buttons() if said.startswith("Annuler"))))
    assert "Annulé" in page.text("#station-verdict")
    assert "Rien n’est encore scanné" in page.text("#station-last")
    assert make.fresh(turn).state is AttendanceState.CLEARED
    page = Page(page.submit(browser, "Quitter le poste"))
    assert make.fresh(post).account_id is None


def test_scripts_get_the_answer_and_the_last_five_and_nothing_else(day, as_user, count_statements):
    clerk = make.manager()
    post, (turn, tag) = make.station(day, account_id=clerk.account_id), turn_of(day)
    browser = as_user(clerk)
    with count_statements() as sql:
        half = Page(browser.post(f"/distribution/postes/{post.public_id}/scan", data={"code": turn.code}, htmx=True))
    assert sql.count == 5, sql  # the session, the actor, the station with its lock, the facts; then the last five
    assert not half.whole
    assert half.one("input[name=eleve]")["value"] == turn.code
    data = {"code": tag, "eleve": turn.code, "cle": "k1"}
    with count_statements() as sql:
        done = Page(browser.post(f"/distribution/postes/{post.public_id}/scan", data=data, htmx=True))
    assert sql.count == 15, (
        sql
    )  # those five; turn, loan and device are each read and written once; then four lines of history
    assert done.one("[data-verdict]")["data-verdict"] == "ok"
    assert done.one("input[name=eleve]")["value"] == ""


def test_the_page_of_a_station_takes_four_statements(day, as_user, count_statements):
    clerk = make.manager()
    post, browser = make.station(day, account_id=clerk.account_id), as_user(clerk)
    browser.get("/distribution/postes")
    for path in ("/distribution/postes", f"/distribution/postes/{post.public_id}"):
        with count_statements() as sql:
            Page(browser.get(path))
        assert sql.count <= 5, sql  # the fifth notes that somebody was shown a list of students


@pytest.mark.parametrize(
    ("role", "said"),
    [(Role.MANAGER, "Signer ici, sur cette tablette"), (Role.SCAN_HELPER, "Appelez une personne du lycée")],
)
def test_a_charter_to_sign_is_signed_here_by_whoever_may(day, as_user, role, said):
    who = make.staff(role)
    post = make.station(day, Workshop.SLEEVE, account_id=who.account_id)
    turn, _ = turn_of(day, at=AttendanceState.EXPECTED, charter=CharterGate.TO_SIGN)
    browser = as_user(who)
    page = scan(browser, Page(browser.get(f"/distribution/postes/{post.public_id}")), turn.code)
    assert "Charte à signer" in page.text("#station-verdict")
    assert said in page.text("#station-verdict")


def test_a_station_taken_over_says_so_and_offers_to_take_it_back(day, as_user):
    mine, other = make.manager(), make.manager()
    post = make.station(day, account_id=mine.account_id)
    first, second = as_user(mine), as_user(other)
    page = Page(first.get(f"/distribution/postes/{post.public_id}"))
    Page(Page(second.get(f"/distribution/postes/{post.public_id}")).submit(second, "Prendre le poste 1"))
    page = Page(page.submit(first, "Valider", code="X-1234"))
    assert page.buttons() == ["Prendre le poste 1"]


def test_without_an_open_session_there_is_one_sentence_and_one_button(as_user):
    browser = as_user(make.manager())
    assert "Aucune séance n’est ouverte" in Page(browser.get("/distribution/postes")).text()
    planned = make.station(make.session())
    page = Page(browser.get(f"/distribution/postes/{planned.public_id}"))
    assert "La séance n’est pas ouverte" in page.text()
    assert page.links()[-1] == "Voir les postes"


@pytest.mark.both
def test_what_no_scanner_sends_is_nothing_read(day, as_user):
    clerk = make.manager()
    post, browser = make.station(day, account_id=clerk.account_id), as_user(clerk)
    for field in ("code", "cle", "eleve", "appareil"):
        answer = browser.post(f"/distribution/postes/{post.public_id}/scan", data={field: "\x00é" * 500}, htmx=True)
        assert Page(answer).text(".verdict__word") in {"Rien lu", "Inconnu"}, field
