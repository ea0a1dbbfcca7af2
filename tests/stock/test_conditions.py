"""How a device looks: noted at a hand-over, at its return or by hand, each time a line of its history."""

import csv
from io import StringIO

import pytest

from portal.loans.states import LoanState
from portal.platform import scope
from portal.stock import services
from portal.stock.models import Device, DeviceMovement
from portal.stock.services.conditions import NotInHand
from portal.stock.states import Condition, DeviceState, Pool
from portal.stock.wording import STILL
from tests import factories as make
from tests.pages import Page
from tests.stock import supplier


def noted(device):
    return [one.transition for one in make.every(DeviceMovement, device_id=device.id)]


def test_a_device_of_a_lot_comes_as_new(db):
    make.device_model(name="HP ProBook 445 G11")
    with scope.every_school(reason="tests"):
        supplier.announced([supplier.row(1, make.school().uai)])
    (device,) = make.every(Device)
    assert device.condition is Condition.NEW


def test_a_device_that_is_taken_in_begins_its_history_with_how_it_looks(db):
    school, model = make.school(), make.device_model()
    arrived = {"model_id": model.id, "kind": model.kind, "pool": Pool.ALLOTMENT, "location": "A1"}
    with scope.schools(school.id):
        services.take_in(
            [
                services.NewDevice(serial="S1", asset_tag="T1", condition=Condition.GOOD, **arrived),
                services.NewDevice(serial="S2", asset_tag="T2", **arrived),
            ],
            school_id=school.id,
        )
    known = {device.asset_tag: noted(device) for device in make.every(Device)}
    assert known == {"T1": ["noted_good"], "T2": []}


def test_what_an_undone_hand_over_said_is_taken_back(db):
    """To what somebody said before, or, when nobody had, to what was known when the device came."""
    loan = make.loan(state=LoanState.LENT)
    device = make.device_of(loan)
    with scope.schools(loan.school_id):
        services.note_handed_over(loan.id, Condition.MARKED)
        services.forget_handed_over(loan.id)
        assert make.fresh(device).condition is None
        services.note_condition(device.id, Condition.GOOD)
        for seen in (Condition.NEW, Condition.MARKED):
            services.note_handed_over(loan.id, seen)
        assert make.fresh(device).condition is Condition.MARKED
        services.forget_handed_over(loan.id)
    assert make.fresh(device).condition is Condition.GOOD
    history = ["noted_marked", "back_to_nothing", "noted_good", "noted_new", "noted_marked", "back_to_good"]
    assert noted(device) == history
    assert set(history) <= set(STILL)


def test_a_device_that_nobody_has_in_hand_is_not_looked_at(db):
    gone = make.device(state=DeviceState.STOLEN)
    with scope.schools(gone.school_id), pytest.raises(NotInHand):
        services.note_condition(gone.id, Condition.GOOD)
    assert (make.fresh(gone).condition, noted(gone)) == (None, [])


def test_the_technician_notes_how_a_device_looks_and_its_page_says_who_and_when(app, as_user, count_statements):
    technician = make.technician(account=make.account(name="Yanis Roux"))
    device, other = make.devices(2, technician.school)
    desk = as_user(technician)
    page = Page(desk.get(f"/materiel/{device.public_id}"))
    assert Page(page.submit(desk, "Noter l’état"), status=422).errors() == ["Dites dans quel état est l’appareil."]
    page.submit(desk, "Noter l’état", etat="marked")
    with count_statements() as sql:
        page = Page(desk.get(f"/materiel/{device.public_id}"))
    assert sql.count <= 4, sql
    (row,) = page.rows("Historique")
    assert (row["Mouvement"], row["Par"]) == ("État noté : « Des traces ou un défaut »", "Yanis Roux")
    shown = next(one for one in page.soup.select(".answer") if "État constaté" in one.text)
    assert all(said in shown.text for said in ("Des traces ou un défaut", "8 septembre 2026", "Yanis Roux"))
    for asked, found in (("marked", device), ("non-note", other)):
        with count_statements() as sql:
            (row,) = Page(desk.get(f"/materiel?constate={asked}")).rows("Appareils")
        assert sql.count <= 4, sql
        assert row["Étiquette"] == found.asset_tag
    lines = csv.DictReader(
        StringIO(desk.get("/materiel/export.csv?constate=marked").text.lstrip("\ufeff")), delimiter=";"
    )
    assert [line["État constaté"] for line in lines] == ["Des traces ou un défaut"]


def test_a_device_that_came_back_is_looked_at_and_in_stock_again_by_one_button(app, as_user):
    device = make.device(state=DeviceState.TO_CHECK_IN)
    desk = as_user(make.manager())
    page = Page(desk.get(f"/materiel/{device.public_id}"))
    for _ in range(2):
        page.submit(desk, "Noter l’état et remettre en stock", etat="good")
    back = make.fresh(device)
    assert (back.state, back.condition) == (DeviceState.IN_STOCK, Condition.GOOD)
    assert noted(device) == ["restock", "noted_good", "noted_good"]
    assert "Noter l’état et remettre en stock" not in Page(desk.get(f"/materiel/{device.public_id}")).buttons()


def test_the_region_reads_how_a_device_looks_and_does_not_note_it(app, as_user):
    device = make.device()
    region = as_user(make.region_agent())
    assert "Noter l’état" not in Page(region.get(f"/materiel/{device.public_id}")).buttons()
    assert region.post(f"/materiel/{device.public_id}/etat", data={"etat": "good"}).status_code == 403
