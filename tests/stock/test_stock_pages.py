"""The stock as the head, the gestionnaire and the technician read it, and its list as a file."""

import csv
from datetime import date
from io import StringIO

import pytest

from portal.kernel import clock
from portal.loans import services
from portal.loans.states import LoanState
from portal.platform import actor, exports, scope
from portal.platform.jobs import Job, JobState
from portal.platform.outbox import HANDLERS
from portal.platform.tables import Wish
from portal.stock import queries
from portal.stock import services as stock
from portal.stock.events import DeviceLabelsAsked
from portal.stock.states import DEVICE, DeviceState, Pool
from portal.stock.wording import POOLS, STATES, STEPS
from tests import factories as make
from tests.pages import Page


@pytest.fixture
def desk(app, as_user):
    return as_user(make.manager())


def tags(page):
    return [row["Étiquette"] for row in page.rows("Appareils")]


def test_a_device_shows_its_label_state_pool_shelf_and_the_loan_that_holds_it(desk):
    loan = make.loan(state=LoanState.LENT)
    device = make.device_of(loan)
    row = Page(desk.get("/materiel")).rows("Appareils")[0]
    assert row["Étiquette"] == device.asset_tag
    assert row["Numéro de série"] == device.serial
    assert (row["État"], row["Dotation"], row["Emplacement"]) == ("Prêté", "Dotation", device.location)
    assert row["Dossier"] == loan.reference


def test_the_list_stays_within_four_statements_for_two_hundred_devices(desk, count_statements):
    make.devices(200)
    with count_statements() as sql:
        page = Page(desk.get("/materiel?tri=emplacement&ordre=desc"))
    assert sql.count <= 4, sql
    assert len(tags(page)) == 50
    assert "200 lignes" in page.text(".pager")


def test_filters_by_state_pool_model_and_words_add_up(desk):
    slim = make.device_model(name="Portable 13 pouces")
    wanted = make.device(model=slim, state=DeviceState.IN_REPAIR, pool=Pool.EMERGENCY, location="B7")
    make.device(state=DeviceState.IN_REPAIR)
    make.device(model=slim, pool=Pool.EMERGENCY)
    query = {"etat": "in_repair", "dotation": "emergency", "modele": "13 POUCES", "recherche": "b7"}
    assert tags(Page(desk.get("/materiel", query_string=query))) == [wanted.asset_tag]


def test_a_scanned_label_opens_its_device_at_once(desk):
    device, *_ = make.devices(3)
    for code in (device.asset_tag, f" {device.asset_tag.lower()}\r", device.serial):
        answer = desk.get("/materiel", query_string={"recherche": code})
        assert answer.location == f"/materiel/{device.public_id}"


@pytest.mark.both
def test_a_device_is_found_by_the_beginning_of_its_codes_its_loan_or_words_of_its_model(desk):
    for n, (tag, serial) in enumerate((("GQ-100", "SN-100"), ("GQ-200", "SN_200"), ("GQ%300", "ZZ-300"))):
        make.device(asset_tag=tag, serial=serial, location=f"X{n}")
    found = {
        words: tags(Page(desk.get("/materiel", query_string={"recherche": words})))
        for words in ("gq-1", "sn_", "gq%", "x2")
    }
    assert found == {"gq-1": ["GQ-100"], "sn_": ["GQ-200"], "gq%": ["GQ%300"], "x2": ["GQ%300"]}
    loan = make.loan(state=LoanState.LENT)
    held, slim = make.device_of(loan), make.device(model=make.device_model(name="Portable Éclair 13"))
    for words, found in ((loan.reference.lower(), held), ("eclair 13", slim)):
        assert tags(Page(desk.get("/materiel", query_string={"recherche": words}))) == [found.asset_tag]


def test_a_percent_sign_is_looked_for_and_finds_nothing(desk):
    make.devices(2)
    assert "Aucun appareil ne correspond" in Page(desk.get("/materiel?recherche=%25")).text(".empty")


def test_an_unknown_filter_is_ignored(desk):
    make.devices(2)
    assert len(tags(Page(desk.get("/materiel?etat=perdu-en-mer&tri=x&page=abc")))) == 2


def test_an_empty_stock_says_what_will_come(desk):
    assert "Aucun appareil pour le moment" in Page(desk.get("/materiel")).text(".empty")


def test_a_device_tells_all_that_happened_to_it(app, as_user, clock, count_statements):
    head = make.head(account=make.account(name="Odile Ferrand"))
    make.device()
    loan = make.loan(state=LoanState.SUBMITTED)
    with actor.acting(actor.person(head.actor)), scope.schools(head.school.id):
        services.approve([loan.id], by=head.account_id, undo_seconds=600)
        clock.forward(minutes=2)
        services.take_back([loan.id])
        services.approve([loan.id], by=head.account_id, undo_seconds=600)
    device = make.device_of(loan)
    desk = as_user(head)
    with count_statements() as sql:
        page = Page(desk.get(f"/materiel/{device.public_id}"))
    assert sql.count <= 4, sql
    told = [(row["Mouvement"], row["Dossier"], row["Par"]) for row in page.rows("Historique")]
    assert told == [
        ("Réservé pour un dossier", loan.reference, "Odile Ferrand"),
        ("Remis en stock", loan.reference, "Odile Ferrand"),
        ("Réservé pour un dossier", loan.reference, "Odile Ferrand"),
    ]


def test_a_technician_sees_the_devices_of_the_tour_and_their_school_but_no_link_to_loans(app, as_user):
    first, second, other = make.school(name="Lycée A"), make.school(name="Lycée B"), make.school()
    technician = make.technician(first)
    make.technician(second, account=technician.account)
    make.loan(state=LoanState.LENT, student=make.student(first))
    make.device(second)
    make.device(other)
    page = Page(as_user(technician).get("/materiel"))
    assert sorted(row["Lycée"] for row in page.rows("Appareils")) == ["Lycée A", "Lycée B"]
    assert not [link for link in page.links() if link.startswith("FP-") and len(link) == 12]


def test_another_school_s_device_does_not_exist(desk):
    elsewhere = make.device(make.school())
    assert desk.get(f"/materiel/{elsewhere.public_id}").status_code == 404
    assert desk.get("/materiel", query_string={"recherche": elsewhere.asset_tag}).status_code == 200
    assert elsewhere.asset_tag not in desk.get("/materiel/export.csv").text


def test_a_family_sees_nothing_of_the_stock(app, as_user):
    somebody = as_user(make.family())
    for url in ("/materiel", "/materiel/export.csv", "/materiel/x"):
        assert somebody.get(url).status_code == 403


def read(answer):
    assert answer.text.startswith("\ufeff")
    return list(csv.reader(StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))


@pytest.mark.both
def test_the_file_holds_the_whole_filtered_list(desk):
    known = [*make.devices(3), *make.devices(2, state=DeviceState.IN_REPAIR)]
    answer = desk.get("/materiel/export.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="materiel-2026-09-08.csv"'
    lines = read(answer)
    assert lines[0][:3] == ["Étiquette", "Numéro de série", "Modèle"]
    assert {line[0] for line in lines[1:]} == {device.asset_tag for device in known}
    assert len(read(desk.get("/materiel/export.csv?etat=in_repair"))) == 3
    with scope.schools(known[0].school_id):
        following = queries.devices_after(known[1].id, Wish(), size=2)
    assert [row.Device.id for row in following] == [known[2].id, known[3].id], "piece by piece, none twice"


HOSTILE = ("=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =cmd|' /C calc'!A0", '=HYPERLINK("x")')


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula(text):
    assert exports.safe_cell(text) == f"\t{text}"
    (cell,) = next(csv.reader(StringIO(exports.line([text]), newline=""), delimiter=";"))
    assert cell.removeprefix("\t") == text


@pytest.mark.parametrize("text", ["A-12", "Lycée Zola", "", "12", "a=b"])
def test_an_ordinary_cell_is_left_alone(text):
    assert exports.safe_cell(text) == text


def test_a_hostile_shelf_is_harmless_in_the_file(desk):
    make.device(location="=1+1")
    assert read(desk.get("/materiel/export.csv"))[1][6] == "\t=1+1"


def test_every_state_pool_and_move_has_its_french_word():
    assert set(STATES) == set(DeviceState)
    assert set(POOLS) == set(Pool)
    assert set(STEPS) == set(DEVICE.transitions)


def test_labels_follow_the_list_and_are_made_by_the_worker(app, as_user):
    manager = make.manager()
    desk = as_user(manager)
    wanted = [make.device(location=f"Z{n}") for n in range(3)]
    make.devices(2)
    page = Page(Page(desk.get("/materiel?recherche=z")).follow(desk, "Imprimer les étiquettes de cette liste").response)
    assert "3 étiquettes seront imprimées" in page.text()
    refused = Page(page.submit(desk, "Préparer les étiquettes", format="5x13", depart="66"), status=422)
    assert refused.errors() == ["Ce papier a 65 cases : écrivez un nombre de 1 à 65."]
    page.submit(desk, "Préparer les étiquettes", format="62x29", depart="1")
    (row,) = make.outbox(kind=DeviceLabelsAsked.__name__)
    assert row.payload["device_ids"] == [device.id for device in wanted]
    with scope.schools(manager.school.id):
        HANDLERS[DeviceLabelsAsked][0].run(DeviceLabelsAsked(**row.payload), row.key)
    (job,) = make.every(Job)
    assert (job.state, job.done) == (JobState.DONE, 3)
    page = Page(desk.get(f"/materiel/travaux/{job.public_id}"))
    assert desk.get(page.href("Ouvrir le PDF")).data.startswith(b"%PDF")


def test_the_warranty_runs_from_the_first_loan(app, as_user):
    new = make.device()
    old = make.device(warranty_from=date(2024, 2, 29))
    desk = as_user(make.technician())
    assert "3 ans, à partir du premier prêt" in Page(desk.get(f"/materiel/{new.public_id}")).text()
    assert "Jusqu’au dimanche 28 février 2027" in Page(desk.get(f"/materiel/{old.public_id}")).text()


def test_a_hand_over_that_is_undone_has_not_started_the_warranty(db):
    new, old = make.loan(with_device=False), make.loan(with_device=False)
    make.device(loan=new), make.device(loan=old, warranty_from=date(2024, 2, 29))
    with scope.schools(new.school_id):
        stock.lend([new.id, old.id])
        assert make.device_of(new).warranty_from == clock.today()
        stock.unlend([new.id, old.id])
    assert [make.device_of(loan).warranty_from for loan in (new, old)] == [None, date(2024, 2, 29)]
