"""What a family sees of its loans: each child, the timeline, what it may do, and never what is another's."""

from datetime import timedelta

import pytest

from portal.kernel import clock as time
from portal.loans.states import CharterGate, Delivery, LoanState
from portal.stock.states import DeviceState
from tests import factories as make
from tests.pages import Page

REASON = "Inès a déjà un ordinateur prêté par son ancien lycée."


@pytest.fixture
def family(app):
    make.campaign()
    return make.family()


@pytest.fixture
def parent(family, as_user):
    return as_user(family)


def loan_of(family, state, **values):
    return make.loan(state=state, student=family.student, **{"requested_by": family.account_id, **values})


def show(client, loan):
    return Page(client.get(f"/mes-dossiers/{loan.public_id}"))


def statuses(page):
    names = page.texts(".task .task__link, .task .task__title")
    return dict(zip(names, page.texts(".task .tag"), strict=True))


def test_without_a_child_the_page_says_whom_to_ask(as_user, app):
    page = Page(as_user(make.family(make.student(left_on=time.today()))).get("/mes-dossiers"))
    assert "Demandez au lycée de vérifier votre adresse" in page.text("main")


def test_a_child_who_left_with_the_device_is_still_there_until_it_is_back(as_user, family, parent):
    lent = loan_of(family, LoanState.LENT)
    make.change(family.student, left_on=time.today())
    assert Page(parent.get("/mes-dossiers")).texts(".child__name") == [family.student.name]
    assert show(parent, lent).heading
    make.change(lent, state=LoanState.WRITTEN_OFF)
    assert Page(parent.get("/mes-dossiers")).texts(".child__name") == []


def test_a_child_without_a_request_is_one_button_away(family, parent):
    page = Page(parent.get("/mes-dossiers"))
    assert page.texts(".child__name") == [family.student.name]
    assert page.follow(parent, "Demander un ordinateur").heading == "Demander un ordinateur"


def test_two_children_in_two_schools_are_one_page_with_two_helps(family, parent, as_user):
    child = make.student(make.school(name="Lycée Simone-Veil", contact_name="Awa Diop"))
    make.guardianship(child, make.guardian(school_id=child.school_id, account_id=family.account_id))
    page = Page(parent.get("/mes-dossiers"))
    assert sorted(page.texts(".child__name")) == sorted([family.student.name, child.name])
    assert len(page.texts(".help")) == 2
    assert any("Awa Diop" in box for box in page.texts(".help"))


def test_a_draft_is_offered_again_with_its_day(family, parent):
    loan_of(family, LoanState.DRAFT, started_at=time.now() - timedelta(days=5))
    page = Page(parent.get("/mes-dossiers"))
    assert statuses(page)["Demande"] == "Brouillon"
    resumed = page.follow(parent, "Reprendre votre demande du 3 sept. 2026")
    assert resumed.heading == "Où voulez-vous recevoir l’ordinateur ?"


@pytest.mark.parametrize(
    ("state", "charter", "words"),
    [
        (LoanState.SUBMITTED, "to_sign", "Envoyée, À signer, Envoyée, Pas encore possible, Pas encore possible"),
        (LoanState.SUBMITTED, "opposed", "Envoyée, Problème, Envoyée, Pas encore possible, Pas encore possible"),
        (LoanState.WAITLISTED, "signed", "Envoyée, Validée, Envoyée, Pas encore possible, Pas encore possible"),
        (LoanState.APPROVED, "to_sign", "Envoyée, À signer, Validée, Pas encore possible, Pas encore possible"),
        (LoanState.APPROVED, "signed", "Envoyée, Validée, Validée, En cours, Pas encore possible"),
        (LoanState.PREPARING, "signed", "Envoyée, Validée, Validée, Validée, Pas encore possible"),
        (LoanState.IN_TRANSIT, "signed", "Envoyée, Validée, Validée, Validée, En route"),
        (LoanState.AWAITING_PICKUP, "signed", "Envoyée, Validée, Validée, Validée, À retirer"),
        (LoanState.LENT, "signed", "Envoyée, Validée, Validée, Validée, Remis"),
    ],
)
def test_each_task_says_where_it_stands(family, parent, state, charter, words):
    loan_of(family, state, charter=CharterGate(charter))
    page = Page(parent.get("/mes-dossiers"))
    assert ", ".join(statuses(page).values()) == words


@pytest.mark.parametrize("state", [LoanState.APPROVED, LoanState.REFUSED, LoanState.WAITLISTED])
def test_a_decision_that_can_be_undone_is_not_shown(family, parent, state):
    loan = loan_of(family, state, decided_at=time.now() - timedelta(minutes=5))
    page = show(parent, loan)
    assert "Le lycée lit votre demande" in page.text(".thread")
    assert "ancien lycée" not in page.text("main")
    assert "Validée" not in Page(parent.get("/mes-dossiers")).text("main")


def test_the_refusal_gives_the_reason_and_the_way_to_ask_again(family, parent):
    page = show(parent, loan_of(family, LoanState.REFUSED, reason=REASON))
    assert REASON in page.text(".thread__step--problem")
    assert "Faire une nouvelle demande" in page.links()


def test_the_waiting_list_is_explained(family, parent):
    page = show(parent, loan_of(family, LoanState.WAITLISTED, charter=CharterGate.SIGNED))
    assert "Votre demande garde sa place" in page.text(".thread__step--current")


def test_the_timeline_says_who_must_act_and_by_when(family, parent):
    page = show(parent, loan_of(family, LoanState.SUBMITTED))
    assert "C’est à vous" in page.text(".thread__step--current")
    assert "au plus tard le" in page.text(".thread__step--current")


def test_the_reference_is_in_large_type_and_can_be_copied(family, parent):
    loan = loan_of(family, LoanState.SUBMITTED)
    page = show(parent, loan)
    assert page.one(f'[data-copy="{loan.reference}"]').name == "button"
    assert loan.reference in page.texts(".reference__value")


def test_the_parcel_is_followed_on_the_public_page_of_la_poste(family, parent):
    page = show(parent, loan_of(family, LoanState.IN_TRANSIT, tracking_number="6A15984040331"))
    assert page.href("Suivre le colis sur laposte.fr") == (
        "https://www.laposte.fr/outils/suivre-vos-envois?code=6A15984040331"
    )
    assert "6A 15984 04033 1" in page.texts(".reference__value")
    assert page.has('[data-copy="6A15984040331"]')


def test_what_is_no_tracking_number_makes_no_link(family, parent):
    page = show(parent, loan_of(family, LoanState.IN_TRANSIT, tracking_number="?x=1&y"))
    assert not page.has("a[href*='laposte.fr']")


def test_i_have_received_it_is_said_once_and_harmless_twice(family, parent):
    loan = loan_of(family, LoanState.IN_TRANSIT)
    page = show(parent, loan)
    assert "ne s’annule pas" in page.text("main")
    for _ in range(2):
        after = Page(page.submit(parent, "J’ai reçu l’ordinateur"))
    assert make.fresh(loan).state is LoanState.LENT
    assert "entre vos mains" in after.text(".flashed")
    assert "J’ai reçu l’ordinateur" not in after.buttons()


def test_what_is_lent_is_listed_with_its_dates(family, parent):
    loan = loan_of(family, LoanState.LENT)
    page = show(parent, loan)
    said = page.text("main")
    assert make.device_of(loan).asset_tag in said
    assert "chargeur, housse" in said
    assert "mardi 6 juillet 2027" in said
    assert "2029" in said


def test_a_device_set_aside_is_not_named_before_it_is_handed_over(family, parent):
    loan = loan_of(family, LoanState.PREPARING, charter=CharterGate.SIGNED)
    device = make.device_of(loan)
    assert device.state is DeviceState.RESERVED
    assert device.asset_tag not in show(parent, loan).text("main")


def test_a_request_is_withdrawn_after_a_second_thought(family, parent):
    loan = loan_of(family, LoanState.SUBMITTED)
    page = show(parent, loan)
    assert page.one("details#retrait form")["method"] == "post"
    after = Page(page.submit(parent, "Oui, retirer ma demande"))
    assert make.fresh(loan).state is LoanState.WITHDRAWN
    assert "Demande retirée" in after.text(".thread")
    assert "Faire une nouvelle demande" in after.links()


def test_too_late_to_withdraw_is_a_sentence(family, parent):
    loan = loan_of(family, LoanState.IN_TRANSIT)
    page = Page(parent.post(f"/mes-dossiers/{loan.public_id}/retrait"), status=409)
    assert "action a déjà été faite" in page.text("main")
    assert "Oui, retirer ma demande" not in show(parent, loan).buttons()


def test_the_other_parent_follows_the_loan_without_address_or_contacts(family, as_user):
    loan = loan_of(family, LoanState.SUBMITTED, contact_email="nadia@example.org", street="3 rue des Lilas")
    other = as_user(make.family(family.student))
    page = show(other, loan)
    assert "nadia@example.org" not in page.response.text
    assert "rue des Lilas" not in page.response.text.lower()
    assert "RUE DES LILAS" not in page.response.text
    assert page.buttons().count("Oui, retirer ma demande") == 0


def test_a_minor_sees_that_a_guardian_must_sign(family, as_user):
    pupil = make.signed_in_student(family.student)
    loan = loan_of(family, LoanState.SUBMITTED, requested_by=pupil.account_id)
    page = show(as_user(pupil), loan)
    assert "Un responsable légal" in page.text(".thread__step--current")
    assert "Signer la charte" not in page.links()


def test_a_guardian_without_the_right_to_sign_is_not_asked_to(as_user, app):
    make.campaign()
    aunt = make.family(may_sign=False)
    page = show(as_user(aunt), loan_of(aunt, LoanState.SUBMITTED))
    assert "C’est à vous" not in page.text(".thread")


def test_an_adult_student_signs_alone(as_user, app):
    make.campaign()
    pupil = make.signed_in_student()
    page = show(
        as_user(pupil), make.loan(state=LoanState.SUBMITTED, student=pupil.student, requested_by=pupil.account_id)
    )
    assert "C’est à vous" in page.text(".thread__step--current")


@pytest.mark.parametrize("who", [make.head, make.manager, make.technician, make.region_agent])
@pytest.mark.parametrize("path", ["", "/demande", "/demande/eleve"])
def test_the_family_pages_are_not_for_the_staff(as_user, who, path):
    assert as_user(who()).get(f"/mes-dossiers{path}").status_code == 403


@pytest.mark.parametrize("path", ["recu", "retrait", "remise", "adresse", "contact", "verification"])
def test_nobody_acts_on_the_loan_of_another_family(family, parent, path):
    theirs = make.loan(state=LoanState.IN_TRANSIT if path == "recu" else LoanState.DRAFT)
    assert parent.post(f"/mes-dossiers/{theirs.public_id}/{path}").status_code == 404
    assert make.fresh(theirs).state is theirs.state


def test_visitors_are_asked_to_enter_first(client, family):
    assert client.get("/mes-dossiers").status_code == 302


@pytest.mark.both
@pytest.mark.parametrize(
    "page",
    [
        "",
        "/demande",
        "/demande/eleve",
        "/{draft}/remise",
        "/{draft}/adresse",
        "/{draft}/contact",
        "/{lent}",
        "/{sent}/envoyee",
    ],
)
def test_every_page_takes_four_statements_at_most(family, parent, count_statements, page):
    second, third = make.student(), make.student()
    for child in (second, third):
        make.guardianship(child, family.guardian)
    draft = loan_of(family, LoanState.DRAFT)
    lent = make.loan(state=LoanState.LENT, student=second, requested_by=family.account_id)
    sent = make.loan(state=LoanState.SUBMITTED, student=third, requested_by=family.account_id)
    url = "/mes-dossiers" + page.format(draft=draft.public_id, lent=lent.public_id, sent=sent.public_id)
    with count_statements() as sql:
        assert parent.get(url).status_code == 200
    assert sql.count <= 4, sql


@pytest.mark.both
def test_the_answers_take_four_statements_at_most(family, parent, count_statements):
    draft = loan_of(family, LoanState.DRAFT, contact_email="n@example.org")
    parent.post(f"/mes-dossiers/{draft.public_id}/remise", data={"remise": Delivery.SCHOOL.value})
    with count_statements() as sql:
        assert parent.get(f"/mes-dossiers/{draft.public_id}/verification").status_code == 200
    assert sql.count <= 4, sql
