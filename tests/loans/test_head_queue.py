"""The head's queue: only what needs a decision, the reason to hesitate first."""

from datetime import timedelta

import pytest

from portal.kernel import clock
from portal.loans.queries import head as queries_head
from portal.loans.states import TO_DECIDE, CharterGate, Delivery, LoanState
from portal.platform import scope
from portal.platform.tables import Wish
from portal.stock.states import DeviceKind, DeviceState, Pool
from tests import factories as make
from tests.pages import Page, words


@pytest.fixture
def head(app):
    return make.head()


@pytest.fixture
def desk(head, as_user):
    return as_user(head)


def named(given, family, class_name="2de 4", **values):
    student = make.student(given_name=given, family_name=family, class_name=class_name)
    return make.loan(state=values.pop("state", LoanState.SUBMITTED), student=student, **values)


def names(page):
    return page.texts(".request__name")


def test_the_queue_shows_what_waits_and_nothing_else(desk):
    for state in LoanState:
        named("Zoé", state.value, state=state)
    assert sorted(names(Page(desk.get("/demandes")))) == sorted(f"Zoé {state}" for state in TO_DECIDE)


def test_the_number_to_decide_is_the_heading_and_leaves_the_waiting_list_out(desk):
    named("Inès", "Benali")
    named("Zoé", "Benali")
    named("Yanis", "Benali", state=LoanState.WAITLISTED)
    page = Page(desk.get("/demandes"))
    assert page.heading == "2 demandes à décider"
    assert "1 demande en liste d’attente" in page.text("#queue-counts")


def test_the_waiting_list_comes_after_whatever_the_order(desk, clock):
    named("Yanis", "Attend", state=LoanState.WAITLISTED)
    named("Inès", "Nouvelle", submitted_at=clock.now())
    for order in ("", "?tri=attente&ordre=desc", "?tri=nom", "?tri=classe&ordre=desc", "?tri=motif"):
        assert names(Page(desk.get(f"/demandes{order}"))) == ["Inès Nouvelle", "Yanis Attend"]


def test_each_row_says_first_why_to_hesitate_then_who_waits_since_when(head, as_user, clock):
    loan = named("Inès", "Benali", charter=CharterGate.OPPOSED, address_confirmed=False)
    make.loan(state=LoanState.WRITTEN_OFF, student=_student(loan))
    clock.forward(days=3)
    row = Page(as_user(head).get("/demandes")).text(f"#request-{loan.public_id}")
    reasons = ["s’oppose au prêt", "Perte ou casse antérieure", "Adresse à vérifier", "Inès Benali", "depuis 3 jours"]
    places = [row.index(reason) for reason in reasons]
    assert places == sorted(places), row


def _student(loan):
    from portal.roster.models import Student

    return make.every(Student, id=loan.student_id)[0]


def test_a_request_without_a_doubt_says_so(desk):
    named("Inès", "Benali", charter=CharterGate.SIGNED)
    assert Page(desk.get("/demandes")).text(".request__doubts") == "Rien à signaler"


def test_an_opposed_request_is_not_ticked_with_the_others_and_has_no_quick_yes(desk):
    opposed = named("Inès", "Benali", charter=CharterGate.OPPOSED)
    named("Zoé", "Benali")
    page = Page(desk.get("/demandes"))
    assert not page.one(f"#tick-{opposed.public_id}").has_attr("data-stock-item")
    assert [button for button in page.buttons() if button.startswith("Accepter pour")] == ["Accepter pour Zoé Benali"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("benali", 2), ("BÉNALI", 2), ("ines benali", 1), ("benali inès", 1), ("o’connor", 1), ("o connor", 1), ("x", 0)],
)
@pytest.mark.both
def test_a_name_is_found_without_its_accents(desk, typed, found):
    named("Inès", "Benali")
    named("Zoé", "Bénali")
    named("Élodie", "O’Connor")
    page = Page(desk.get("/demandes", query_string={"recherche": typed}))
    assert len(names(page)) == found


def test_a_reference_read_over_the_phone_is_found(desk):
    loan = named("Inès", "Benali")
    named("Zoé", "Traoré")
    assert names(Page(desk.get("/demandes", query_string={"recherche": loan.reference.lower()}))) == ["Inès Benali"]


def test_filters_by_class_and_reason_are_kept_by_the_order(desk):
    named("Inès", "Benali", "Tle 1", charter=CharterGate.DECLINED)
    named("Zoé", "Traoré", "Tle 1", charter=CharterGate.SIGNED)
    named("Léa", "Weiß", "2de 4", charter=CharterGate.DECLINED)
    page = Page(desk.get("/demandes?classe=Tle 1&motif=refus"))
    assert names(page) == ["Inès Benali"]
    assert names(page.follow(desk, "nom")) == ["Inès Benali"]
    assert names(Page(desk.get("/demandes?motif=aucun"))) == ["Zoé Traoré"]


def test_the_filter_by_reason_and_the_rule_agree(app, head):
    for charter in CharterGate:
        for confirmed in (True, False):
            for delivery in Delivery:
                named("Inès", "Benali", charter=charter, address_confirmed=confirmed, delivery=delivery)
                lost = named("Zoé", "Benali", charter=charter, address_confirmed=confirmed, delivery=delivery)
                make.loan(state=LoanState.WRITTEN_OFF, student=_student(lost))
    for left_on in (clock.today(), clock.today() + timedelta(days=1)):
        make.change(_student(named("Théo", "Parti")), left_on=left_on)
    with scope.schools(head.school.id):
        everything = {one.loan_id: set(one.hesitations) for one in queries_head.queue(wish()).rows}
        for key, (reason, _condition) in queries_head.REASONS.items():
            kept = {one.loan_id for one in queries_head.queue(wish(motif=key)).rows}
            assert kept == {loan for loan, reasons in everything.items() if reason in reasons}, key
        clear = {one.loan_id for one in queries_head.queue(wish(motif="aucun")).rows}
    assert clear == {loan for loan, reasons in everything.items() if not reasons}


def wish(**query):
    return Wish(sort="attente", query=query)


def test_two_hundred_requests_come_in_pages_of_fifty(desk, count_statements):
    for number in range(203):
        named("Inès", f"Numéro {number:03}")
    with count_statements() as sql:
        page = Page(desk.get("/demandes?tri=nom"))
    assert sql.count <= 4, sql
    assert len(names(page)) == 50
    assert names(page)[0] == "Inès Numéro 000"
    assert page.heading == "203 demandes à décider"
    second = page.follow(desk, "Suivante")
    assert names(second)[0] == "Inès Numéro 050"
    assert len(names(Page(desk.get("/demandes?tri=nom&page=5")))) == 3


def test_a_page_beyond_the_end_shows_the_first(desk):
    named("Inès", "Benali")
    assert names(Page(desk.get("/demandes?page=9"))) == ["Inès Benali"]


def test_the_stock_is_told_by_kind_then_by_model_and_pool(desk):
    model = make.device_model(name="Portable 14 pouces")
    make.device(model=model)
    make.device(model=model, state=DeviceState.IN_REPAIR)
    make.device(model=model, pool=Pool.EMERGENCY)
    make.device(kind=DeviceKind.TABLET, model=make.device_model(name="Tablette", kind=DeviceKind.TABLET))
    named("Inès", "Benali")
    page = Page(desk.get("/demandes"))
    assert [words(bar).split(" Aucune")[0] for bar in page.soup.select("#queue-stock .stock")] == [
        "1 ordinateur disponible",
        "1 tablette disponible",
    ]
    assert page.texts(".supply__line") == [
        "Portable 14 pouces · dotation 1 sur 2",
        "Tablette · dotation 1 sur 1",
        "Portable 14 pouces · fonds d’urgence 1 sur 1",
    ]


def test_an_empty_queue_says_what_will_come(desk):
    page = Page(desk.get("/demandes"))
    assert page.heading == "0 demande à décider"
    assert "Rien à décider" in page.text(".empty")
    assert not page.has(".requests")


def test_a_filter_that_keeps_nothing_offers_the_way_back(desk):
    named("Inès", "Benali")
    page = Page(desk.get("/demandes?recherche=personne"))
    assert "Aucune demande ne correspond" in page.text(".empty")
    assert names(page.follow(desk, "Tout afficher")) == ["Inès Benali"]


def test_another_school_is_not_seen(desk, as_user):
    elsewhere = make.loan(state=LoanState.SUBMITTED, student=make.student(make.school()))
    assert not names(Page(desk.get("/demandes")))
    assert desk.get(f"/demandes/{elsewhere.public_id}").status_code == 404
    assert desk.get("/demandes/accord", query_string={"choix": elsewhere.public_id}).status_code == 404
    assert desk.post("/demandes/accord", data={"choix": elsewhere.public_id}).status_code == 404
    assert desk.post(f"/demandes/{elsewhere.public_id}/accord").status_code == 404
    assert desk.post("/demandes/decisions/annulation", data={"choix": elsewhere.public_id}).status_code == 404
    refusal = {"choix": elsewhere.public_id, "motif": "equipe"}
    assert desk.post("/demandes/refus", data=refusal).status_code == 404
    assert make.fresh(elsewhere).state is LoanState.SUBMITTED


GETS = (
    "/demandes",
    "/demandes/accord?choix=x",
    "/demandes/refus?choix=x",
    "/demandes/decisions",
    "/demandes/decisions/1",
)
POSTS = ("/demandes/accord", "/demandes/refus", "/demandes/decisions/annulation", "/demandes/x/accord")


@pytest.mark.parametrize("who", [make.family, make.technician, make.region_agent])
def test_nobody_else_comes_in(app, as_user, who):
    somebody = as_user(who())
    assert {url: somebody.get(url).status_code for url in GETS} == dict.fromkeys(GETS, 403)
    assert {url: somebody.post(url).status_code for url in POSTS} == dict.fromkeys(POSTS, 403)


def test_the_manager_reads_and_does_not_decide(app, as_user):
    loan = named("Inès", "Benali")
    manager = as_user(make.manager())
    page = Page(manager.get(f"/demandes/{loan.public_id}"))
    assert not [button for button in page.buttons() if button.startswith("Accepter")]
    assert manager.get("/demandes").status_code == 403
    assert manager.post(f"/demandes/{loan.public_id}/accord").status_code == 403
