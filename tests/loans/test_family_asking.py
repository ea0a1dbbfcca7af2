"""The request, page by page, as a family goes through it."""

import json
from dataclasses import replace

import pytest

from portal.loans import services
from portal.loans.models import Loan
from portal.loans.states import Delivery, LoanState
from portal.platform import scope
from tests import factories as make
from tests.pages import Page
from tests.platform.test_ban import GOOD, base, says
from tests.swaps import press

ADDRESS = {"recipient": "Nadia Benali", "street": "3 rue des Lilas", "postcode": "54000", "city": "Nancy"}
START = "Commencer la demande"
SAVE = "Enregistrer l’adresse"
SEND = "Envoyer la demande au lycée"


@pytest.fixture
def family(app):
    make.campaign()
    return make.family()


@pytest.fixture
def parent(family, as_user):
    return as_user(family)


def start(parent):
    return Page(parent.get("/mes-dossiers/demande"))


def first_question(parent):
    return Page(start(parent).submit(parent, START))


def at(family, question, *, delivery=None, **values):
    """A draft of this parent's, and the address of one of its questions."""
    draft = make.loan(student=family.student, requested_by=family.account_id, **values)
    if delivery:
        with scope.every_school(reason="tests"):
            services.save_delivery(draft.id, delivery=delivery)
    return draft, f"/mes-dossiers/{draft.public_id}/{question}"


def ready(family, **values):
    """Everything but the first question."""
    usual = {**ADDRESS, "contact_email": "n@example.org", "address_confirmed": True}
    return at(family, "verification", **{**usual, **values})


def through(page, parent, delivery):
    """Answer everything; returns the pages seen, the last one being the confirmation."""
    seen = [page]
    page = Page(page.submit(parent, "Continuer", remise=delivery))
    seen.append(page)
    if delivery == "home":
        page = Page(page.submit(parent, SAVE, ADDRESS))
        seen.append(page)
    page = Page(page.submit(parent, "Continuer", email="nadia@example.org", mobile="06 39 98 00 12"))
    seen.append(page)
    return [*seen, Page(page.submit(parent, SEND))]


@pytest.mark.both
@pytest.mark.parametrize(("delivery", "rank"), [("home", 0), ("school", 1)])
def test_the_announced_number_of_screens_is_the_real_one(parent, delivery, rank):
    page = start(parent)
    announced = [int(word) for word in page.text("#screens").split() if word.isdigit()]
    seen = through(Page(page.submit(parent, START)), parent, delivery)
    assert len(seen) - 1 == announced[rank]
    assert "envoyée au lycée" in seen[-1].heading


@pytest.mark.parametrize(("delivery", "rank"), [("home", 0), ("school", 1)])
def test_choosing_the_child_is_one_screen_more_and_announced(family, parent, delivery, rank):
    second = make.student()
    make.guardianship(second, family.guardian)
    page = start(parent)
    announced = [int(word) for word in page.text("#screens").split() if word.isdigit()]
    who = page.follow(parent, START)
    question = Page(who.submit(parent, "Continuer", eleve=second.public_id))
    assert second.name in question.text("main")
    assert len([who, *through(question, parent, delivery)]) - 1 == announced[rank]


def test_the_screens_left_count_down(parent):
    seen = through(first_question(parent), parent, "home")
    assert [page.text(".left") for page in seen[:-1]] == [
        "Encore 4 écrans avec celui‑ci",
        "Encore 3 écrans avec celui‑ci",
        "Encore 2 écrans avec celui‑ci",
        "Dernier écran",
    ]


def test_every_answer_reaches_the_school(parent):
    through(first_question(parent), parent, "home")
    (loan,) = make.every(Loan)
    assert (loan.state, loan.delivery) == (LoanState.SUBMITTED, Delivery.HOME)
    assert (loan.street, loan.postcode, loan.city, loan.address_confirmed) == (
        "3 rue des Lilas",
        "54000",
        "Nancy",
        True,
    )
    assert (loan.contact_email, loan.contact_mobile) == ("nadia@example.org", "+33639980012")


def test_the_confirmation_gives_the_reference_and_what_comes_next(family, parent):
    page = through(first_question(parent), parent, "school")[-1]
    (loan,) = make.every(Loan)
    said = page.text("main")
    assert loan.reference in said
    assert "mardi 15 septembre 2026" in said
    assert "Bureau de la gestion, bâtiment A" in said
    assert page.has(".help")


def test_the_confirmation_kept_as_a_bookmark_becomes_the_timeline(family, parent):
    loan = make.loan(state=LoanState.PREPARING, student=family.student, requested_by=family.account_id)
    page = Page(parent.get(f"/mes-dossiers/{loan.public_id}/envoyee", follow_redirects=True))
    assert page.heading == "Où en est mon ordinateur ?"


def test_a_child_with_a_laptop_is_not_offered(family, parent):
    other, third = make.student(), make.student()
    for child in (other, third):
        make.guardianship(child, family.guardian)
    make.loan(state=LoanState.LENT, student=third)
    who = start(parent).follow(parent, START)
    assert {choice["value"] for choice in who.soup.select("[name=eleve]")} == {
        family.student.public_id,
        other.public_id,
    }


def test_no_child_left_to_ask_for_leads_back(family, parent):
    make.loan(state=LoanState.SUBMITTED, student=family.student)
    page = start(parent)
    assert START not in page.buttons()
    assert "déjà ouvert" in page.text("main")


def test_without_a_choice_the_child_is_asked_again(family, parent):
    make.guardianship(make.student(), family.guardian)
    page = Page(parent.post("/mes-dossiers/demande/eleve"), status=422)
    assert page.errors() == ["Choisissez un élève dans la liste."]
    Page(parent.post("/mes-dossiers/demande/eleve", htmx="question"), status=422)


def test_starting_twice_leads_to_the_same_draft(family, parent):
    once = first_question(parent).url
    again = parent.post("/mes-dossiers/demande/eleve", data={"eleve": family.student.public_id})
    assert again.status_code == 303
    assert again.location in once
    assert len(make.every(Loan)) == 1


def test_the_question_without_an_answer_says_so_and_keeps_the_page(parent):
    question = first_question(parent)
    refused = Page(question.submit(parent, "Continuer"), status=422)
    assert refused.errors() == ["Choisissez où vous voulez recevoir l’ordinateur."]
    fragment = Page(press(parent, question, "#question"), status=422)
    assert fragment.one("form")["id"] == "question"


def test_htmx_moves_to_the_next_question(parent):
    answer = press(parent, first_question(parent), "#question", remise="home")
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].endswith("/adresse")


def test_the_address_known_to_the_school_is_not_typed_again(family, parent):
    _, url = at(family, "adresse", delivery=Delivery.HOME)
    page = Page(parent.get(url))
    assert page.one("#street")["value"] == family.guardian.street
    assert page.one("#city")["value"] == family.guardian.city
    assert "l’adresse que le lycée connaît" in page.text("main")


def test_what_was_answered_is_shown_again_on_another_device(family, as_user):
    _, url = at(family, "adresse", delivery=Delivery.HOME, **ADDRESS)
    page = Page(as_user(family).get(url))
    assert page.one("#street")["value"] == "3 rue des Lilas"
    assert "l’adresse que le lycée connaît" not in page.text("main")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"recipient": ""}, "Indiquez le prénom et le nom du destinataire."),
        ({"street": ""}, "Indiquez le numéro et le nom de la rue, ou le lieu-dit."),
        ({"postcode": "5400"}, "Le code postal compte cinq chiffres, par exemple 54000."),
        ({"city": ""}, "Indiquez la commune."),
        ({"recipient": "x" * 121}, "Écrivez 120 caractères au plus."),
    ],
)
def test_each_part_of_the_address_says_what_is_missing(family, parent, wrong, said):
    _, url = at(family, "adresse", delivery=Delivery.HOME)
    page = Page(Page(parent.get(url)).submit(parent, SAVE, {**ADDRESS, **wrong}), status=422)
    assert said in page.errors()
    for name, value in {**ADDRESS, **wrong}.items():
        assert page.one(f"#{name}").get("value", "") == value


def test_a_town_of_another_postcode_is_a_question_that_keeps_what_was_typed(family, parent):
    draft, url = at(family, "adresse", delivery=Delivery.HOME)
    asked = Page(Page(parent.get(url)).submit(parent, SAVE, {**ADDRESS, "city": "Nanci"}), status=422)
    assert asked.one("#city")["value"] == "Nanci"
    assert [choice["value"] for choice in asked.soup.select("[name=town]")] == ["Nancy", "garder"]
    Page(asked.submit(parent, SAVE, town="Nancy"))
    kept = make.fresh(draft)
    assert (kept.city, kept.address_confirmed) == ("Nancy", True)


def test_those_who_are_sure_of_their_town_keep_it_and_the_school_looks(family, parent):
    draft, url = at(family, "adresse", delivery=Delivery.HOME)
    asked = Page(Page(parent.get(url)).submit(parent, SAVE, {**ADDRESS, "city": "Nanci"}), status=422)
    Page(asked.submit(parent, SAVE, town="garder"))
    kept = make.fresh(draft)
    assert (kept.city, kept.address_confirmed) == ("Nanci", False)


def test_an_answer_about_another_town_does_not_count(family, parent):
    _, url = at(family, "adresse", delivery=Delivery.HOME)
    asked = Page(Page(parent.get(url)).submit(parent, SAVE, {**ADDRESS, "city": "Nanci"}), status=422)
    Page(asked.submit(parent, SAVE, town="Nancy", postcode="88000", city="Épinale"), status=422)


@pytest.mark.parametrize(("postcode", "city"), [("54035", "Nancy CEDEX"), ("99999", "Nulle-Part")])
def test_an_unknown_postcode_warns_and_never_refuses(family, parent, postcode, city):
    draft, url = at(family, "adresse", delivery=Delivery.HOME, contact_email="n@example.org")
    page = Page(Page(parent.get(url)).submit(parent, SAVE, {**ADDRESS, "postcode": postcode, "city": city}))
    assert "L’adresse est-elle juste ?" in page.text("main")
    assert make.fresh(draft).address_confirmed is False


def test_the_contacts_known_to_the_school_are_filled_in(family, parent):
    _, url = at(family, "contact", delivery=Delivery.SCHOOL)
    page = Page(parent.get(url))
    assert page.one("#email")["value"] == family.guardian.email
    assert page.one("#mobile")["value"].startswith("06 39 98")
    assert "code de signature va toujours au contact que le lycée connaît" in page.text("main")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": "", "mobile": ""}, "Indiquez une adresse e‑mail ou un téléphone portable."),
        ({"email": "nadia"}, "Il manque le signe @ dans l’adresse électronique."),
        ({"mobile": "06 39"}, "Un numéro français compte dix chiffres : vous en avez écrit 4."),
        (
            {"mobile": "03 83 00 00 00"},
            "Ce numéro ne reçoit pas de SMS. Indiquez un portable, ou laissez ce champ vide.",
        ),
        ({"email": "nadia@gmial.com"}, "Vouliez-vous dire nadia@gmail.com ? Choisissez votre adresse."),
    ],
)
def test_each_contact_says_what_to_correct(family, parent, typed, said):
    _, url = at(family, "contact", delivery=Delivery.SCHOOL)
    page = Page(Page(parent.get(url)).submit(parent, "Continuer", typed), status=422)
    assert page.errors() == [said]


@pytest.mark.parametrize(("choice", "kept"), [("nadia@gmail.com", "nadia@gmail.com"), ("garder", "nadia@gmial.com")])
def test_a_slip_of_the_keyboard_is_a_question_and_the_answer_is_theirs(family, parent, choice, kept):
    draft, url = at(family, "contact", delivery=Delivery.SCHOOL)
    asked = Page(Page(parent.get(url)).submit(parent, "Continuer", email="nadia@gmial.com"), status=422)
    Page(asked.submit(parent, "Continuer", meant=choice))
    assert make.fresh(draft).contact_email == kept


def test_a_change_leads_back_to_the_answers(family, parent):
    _, url = ready(family)
    question = Page(parent.get(url, follow_redirects=True))
    check = Page(question.submit(parent, "Continuer", remise="home"))
    assert check.heading == "Vérifiez votre demande"
    change = check.follow(parent, "Modifier : Remise")
    assert "Retour à mes réponses" in change.links()
    assert Page(change.submit(parent, "Continuer", remise="school")).heading == "Vérifiez votre demande"


def test_answers_changed_in_another_tab_are_read_before_they_leave(family, parent):
    draft, url = ready(family)
    question = Page(parent.get(url, follow_redirects=True))
    check = Page(question.submit(parent, "Continuer", remise="home"))
    Page(question.submit(parent, "Continuer", remise="school"))
    again = Page(check.submit(parent, SEND), status=409)
    assert "ont changé" in again.text("main")
    assert "Bureau de la gestion" in again.text("main")
    assert make.fresh(draft).state is LoanState.DRAFT
    Page(again.submit(parent, SEND))
    assert make.fresh(draft).state is LoanState.SUBMITTED


def test_sending_twice_shows_the_same_confirmation(family, parent):
    _, url = ready(family)
    check = Page(Page(parent.get(url, follow_redirects=True)).submit(parent, "Continuer", remise="home"))
    first, second = (Page(check.submit(parent, SEND)) for _ in range(2))
    assert first.text("main") == second.text("main")


def test_a_draft_says_when_it_was_kept(family, parent, clock):
    _, url = at(family, "remise", saved_at=clock.now())
    assert Page(parent.get(url)).text(".saved") == "Enregistré à 10 h 00"


@pytest.mark.parametrize("step", ["remise", "adresse", "contact", "verification"])
def test_the_other_parent_never_sees_the_draft(family, as_user, step):
    loan, url = at(family, step, delivery=Delivery.HOME, **ADDRESS)
    other = as_user(make.family(family.student))
    assert other.get(url).status_code == 404
    home = other.get(f"/mes-dossiers/{loan.public_id}", follow_redirects=True)
    assert "rue des Lilas" not in home.text
    assert "autre personne de la famille" in Page(home).text("main")


@pytest.mark.parametrize("step", ["", "/remise", "/adresse", "/contact", "/verification", "/envoyee"])
def test_the_loan_of_another_family_is_not_there(family, parent, step):
    theirs = make.loan(state=LoanState.DRAFT if step else LoanState.SUBMITTED)
    found, missing = (parent.get(f"/mes-dossiers/{one}{step}") for one in (theirs.public_id, "A" * 22))
    assert (found.status_code, missing.status_code) == (404, 404)
    assert Page(found, status=404).text() == Page(missing, status=404).text()


@pytest.fixture
def address_base(app):
    """A national address base that knows a street of the town, and counts its questions."""
    weak = json.dumps(GOOD).replace("0.93", "0.6").replace("8 Rue des Tilleuls", "3 Rue des Lilas Blancs")
    before = app.config["SETTINGS"]
    with base(says(weak.replace("57000", "54000").replace("Metz", "Nancy").encode())) as (url, asked):
        app.config["SETTINGS"] = replace(before, ban_url=url)
        yield asked
    app.config["SETTINGS"] = before


@pytest.mark.parametrize(("answer", "kept"), [("proposee", "3 Rue des Lilas Blancs"), ("garder", ADDRESS["street"])])
def test_another_way_to_write_the_address_is_one_question_and_either_answer_goes_on(
    family, parent, address_base, answer, kept
):
    draft, url = at(family, "adresse", delivery=Delivery.HOME)
    question = Page(Page(parent.get(url)).submit(parent, SAVE, ADDRESS), status=422)
    assert "3 Rue des Lilas Blancs, 54000 Nancy" in question.text("#question")
    assert make.fresh(draft).street is None
    Page(question.submit(parent, SAVE, written=answer))
    assert (make.fresh(draft).street, len(address_base)) == (kept, 1)


def test_a_base_that_is_down_or_not_set_blocks_nobody(app, family, parent):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], ban_url="http://127.0.0.1:9/search")
    draft, url = at(family, "adresse", delivery=Delivery.HOME)
    Page(Page(parent.get(url)).submit(parent, SAVE, ADDRESS))
    assert make.fresh(draft).street == ADDRESS["street"]
