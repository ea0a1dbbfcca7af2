"""The school's pages about charters, and the tablet that it hands over."""

import subprocess
from datetime import timedelta
from io import BytesIO

import pytest

from portal.charter import handlers
from portal.charter.events import BlanksAsked
from portal.charter.models import CharterDesk, CharterPaper, CharterSignature
from portal.kernel import clock as time
from portal.loans.states import CharterGate, LoanState
from portal.policy import Role
from tests import factories as make
from tests.charter import flow
from tests.charter.test_equal_routes import letter_of, photo
from tests.factories.accounts import staff
from tests.pages import Page


@pytest.fixture
def about(app):
    return flow.asked()


@pytest.fixture
def clerk(about, as_user):
    return as_user(make.manager(school_of(about)))


def school_of(about):
    from portal.schools.models import School

    return next(one for one in make.every(School) if one.id == about.loan.school_id)


def loan_page(clerk, about):
    return Page(clerk.get(f"/chartes/{about.loan.public_id}"))


def opened(clerk, about):
    """The page with the code, as the agent gets it."""
    form = loan_page(clerk, about).follow(clerk, f"Faire signer sur une tablette {about.name}")
    return Page(form.submit(clerk, "Ouvrir la charte pour la tablette", identity="oui"))


def code_of(page):
    return page.text(".desk-code")


# --- the tablet -----------------------------------------------------------------------------------------------------


@pytest.mark.both
def test_a_family_signs_on_another_tablet_while_the_agent_looks_on(about, clerk, app):
    desk, tablet = opened(clerk, about), app.test_client()
    sheet = Page(Page(tablet.get("/guichet")).submit(tablet, "Ouvrir la charte", code=code_of(desk)))
    assert "Ouverte sur la tablette" in Page(clerk.get(desk.url)).text("#desk-state")
    refused = Page(sheet.submit(tablet, "Signer la charte"), status=422)
    assert len(refused.errors()) == 2
    end = Page(refused.submit(tablet, "Signer la charte", name=about.name, consent="y"))
    assert end.heading == "Charte signée"
    assert make.fresh(about.loan).charter is CharterGate.SIGNED
    assert "Charte signée" in Page(clerk.get(desk.url, htmx=True)).text("#desk-state")
    assert tablet.get("/guichet/charte").status_code == 410


def test_on_the_agents_own_tablet_the_staff_session_is_gone_before_the_family_sees_it(about, clerk):
    desk = opened(clerk, about)
    sheet = Page(desk.submit(clerk, "Faire signer sur cette tablette"))
    assert sheet.links().count("Se déconnecter") == 0
    for path in ("/preparation", "/chartes", f"/chartes/{about.loan.public_id}", "/demandes"):
        assert "/entrer" in clerk.get(path).headers["Location"]
    assert clerk.get("/guichet/charte").status_code == 200


def test_a_stolen_staff_cookie_is_dead_once_the_tablet_is_handed_over(about, clerk):
    desk = opened(clerk, about)
    [before] = list(clerk._cookies.values())
    desk.submit(clerk, "Faire signer sur cette tablette")
    [after] = list(clerk._cookies.values())
    after.value, lent = before.value, after.value
    assert lent != before.value
    assert "/entrer" in clerk.get("/chartes").headers["Location"]


def test_declining_on_the_tablet_takes_two_touches_as_signing_does(about, clerk, app):
    desk, tablet = opened(clerk, about), app.test_client()
    sheet = Page(Page(tablet.get("/guichet")).submit(tablet, "Ouvrir la charte", code=code_of(desk)))
    why = sheet.follow(tablet, "Je ne souhaite pas signer")
    end = Page(why.submit(tablet, "Je ne signe pas"))
    assert end.heading == "Vous n’avez pas signé"
    assert make.fresh(about.loan).charter is CharterGate.DECLINED


def test_the_agents_button_ends_what_the_tablet_shows(about, clerk, app):
    desk, tablet = opened(clerk, about), app.test_client()
    Page(tablet.get("/guichet")).submit(tablet, "Ouvrir la charte", code=code_of(desk))
    Page(clerk.get(desk.url)).submit(clerk, "Arrêter la session")
    over = Page(tablet.get("/guichet/charte"), status=410)
    assert over.heading == "La charte n’est plus ouverte ici"
    assert [one.state for one in make.every(CharterDesk)] == ["stopped"]


def test_a_wrong_code_says_so_and_the_agent_must_say_what_was_seen(about, clerk, app):
    tablet = app.test_client()
    page = Page(Page(tablet.get("/guichet")).submit(tablet, "Ouvrir la charte", code="ABCD EFGH"), status=422)
    assert "Ce code n’ouvre rien" in page.errors()[0]
    form = loan_page(clerk, about).follow(clerk, f"Faire signer sur une tablette {about.name}")
    assert "pièce d’identité" in Page(form.submit(clerk, "Ouvrir la charte pour la tablette"), status=422).errors()[0]


# --- the paper ------------------------------------------------------------------------------------------------------


def sent(clerk, about, **changes):
    path = f"/chartes/signataires/{about.signature.public_id}/papier"
    values = {"name": about.name, "signed_on": time.today().isoformat(), "identity": "non", "witnessed": "y", **changes}
    scan = values.pop("scan", photo())
    files = {"scan": (BytesIO(scan), "photo.jpg")} if scan else {}
    return clerk.post(path, data={**values, **files}, content_type="multipart/form-data")


def test_a_paper_is_printed_recorded_and_taken_back_by_pages(about, clerk):
    page = loan_page(clerk, about).follow(clerk, f"Papier {about.name}")
    assert clerk.get(page.href("Imprimer la charte à signer (PDF)")).data.startswith(b"%PDF")
    assert sent(clerk, about).status_code == 303
    assert make.fresh(about.loan).charter is CharterGate.SIGNED
    taken = loan_page(clerk, about).follow(clerk, "Annuler le papier")
    assert len(Page(taken.submit(clerk, "Annuler ce papier", reason=""), status=422).errors()) == 1
    Page(taken.submit(clerk, "Annuler ce papier", reason="Le papier d’un autre élève"))
    assert make.fresh(about.loan).charter is CharterGate.TO_SIGN
    assert [one.reason for one in make.every(CharterPaper)] == ["Le papier d’un autre élève"]


def test_what_is_missing_from_a_paper_is_said_at_once(about, clerk):
    page = Page(sent(clerk, about, scan=b"", name="", signed_on="", identity="", witnessed=""), status=422)
    assert len(page.errors()) == 5
    assert "ni un PDF" in Page(sent(clerk, about, scan=b"hello"), status=422).errors()[0]


# --- the letter -----------------------------------------------------------------------------------------------------


def test_without_any_contact_the_page_asks_for_the_letters_code(app, as_user):
    about = flow.asked(make.family(guardian=make.guardian(email=None, mobile=None)))
    letter_of(about)
    parent = as_user(about.family)
    reading = Page(parent.get(f"/charte/{about.loan.public_id}", follow_redirects=True))
    page = Page(reading.submit(parent, "J’ai lu la charte, je veux signer"))
    assert page.heading == "Signer avec la lettre du lycée"
    wrong = Page(
        page.submit(parent, "Signer la charte", code="AAAA AAAA AAAA", name=about.name, consent="y"), status=422
    )
    assert "votre lettre" in wrong.errors()[0]
    done = Page(wrong.submit(parent, "Signer la charte", code="ABCD-EFGH-JKMN", name=about.name, consent="y"))
    assert done.heading == "Charte signée"


# --- the board ------------------------------------------------------------------------------------------------------


def test_each_class_counts_signed_to_sign_and_problems(about, clerk):
    flow.asked(make.family(make.student(class_name="2de 4"), guardian=make.guardian(email=None, mobile=None)))
    make.change(make.every(CharterSignature)[1], account_id=None)
    clerk_later = time.now()
    for one in make.every(type(about.loan)):
        make.change(one, submitted_at=clerk_later - timedelta(hours=1))
    page = Page(clerk.get("/chartes"))
    assert page.rows("Par classe") == [
        {"Classe": "2de 4", "Signées": "0", "À signer": "1 à signer en 2de 4", "Problèmes": "1 problèmes en 2de 4"}
    ]
    lost = Page(clerk.get("/chartes?etat=injoignable"))
    assert [row["Charte"] for row in lost.rows("Dossiers")] == ["Injoignable"]
    assert len(Page(clerk.get("/chartes/liste?classe=2de+4")).rows("Dossiers")) == 2


def test_an_empty_board_says_what_will_come(app, as_user):
    assert "Aucune charte à suivre" in Page(as_user(make.manager()).get("/chartes")).text("main")


@pytest.mark.parametrize("number", [1, 6])
def test_the_board_costs_four_statements_whatever_its_size(about, clerk, count_statements, number):
    for _ in range(number):
        flow.asked(printed=False)
    clerk.get("/chartes")
    with count_statements() as sql:
        clerk.get("/chartes")
    assert sql.count <= 4, sql


# --- a class on paper -----------------------------------------------------------------------------------------------


@pytest.mark.both
def test_a_class_is_printed_in_one_file_each_charter_on_a_sheet_of_its_own(about, clerk):
    make.change(about.family.student, class_name="2de 9", family_name="Zola")
    first = flow.asked(make.family(make.student(class_name="2de 9", family_name="Abel")))
    elsewhere = flow.asked(make.family(make.student(class_name="2de 8")))
    board = Page(clerk.get("/chartes?classe=2de+9"))
    waiting = Page(board.submit(clerk, "Imprimer les chartes à signer de 2de 9"))
    assert "0 sur 2" in waiting.text("#printout")
    assert Page(board.submit(clerk, "Imprimer les chartes à signer de 2de 9")).url == waiting.url
    (asked,) = make.outbox(kind="BlanksAsked")
    flow.job(handlers.join_blanks, BlanksAsked(**asked.payload), asked.key)
    done = Page(clerk.get(waiting.url))
    pdf = clerk.get(done.href("Ouvrir le PDF")).data
    told = subprocess.run(["pdftotext", "-", "-"], input=pdf, check=True, capture_output=True).stdout.decode()
    starts = [
        next(number for number, page in enumerate(told.split("\f")) if one.loan.reference in page)
        for one in (first, about)
    ]
    assert starts[0] == 0
    assert starts[1] % 2 == 0, "the second charter begins on the back of the first one's last sheet"
    assert elsewhere.id not in asked.payload["signature_ids"]
    assert asked.payload["signature_ids"] == [first.id, about.id]


def test_a_class_that_has_nothing_to_sign_is_told_so(about, clerk):
    page = Page(clerk.post("/chartes/impressions", data={"classe": "Tle 7"}, follow_redirects=True))
    assert "Aucune charte à imprimer" in page.text(".notice")


# --- no device leaves without it ------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", ["bench", "scan"])
def test_the_bench_and_the_scan_give_the_reason_and_lead_to_the_signature(about, clerk, door):
    make.change(make.fresh(about.loan), state=LoanState.AWAITING_PICKUP)
    path = {"bench": "/preparation/scan", "scan": "/scan"}[door]
    page = Page(clerk.post(path, data={"code": about.loan.reference}))
    assert "La charte n’est pas encore signée." in page.text(".verdict__text")
    assert page.href("Faire signer sur cette tablette") == f"/chartes/{about.loan.public_id}"


def test_a_helper_is_told_to_call_somebody_of_the_school(about, as_user):
    make.change(make.fresh(about.loan), state=LoanState.AWAITING_PICKUP)
    helper = as_user(staff(Role.SCAN_HELPER, school_of(about)))
    page = Page(helper.post("/scan", data={"code": about.loan.reference}))
    assert "Appelez une personne du lycée" in page.text("main")
    assert helper.get(f"/chartes/{about.loan.public_id}").status_code == 403
