"""A supplier's lot: announced by a file, received by scanning, confirmed by a slip; what differs is written down."""

import os
import signal
from functools import partial

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from portal.extensions import db as database
from portal.kernel.errors import IllegalTransition
from portal.platform import scope
from portal.stock import services
from portal.stock.models import DeliveryOddity, Device, DeviceMovement, Lot, LotDelivery, LotLine
from portal.stock.services.receiving import NothingScanned
from portal.stock.states import DeviceState, LotState, Oddity, Verdict
from tests import factories as make
from tests.pages import Page
from tests.stock import supplier


@pytest.fixture
def model(app):
    return make.device_model(name="HP ProBook 445 G11")


@pytest.fixture
def lycees(model):
    return make.school(name="Lycée Fabert"), make.school(name="Lycée Zola")


@pytest.fixture
def rows(lycees):
    """Two cartons of two for the first lycée, one device for the second."""
    here, there = lycees
    return [
        *[supplier.row(n, here.uai, box=f"CARTON-{n // 2}") for n in range(4)],
        supplier.row(9, there.uai, box="CARTON-9"),
    ]


def delivered(school):
    return next(one for one in make.every(LotDelivery) if one.school_id == school.id)


def states(school):
    return [one.state.value for one in make.every(Device, school_id=school.id)]


def test_a_file_is_judged_line_by_line_and_nothing_changes_before_it_is_announced(db, lycees, rows):
    faults = [
        supplier.row(20, "0000000X"),
        supplier.row(21, make.directory_entry().uai),
        supplier.row(22, lycees[0].uai, model="Minitel 1B"),
        ["", "GE-00023", "hp probook 445 g11", lycees[0].uai, ""],
        ["5CD23", "*", "hp probook 445 g11", lycees[0].uai, ""],
        rows[0],
    ]
    with scope.every_school(reason="tests"):
        lot = supplier.stage(rows + faults)
    assert (lot.state, lot.counts) == (LotState.STAGED, {"new": 5, "known": 0, "error": 6, "schools": 2})
    assert make.every(Device) == []
    said = {one.line: one.sentence for one in make.every(LotLine, verdict=Verdict.ERROR)}
    words = ("lettre", "ne participe pas", "catalogue", "numéro de série", "étiquette", "déjà plus haut")
    for line, word in enumerate(words, start=len(rows) + 2):
        assert word in said[line], said[line]


def test_an_announced_device_is_expected_in_its_lycee_and_is_not_in_stock(db, lycees, rows):
    with scope.every_school(reason="tests"):
        lot = supplier.announced(rows)
        assert (lot.state, len(make.every(LotDelivery))) == (LotState.ANNOUNCED, 2)
    assert states(lycees[0]) == ["announced"] * 4
    assert [one.box for one in make.every(Device, school_id=lycees[1].id)] == ["CARTON-9"]
    with pytest.raises(IntegrityError):
        make.device(state=DeviceState.ANNOUNCED, delivery_id=None)


def test_the_same_file_twice_changes_nothing(db, rows):
    with scope.every_school(reason="tests"):
        supplier.announced(rows)
        before = [one.id for one in make.every(Device)]
        again = supplier.announced(rows)
    assert again.counts == {"new": 0, "known": 5, "error": 0, "schools": 0}
    assert [one.id for one in make.every(Device)] == before


def test_a_lot_is_undone_while_nothing_was_received(db, lycees, rows):
    with scope.every_school(reason="tests"):
        lot = supplier.announced(rows)
        delivery = delivered(lycees[0])
        (device,) = services.scan_in(delivery.public_id, raw="GE-00001").received
        services.undo(lot.public_id)
        supplier.work()
        refused = make.fresh(lot)
        assert (refused.state, "déjà reçus" in refused.sentence) == (LotState.ANNOUNCED, True)
        services.take_back(delivery.public_id, tag=device.asset_tag)
        services.undo(lot.public_id)
        services.undo(lot.public_id)
        supplier.work()
        services.undo(lot.public_id)
    assert make.trail(f"lot:{lot.id}").count("LotUndone") == 1
    assert (make.every(Device), make.every(LotDelivery), make.every(DeviceMovement)) == ([], [], [])
    with scope.every_school(reason="tests"), pytest.raises(IllegalTransition):
        services.announce(lot.public_id)


def test_a_lot_overtaken_by_another_is_held_back_with_its_sentence(db, rows):
    with scope.every_school(reason="tests"):
        late = supplier.stage(rows)
        supplier.announced(rows[:1])
        services.announce(late.public_id)
        supplier.work()
    late = make.fresh(late)
    assert (late.state, "existent maintenant" in late.sentence) == (LotState.STAGED, True)
    assert len(make.every(Device)) == 1


def test_an_announcement_that_fails_leaves_nothing_and_may_be_asked_again(db, rows):
    with scope.every_school(reason="tests"):
        lot = supplier.stage(rows)
        services.announce(lot.public_id)
    line = make.every(LotLine)[-1]
    make.change(line, public_id=make.device().public_id)  # the database refuses the last device
    supplier.work()
    failed = make.fresh(lot)
    assert (failed.state, "a échoué" in failed.sentence) == (LotState.STAGED, True)
    assert (len(make.every(Device)), make.every(LotDelivery)) == (1, [])
    make.change(line, public_id="another")
    with scope.every_school(reason="tests"):
        services.announce(lot.public_id)
    supplier.work()
    announced = make.fresh(lot)
    assert (announced.state, announced.sentence) == (LotState.ANNOUNCED, None)


def test_a_worker_killed_in_the_middle_announces_once_and_nothing_is_lost(db, app, clock, rows):
    with scope.every_school(reason="tests"):
        lot = supplier.stage(rows)
        services.announce(lot.public_id)
        services.announce(lot.public_id)
    killed_at(app, "INSERT INTO device ", supplier.work)
    assert (make.fresh(lot).state, make.every(Device), make.every(LotDelivery)) == (LotState.ANNOUNCING, [], [])
    clock.forward(minutes=2)
    supplier.work()
    assert (make.fresh(lot).state, len(make.every(Device))) == (LotState.ANNOUNCED, len(rows))
    assert make.trail(f"lot:{lot.id}").count("LotAnnounced") == 1
    with scope.every_school(reason="tests"):
        services.expect(lot.id)
    assert len(make.every(Device)) == len(rows)


def killed_at(app, statement, act):
    """A process of its own does this, and is killed once the database has run that statement."""
    database.session.remove()
    worker = os.fork()
    if worker == 0:
        with app.app_context():
            database.engine.dispose(close=False)
            event.listen(database.engine, "after_cursor_execute", partial(kill_at, statement))
            act()
        os._exit(0)
    _, status = os.waitpid(worker, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


def kill_at(wanted, _link, _cursor, statement, *_rest):
    if statement.startswith(wanted):
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_scan_receives_a_device_or_a_whole_carton_once(db, lycees, rows):
    here, there = lycees
    with scope.every_school(reason="tests"):
        supplier.announced(rows)
    delivery = delivered(here)
    with scope.schools(here.id):
        one = services.scan_in(delivery.public_id, raw=" ge-00000\r")
        box = services.scan_in(delivery.public_id, raw="CARTON-0")
        again = services.scan_in(delivery.public_id, raw="CARTON-0")
        assert [len(one.received), len(box.received), box.already, len(again.received)] == [1, 1, 1, 0]
        odd = [services.scan_in(delivery.public_id, raw=code) for code in ("GE-00009", "XYZ-404", "XYZ-404")]
        assert [(found.oddity, found.place) for found in odd] == [
            (Oddity.ELSEWHERE, "Lycée Zola"), (Oddity.UNKNOWN, ""), (Oddity.UNKNOWN, ""),
        ]  # fmt: skip
        with pytest.raises(NothingScanned):
            services.scan_in(delivery.public_id, raw="  \n")
        assert services.close(delivery.public_id) == 2
        assert services.confirm_all(delivery.public_id) == 2
    assert states(here) == ["in_stock"] * 4
    assert states(there) == ["announced"]
    assert len(make.every(DeliveryOddity)) == 2
    assert [one.transition for one in make.every(DeviceMovement)] == ["receive"] * 4


@pytest.mark.parametrize("as_bytes", [supplier.as_csv, supplier.as_xlsx])
def test_the_region_deposits_a_file_looks_and_announces(app, as_user, lycees, rows, as_bytes, count_statements):
    region = as_user(make.region_agent())
    answer = region.post("/lots", data=supplier.upload(as_bytes(rows)))
    supplier.work()
    with count_statements() as sql:
        page = Page(region.get(answer.location))
    assert sql.count <= 4, sql
    assert "5 appareils seront attendus dans 2 lycées." in page.text()
    page = Page(page.submit(region, "Annoncer le lot"))
    assert page.one("#lot-at-work noscript a")["href"] == answer.location
    polled = {"HX-Request": "true"}
    waits = region.get(f"{answer.location}?suivi=1", headers=polled)
    assert (waits.status_code, "Annonce en cours" in waits.text) == (200, True)
    supplier.work()
    assert region.get(f"{answer.location}?suivi=1", headers=polled).headers["HX-Redirect"] == answer.location
    page = Page(region.get(answer.location))
    assert [(row["Lycée"], row["Annoncés"]) for row in page.rows("Lycées servis par ce lot")] == [
        ("Lycée Fabert", "4"), ("Lycée Zola", "1"),
    ]  # fmt: skip
    assert len(region.get(f"{answer.location}/liste.csv?liste=nouveaux").text.splitlines()) == 6


def test_a_file_that_is_no_list_is_refused_with_what_it_lacks(app, as_user, lycees):
    region = as_user(make.region_agent())
    assert Page(region.post("/lots", data={"fournisseur": ""}), status=422).errors() == [
        "Indiquez le fournisseur.", "Choisissez le fichier du fournisseur.",
    ]  # fmt: skip
    region.post("/lots", data=supplier.upload("Nom;Prénom;Classe\r\nA;B;C\r\n".encode()))
    supplier.work()
    (lot,) = make.every(Lot)
    assert (lot.state, lot.file_key) == (LotState.FAILED, None)
    assert "Il manque une colonne pour le numéro de série, l’étiquette, le modèle" in lot.sentence
    assert lot.sentence.split("\u00a0")[0] in Page(region.get(f"/lots/{lot.public_id}")).text()


def test_boxes_are_received_at_a_post_that_tells_what_is_missing(app, as_user, lycees, rows, count_statements):
    here = lycees[0]
    with scope.every_school(reason="tests"):
        supplier.announced(rows)
    desk = as_user(make.manager(here))
    assert Page(desk.get("/livraisons")).follow(desk, "Lot n° 1").text("h1") == "Livraison du lot n° 1"
    url = f"/livraisons/{delivered(here).public_id}"
    said = Page(desk.post(url, data={"code": "CARTON-1"}))
    assert said.text(".verdict__word") == "Carton reçu"
    assert Page(desk.post(url, data={"code": "GE-00009"}), status=409).text(".verdict__word") == "Autre lycée"
    with count_statements() as sql:
        page = Page(desk.get(f"{url}?liste=manquants"))
    assert sql.count <= 4, sql
    assert [row["Étiquette"] for row in page.rows("Appareils qui manquent")] == ["GE-00000", "GE-00001"]
    lines = desk.get(f"{url}/ecarts.csv").text.splitlines()
    assert [line.split(";")[0] for line in lines[1:]] == ['"Manquant"', '"Manquant"', '"Attendu dans un autre lycée"']
    page = Page(page.submit(desk, "Confirmer la livraison entière"))
    assert "2 appareils sont entrés en stock" in page.text()
    assert states(here) == ["in_stock"] * 4
    assert desk.get("/livraisons/x").status_code == 404
