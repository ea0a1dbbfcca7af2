"""Deciding from the pages: the effect before anything is written, one button, an undo, and who decided."""

import pytest

from portal.loans.states import CharterGate, LoanState
from portal.stock.models import Device
from portal.stock.states import DeviceState
from tests import factories as make
from tests.pages import Page
from tests.swaps import assert_swap_equals_reload


@pytest.fixture
def head(app):
    return make.head(account=make.account(name="Odile Ferrand"))


@pytest.fixture
def desk(head, as_user):
    return as_user(head)


def asked(number=1, **values):
    return [make.loan(state=LoanState.SUBMITTED, **values) for _ in range(number)]


def ticked(loans):
    return [loan.public_id for loan in loans]


def preview(desk, loans):
    page = Page(desk.get("/demandes"))
    return Page(page.submit(desk, "Accepter les demandes cochées", choix=ticked(loans)))


def states(loans):
    return [make.fresh(loan).state for loan in loans]


def test_the_effect_is_shown_by_name_before_anything_is_written(desk, count_statements):
    make.devices(3)
    loans = asked(5)
    with count_statements() as sql:
        page = preview(desk, loans)
    assert sql.count <= 8, sql  # two pages
    assert page.heading == "5 demandes, 3 en stock, 2 en liste d’attente"
    assert len(page.texts("#people-approved li")) == 3
    assert len(page.texts("#people-waitlisted li")) == 2
    assert states(loans) == [LoanState.SUBMITTED] * 5


def test_one_button_confirms_and_what_was_decided_can_be_undone(desk):
    make.devices(3)
    loans = asked(5)
    page = preview(desk, loans)
    done = Page(page.submit(desk, "Confirmer les 5 décisions", choix=ticked(loans)))
    assert done.heading == "3 demandes acceptées, 2 mises en liste d’attente"
    assert "jusqu’au 8 septembre 2026 à 10:10" in done.text("main")
    back = Page(done.submit(desk, "Annuler les 5 décisions", choix=ticked(loans)))
    assert "5 décisions sont annulées" in back.text(".flashed")
    assert states(loans) == [LoanState.SUBMITTED] * 5
    assert make.every(Device, state=DeviceState.RESERVED) == []


def test_a_decision_names_who_takes_it_in_which_capacity_and_for_which_service(desk, head):
    loans = asked(1)
    signed = f"Odile Ferrand, proviseure, {head.school.name}"
    page = preview(desk, loans)
    assert signed in page.text("main")
    done = Page(page.submit(desk, "Confirmer la décision", choix=ticked(loans)))
    assert signed in done.text("main")
    assert signed in Page(desk.get("/demandes/decisions")).rows("Décisions")[0]["Par"]


def test_a_deputy_decides_by_delegation(as_user):
    deputy = as_user(make.head(account=make.account(name="Karim Weber")))
    page = preview(deputy, asked(1))
    assert "Karim Weber, par délégation d’Odile Ferrand, proviseure" in page.text("main")


def test_an_opposition_is_set_apart_from_the_batch(desk):
    make.devices(3)
    loans = asked(2)
    (opposed,) = asked(1, charter=CharterGate.OPPOSED)
    page = preview(desk, [*loans, opposed])
    assert page.heading == "2 demandes, 2 en stock"
    assert len(page.texts("#people-apart li")) == 1
    offered = {field["value"] for field in page.soup.select("main form input[name=choix]")}
    assert offered == set(ticked(loans))


def test_an_opposed_request_is_accepted_from_its_own_page(desk):
    make.device()
    (opposed,) = asked(1, charter=CharterGate.OPPOSED)
    page = Page(desk.get(f"/demandes/{opposed.public_id}"))
    Page(page.submit(desk, "Accepter cette demande"))
    assert states([opposed]) == [LoanState.APPROVED]


def test_a_batch_forged_with_an_opposition_is_refused_whole(desk):
    loans = [*asked(2), *asked(1, charter=CharterGate.OPPOSED)]
    page = Page(desk.post("/demandes/accord", data={"choix": ticked(loans)}), status=409)
    assert "Traitez cette demande séparément" in page.text("main")
    assert states(loans) == [LoanState.SUBMITTED] * 3


def test_nothing_ticked_is_said_where_one_ticks(desk):
    asked(1)
    page = Page(desk.get("/demandes"))
    for button in ("Accepter les demandes cochées",):
        again = Page(page.submit(desk, button))
        assert "Cochez-en au moins une" in again.text(".flashed")
    assert desk.post("/demandes/accord").location == "/demandes"
    assert desk.post("/demandes/refus").location == "/demandes"


def test_the_loser_of_two_heads_is_told_and_led_to_who_decided(desk, head, as_user):
    make.devices(2)
    loans = asked(2)
    page = preview(desk, loans)
    colleague = as_user(make.head(head.school))
    colleague.post("/demandes/accord", data={"choix": ticked(loans)})
    late = Page(page.submit(desk, "Confirmer les 2 décisions", choix=ticked(loans)), status=409)
    assert "ont déjà reçu une réponse" in late.text("main")
    assert len(late.follow(desk, "Voir les décisions récentes").rows("Décisions")) == 2


def test_what_is_left_is_decided_and_what_was_taken_is_counted(desk, head, as_user, clock):
    make.device()
    loans = asked(3)
    page = preview(desk, loans)
    as_user(make.head(head.school)).post("/demandes/accord", data={"choix": ticked(loans[:1])})
    clock.forward(seconds=5)
    done = Page(page.submit(desk, "Confirmer les 3 décisions", choix=ticked(loans)))
    assert done.heading == "2 mises en liste d’attente"
    assert "Une demande avait déjà reçu une réponse" in done.text(".flashed")


def test_a_preview_leaves_aside_what_is_already_decided(desk):
    make.devices(2)
    loans = asked(2)
    desk.post("/demandes/accord", data={"choix": ticked(loans[:1])})
    page = Page(desk.get("/demandes/accord", query_string={"choix": ticked(loans)}))
    assert page.heading == "1 demande, 1 en stock"
    assert "Une demande cochée a déjà reçu une réponse" in page.text("main")


def test_a_waiting_list_without_stock_stays_as_it_is(desk):
    loans = [make.loan(state=LoanState.WAITLISTED) for _ in range(2)]
    answer = desk.post("/demandes/accord", data={"choix": ticked(loans)})
    assert "la liste d’attente reste la même" in Page(desk.get(answer.location)).text(".flashed")


def test_a_refusal_without_a_reason_keeps_what_was_ticked(desk):
    loans = asked(2)
    page = Page(desk.get("/demandes/refus", query_string={"choix": ticked(loans)}))
    assert page.heading == "Refuser 2 demandes"
    again = Page(page.submit(desk, "Refuser les 2 demandes", choix=ticked(loans)), status=422)
    assert again.errors() == ["Choisissez un motif : la famille le lira."]
    assert len(again.soup.select("main form input[name=choix]")) == 2
    assert states(loans) == [LoanState.SUBMITTED] * 2


def test_another_reason_must_be_written_and_is_kept_when_too_long(desk):
    loans = asked(1)
    page = Page(desk.get("/demandes/refus", query_string={"choix": ticked(loans)}))
    again = Page(page.submit(desk, "Refuser la demande", motif="autre"), status=422)
    assert again.errors() == ["Écrivez le motif : la famille le lira."]
    long = Page(page.submit(desk, "Refuser la demande", motif="autre", precision="é" * 351), status=422)
    assert long.errors() == ["Écrivez 350 caractères au plus."]
    assert long.text("#precision") == "é" * 351


def test_a_refusal_tells_the_family_the_common_reason_then_the_head_s_own_words(desk):
    loans = asked(3)
    page = Page(desk.get("/demandes/refus", query_string={"choix": ticked(loans)}))
    answers = {"motif": "rendu", "precision": "Rapportez-le au bureau A."}
    done = Page(page.submit(desk, "Refuser les 3 demandes", answers, choix=ticked(loans)))
    assert done.heading == "3 demandes refusées"
    reasons = {make.fresh(loan).reason for loan in loans}
    assert reasons == {"Un appareil prêté auparavant n’a pas été rendu. Rapportez-le au bureau A."}


def test_the_longest_reason_fits(desk):
    loans = asked(1)
    answers = {"choix": ticked(loans), "motif": "double", "precision": "é" * 350}
    assert desk.post("/demandes/refus", data=answers).status_code == 303
    assert len(make.fresh(loans[0]).reason) <= 500


def test_recent_decisions_can_be_undone_one_by_one_while_the_family_is_not_told(desk, clock):
    loans = asked(2)
    desk.post("/demandes/accord", data={"choix": ticked(loans)})
    page = Page(desk.get("/demandes/decisions"))
    assert len(page.rows("Décisions")) == 2
    desk.post("/demandes/decisions/annulation", data={"choix": ticked(loans[:1])})
    assert states(loans) == [LoanState.SUBMITTED, LoanState.WAITLISTED]
    assert len(Page(desk.get("/demandes/decisions")).rows("Décisions")) == 1


def test_too_late_to_undo_is_said_clearly(desk):
    (loan,) = [make.loan(state=LoanState.APPROVED)]
    page = Page(desk.post("/demandes/decisions/annulation", data={"choix": loan.public_id}), status=409)
    assert "La famille est déjà prévenue" in page.text("main")


def test_a_decision_that_was_undone_has_no_page_any_more(desk):
    loans = asked(1)
    address = desk.post("/demandes/accord", data={"choix": ticked(loans)}).location
    assert desk.get(address).status_code == 200
    desk.post("/demandes/decisions/annulation", data={"choix": ticked(loans)})
    assert desk.get(address).status_code == 404
    for strange in ("x", "-1", "9" * 40, "0"):
        assert desk.get(f"/demandes/decisions/{strange}").status_code == 404


def test_accepting_a_row_changes_the_row_the_number_and_the_stock_as_a_reload_would(desk):
    make.devices(2)
    student = make.student(given_name="Inès", family_name="Benali")
    first, second = make.loan(state=LoanState.SUBMITTED, student=student), *asked(1)
    # The row stays, to be undone where it was; a reload shows only what needs a decision.
    gone = (".requests", ".pager")
    answer = assert_swap_equals_reload(desk, "/demandes", "Accepter pour Inès Benali", ignoring=gone)
    assert "Acceptée Annuler" in Page(answer).text(f"#request-{first.public_id}")
    assert states([first, second]) == [LoanState.APPROVED, LoanState.SUBMITTED]


def test_a_row_decided_by_somebody_else_is_shown_as_it_is(desk, head, as_user):
    make.device()
    (loan,) = asked(1)
    as_user(make.head(head.school)).post("/demandes/accord", data={"choix": loan.public_id})
    answer = desk.post(f"/demandes/{loan.public_id}/accord", htmx=True)
    page = Page(answer, status=409)
    assert answer.headers["HX-Retarget"] == "#messages"
    assert "ont déjà reçu une réponse" in page.text("#messages")
    assert "Acceptée" in page.text(f"#request-{loan.public_id}")
    assert page.text("#queue-counts h1") == "0 demande à décider"


def test_a_row_is_undone_in_its_place(desk):
    make.device()
    (loan,) = asked(1)
    desk.post(f"/demandes/{loan.public_id}/accord", htmx=True)
    page = Page(desk.post("/demandes/decisions/annulation", data={"seule": loan.public_id}, htmx=True))
    assert page.has(f"#tick-{loan.public_id}")
    assert states([loan]) == [LoanState.SUBMITTED]


def test_without_javascript_a_row_s_button_leads_to_its_own_preview(desk):
    make.device()
    first, second = asked(2)
    page = Page(desk.get("/demandes", query_string={"tri": "attente"}))
    button = page.one(f"button[value='{first.public_id}']")
    answer = desk.get("/demandes/accord", query_string={"choix": second.public_id, button["name"]: button["value"]})
    assert Page(answer).heading == "1 demande, 1 en stock"


def test_the_page_of_a_request_has_what_helps_to_decide(desk, count_statements):
    student = make.student()
    make.loan(state=LoanState.WRITTEN_OFF, student=student)
    loan = make.loan(state=LoanState.SUBMITTED, student=student, note="Internet seulement au lycée.")
    with count_statements() as sql:
        page = Page(desk.get(f"/demandes/{loan.public_id}"))
    assert sql.count <= 4, sql
    text = page.text("main")
    for part in (loan.reference, loan.street, loan.postcode, "Pas encore signée", loan.note, "Perdu ou hors d’usage"):
        assert part in text
    assert page.has(".thread")


@pytest.mark.parametrize("address", ["/demandes/decisions", "/demandes/accord", "/demandes/refus"])
def test_pages_around_a_decision_stay_within_four_statements(desk, count_statements, address):
    loans = asked(6)
    desk.post("/demandes/accord", data={"choix": ticked(loans[:3])})
    with count_statements() as sql:
        Page(desk.get(address, query_string={"choix": ticked(loans)}))
    assert sql.count <= 4, sql


def test_confirming_costs_the_same_for_5_and_for_50(desk, count_statements):
    make.devices(60)
    few, many = asked(5), asked(50)
    with count_statements() as for_few:
        desk.post("/demandes/accord", data={"choix": ticked(few)})
    with count_statements() as for_many:
        desk.post("/demandes/accord", data={"choix": ticked(many)})
    assert for_many.count == for_few.count
