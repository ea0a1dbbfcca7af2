"""The pages of carriers: contracts whose keys nobody reads again, labels by one button, lists of what needs somebody."""

import pytest

from portal.loans.states import CharterGate, LoanState
from portal.platform import outbox, scope
from portal.shipping.contracts import Verdict
from portal.shipping.events import ContractCheckAsked
from portal.shipping.models import CarrierContract, LabelAttempt
from portal.shipping.states import AttemptState, ParcelState
from tests import factories as make
from tests.pages import Page
from tests.shipping.conftest import KEY

NUMBER = "6A15984040331"


def draft():
    loan = make.loan(state=LoanState.PREPARING, charter=CharterGate.SIGNED, with_device=False)
    return make.parcel(loan, device_id=make.device(loan=loan).id, state=ParcelState.READY)


def work(kind):
    for row in make.outbox(kind=kind.__name__):
        event = kind(**row.payload)
        with scope.every_school(reason="tests"):
            for handler in outbox.HANDLERS[kind]:
                handler.run(event, row.key)


@pytest.mark.parametrize(
    ("key", "verdict"), [(KEY, "La Poste accepte la clé"), ("une-autre", "La Poste refuse la clé")]
)
@pytest.mark.parametrize("service", ["colissimo", "suivi"])
def test_a_head_gives_a_key_that_nobody_reads_again_and_has_it_checked(app, la_poste, as_user, service, key, verdict):
    head = as_user(make.head())
    page = Page(head.get(f"/contrats/{service}"))
    after = Page(page.submit(head, "Enregistrer", api_key=key))
    assert "Non vérifié" in after.text()
    (row,) = make.every(CarrierContract)
    assert key not in row.secret
    assert key not in after.response.text + head.get(f"/contrats/{service}").text
    asked = Page(after.submit(head, "Vérifier la connexion"))
    assert "Vérification en cours" in asked.text()
    work(ContractCheckAsked)
    assert verdict in Page(head.get("/contrats", htmx=True)).text()


def test_a_service_that_does_not_answer_is_said_so_and_an_empty_form_keeps_the_key(app, as_user):
    head = as_user(make.head())
    refused = Page(Page(head.get("/contrats/colissimo")).submit(head, "Enregistrer"), status=422)
    assert "Donnez la clé" in refused.text("#error-summary")
    half = {"login": "123456", "password": ""}
    Page(Page(head.get("/contrats/colissimo")).submit(head, "Enregistrer", **half), status=422)
    Page(Page(head.get("/contrats/colissimo")).submit(head, "Enregistrer", login="123456", password="demonstration"))
    (row,) = make.every(CarrierContract)
    make.change(row, verdict=Verdict.SILENT)
    page = Page(head.get("/contrats/colissimo"))
    after = Page(page.submit(head, "Enregistrer", label="ZPL_10x15_203dpi"))
    assert "La Poste ne répond pas" in after.text()
    (kept,) = make.every(CarrierContract)
    assert (kept.secret, kept.label.value) == (row.secret, "ZPL_10x15_203dpi")
    Page(after.submit(head, "Oui, retirer le contrat"))
    assert make.every(CarrierContract) == []


def test_the_region_gives_one_for_all_and_a_manager_gives_none(app, as_user):
    make.school()
    region = as_user(make.region_agent())
    Page(Page(region.get("/contrats/suivi")).submit(region, "Enregistrer", api_key=KEY))
    assert make.every(CarrierContract)[0].school_id is None
    assert as_user(make.manager()).get("/contrats").status_code == 403


def test_the_button_is_there_with_a_contract_only_and_leads_to_the_work(app, as_user, count_statements):
    clerk, parcel = as_user(make.manager()), draft()
    assert "Étiquettes Colissimo" not in Page(clerk.get("/preparation?voie=prets")).text()
    make.contract()
    with count_statements() as sql:
        page = Page(clerk.get("/preparation?voie=prets"))
    assert sql.count <= 4, sql
    address = page.one("button[formaction]")["formaction"]
    work_page = Page(clerk.post(address, follow_redirects=True))
    assert "Étiquettes Colissimo" in work_page.text("h1")
    assert [row.parcel_id for row in make.every(LabelAttempt)] == [parcel.id]


def test_an_empty_list_says_so_and_a_full_one_takes_four_statements(app, as_user, count_statements):
    clerk = as_user(make.manager())
    assert "Rien ne demande votre attention" in Page(clerk.get("/preparation/suivi")).text()
    for code, state in (("RE1", ParcelState.RETURNING), ("AG1", ParcelState.AT_PICKUP_POINT)):
        make.journey(make.parcel(state=state), code)
    make.attempt(draft())
    with count_statements() as sql:
        page = Page(clerk.get("/preparation/suivi"))
    assert sql.count <= 4, sql
    assert [" ".join(text.split()[:1]) for text in page.texts(".lanes__link")] == ["1", "1", "1"]


def test_a_doubt_is_lifted_by_a_number_confirmed_when_its_key_is_wrong_or_by_saying_that_none_exists(app, as_user):
    clerk = as_user(make.manager())
    first = make.attempt(draft())
    page = Page(clerk.get("/preparation/suivi"))
    wrong = Page(page.submit(clerk, "Garder ce numéro", number="6A15984040332"), status=422)
    kept = Page(wrong.submit(clerk, "Garder ce numéro", number="6A15984040332", confirmed="y"))
    assert "rien ne sera commandé" in kept.text(".flashed")
    row = make.fresh(first)
    assert (row.state, row.number, row.settled_by) == (AttemptState.SUCCEEDED, "6A15984040332", row.settled_by)
    assert row.settled_by is not None
    second = make.attempt(draft())
    Page(Page(clerk.get("/preparation/suivi")).submit(clerk, "Aucune étiquette n’existe"))
    assert make.fresh(second).state is AttemptState.ABANDONED


def test_the_family_sees_five_steps_and_where_its_parcel_waits(app, as_user, count_statements):
    family = make.family()
    loan = make.loan(state=LoanState.IN_TRANSIT, student=family.student, requested_by=family.account_id)
    parcel = make.parcel(loan, state=ParcelState.AT_PICKUP_POINT, tracking_number=NUMBER)
    make.change(loan, tracking_number=NUMBER)
    make.journey(parcel, "AG1", place="BUREAU CENTRE")
    visitor = as_user(family)
    with count_statements() as sql:
        page = Page(visitor.get(f"/mes-dossiers/{loan.public_id}/colis"))
    assert sql.count <= 4, sql
    assert "BUREAU CENTRE" in page.text()
    assert "Livré" in page.text()
    assert "Voir où est le colis" in Page(visitor.get(f"/mes-dossiers/{loan.public_id}")).text()
    staff = Page(as_user(make.manager()).get(f"/preparation/colis/{parcel.public_id}"))
    assert "Le colis attend dans un point de retrait." in staff.text()
