"""The settings of a lycée: who may change what, what is refused, what a second person saves, where it shows."""

import pytest

from portal.loans.states import Delivery, LoanState
from portal.platform.outbox import OutboxRow
from portal.policy import GRANTS, Action
from portal.schools import wording
from portal.schools.models import School
from tests import factories as make
from tests.pages import Page


@pytest.fixture
def school(app):
    return make.school(name="Lycée Louise-Michel")


@pytest.fixture
def head(school, as_user):
    return as_user(make.head(school))


@pytest.fixture
def manager(school, as_user):
    return as_user(make.manager(school))


WEEK = {"lundi": "8 h – 12 h", "mardi": "8h-12h", "mercredi": "", "jeudi": "", "vendredi": "", "samedi": ""}


def open_page(browser, part):
    return Page(browser.get(f"/etablissement/{part}"))


def test_the_page_shows_everything_in_few_statements(head, school, count_statements):
    with count_statements() as sql:
        page = Page(head.get("/etablissement"))
    assert sql.count <= 4, sql
    assert page.heading == "Lycée Louise-Michel"
    assert "Aucune modification pour le moment" in page.text()
    assert "Modifier l’adresse" in page.links()


def test_who_may_do_what_is_told_in_words_from_the_policy(head):
    rows = {row["Action"]: row for row in Page(head.get("/etablissement")).rows("Droits de chaque rôle")}
    assert rows["Accepter ou refuser une demande"]["Proviseur"] == "Oui"
    assert rows["Accepter ou refuser une demande"]["Gestionnaire"] == "non"


def test_every_action_of_the_staff_has_words():
    """To mend: add the missing actions to ACTIONS in portal/schools/wording.py, as a family would say them."""
    of_staff = {action for action in Action if set(wording.STAFF_ROLES) & GRANTS[action]}
    assert of_staff - set(wording.ACTIONS) - wording.OF_EVERYBODY == set()


def test_the_hours_reach_the_family(manager, school, as_user):
    family = make.family(make.student(school))
    loan = make.loan(
        student=family.student,
        state=LoanState.AWAITING_PICKUP,
        delivery=Delivery.SCHOOL,
        requested_by=family.account_id,
    )
    page = open_page(manager, "accueil")
    Page(page.submit(manager, "Enregistrer", {**WEEK, "pickup_place": "au CDI", "closings": "14/09/2026"}))
    saved = make.fresh(school)
    assert saved.opening == {"lundi": [["08:00", "12:00"]], "mardi": [["08:00", "12:00"]]}
    assert saved.version == 2
    shown = Page(as_user(family).get(f"/mes-dossiers/{loan.public_id}")).text().replace("\u00a0", " ")
    assert "Il vous attend ici : au CDI (les lundi et mardi, de 8 h à 12 h ; fermé le 14 septembre)" in shown


def test_what_is_wrong_is_said_field_by_field_and_kept(manager, school):
    page = open_page(manager, "accueil")
    wrong = {
        "contact_phone": "12",
        "contact_email": "accueil",
        "lundi": "le matin",
        "closings": "Noël",
        "pickup_place": "",
    }
    refused = Page(page.submit(manager, "Enregistrer", wrong), status=422)
    assert len(refused.errors()) == 5
    assert refused.one("#lundi")["value"] == "le matin"
    assert make.fresh(school).version == 1


def test_a_desk_that_never_opens_is_refused(manager):
    page = open_page(manager, "accueil")
    refused = Page(page.submit(manager, "Enregistrer", dict.fromkeys(WEEK, "")), status=422)
    assert refused.errors() == ["Indiquez au moins une demi-journée d’ouverture."]


@pytest.mark.both
def test_two_people_on_one_form_the_second_sees_both_values_and_overwrites_nothing(head, manager, school):
    first, second = open_page(head, "accueil"), open_page(manager, "accueil")
    Page(first.submit(head, "Enregistrer", {**WEEK, "pickup_place": "au CDI"}))
    late = Page(second.submit(manager, "Enregistrer", {**WEEK, "pickup_place": "à la loge"}), status=409)
    (row,) = [row for row in late.rows("Ce qui diffère") if row["Réglage"] == "Lieu de retrait"]
    assert (row["Valeur gardée"], row["Votre valeur"]) == ("au CDI", "à la loge")
    assert make.fresh(school).pickup_place == "au CDI"
    Page(late.submit(manager, "Enregistrer mes valeurs"))
    assert make.fresh(school).pickup_place == "à la loge"
    assert make.trail(f"school:{school.id}") == ["SchoolChanged", "SchoolChanged"]


def test_the_history_says_who_changed_what_and_never_the_values(head, school):
    page = open_page(head, "imprimantes")
    Page(page.submit(head, "Enregistrer", slips_right="0,4"))
    (row,) = Page(head.get("/etablissement")).rows("Modifications")
    assert row["Réglages modifiés"] == "imprimantes"
    Page(open_page(head, "imprimantes").submit(head, "Enregistrer"))
    assert len(Page(head.get("/etablissement")).rows("Modifications")) == 1, "nothing changed, nothing told"


def test_the_manager_does_not_change_the_address_or_the_head(manager):
    assert manager.get("/etablissement/adresse").status_code == 403
    assert "Modifier l’adresse" not in Page(manager.get("/etablissement")).links()


@pytest.mark.parametrize("who", [make.technician, make.region_agent, make.family])
def test_nobody_else_comes_in(app, as_user, who):
    somebody = as_user(who())
    for path in ("", "/accueil", "/adresse", "/expediteur", "/imprimantes"):
        assert somebody.get(f"/etablissement{path}").status_code == 403


ADDRESS = {"recipient": "Lycée Louise-Michel", "street": "12 rue des Écoles", "postcode": "54000", "city": "nancy"}


def test_an_address_is_compared_with_the_postcodes_and_spelled_officially(head, school):
    page = open_page(head, "adresse")
    doubt = Page(
        page.submit(head, "Enregistrer", {**ADDRESS, "city": "Metz", "line2": "", "line3": "", "locality": ""}),
        status=422,
    )
    assert "Nancy" in doubt.errors()[0]
    Page(doubt.submit(head, "Enregistrer", city="nancy"))
    assert make.fresh(school).city == "Nancy"
    kept = open_page(head, "adresse")
    Page(kept.submit(head, "Enregistrer", postcode="54999", city="Nancy", sure="y"))
    assert make.fresh(school).postcode == "54999"


def test_the_sender_is_the_lycee_until_it_says_otherwise(head, school):
    page = open_page(head, "expediteur")
    Page(page.submit(head, "Enregistrer", {**ADDRESS, "recipient": "Service des prêts", "own": "y"}))
    assert make.fresh(school).sender["recipient"] == "Service des prêts"
    assert make.fresh(school).sender_address.city == "Nancy"
    Page(open_page(head, "expediteur").submit(head, "Enregistrer", own=None))
    assert make.fresh(school).sender is None


@pytest.mark.parametrize(("typed", "kept"), [("0,4", 0.4), ("-10", -10.0), ("−0.1", -0.1), ("", 0.0)])
def test_a_shift_is_a_tenth_of_a_millimetre_up_to_ten(head, school, typed, kept):
    Page(open_page(head, "imprimantes").submit(head, "Enregistrer", labels_down=typed))
    assert make.fresh(school).printers.labels_down == kept


@pytest.mark.parametrize("typed", ["10,1", "0,45", "un", "nan", "inf"])
def test_another_shift_is_refused(head, typed):
    refused = Page(open_page(head, "imprimantes").submit(head, "Enregistrer", slips_down=typed), status=422)
    assert "dixième" in refused.errors()[0]


def test_a_calibration_page_is_asked_from_the_settings(manager, school):
    page = Page(manager.get("/etablissement"))
    job = Page(page.submit(manager, "Page de réglage, étiquettes"))
    assert job.heading == "Page de réglage de l’imprimante"
    (row,) = make.every(OutboxRow, kind="CalibrationAsked")
    assert row.payload["paper"] == "etiquettes"


def test_another_lycees_settings_do_not_move(head, school):
    other = make.school()
    Page(open_page(head, "imprimantes").submit(head, "Enregistrer", slips_right="1"))
    assert [one.version for one in make.every(School) if one.id == other.id] == [1]
