"""Devices between two schools, and between two pools: asked, sent, received by scan; in transit they have one school."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError, NoResultFound

from portal.extensions import db as database
from portal.kernel.errors import DomainError, IllegalTransition
from portal.platform import scope
from portal.platform.work import unit_of_work
from portal.stock import services
from portal.stock.models import Device, DeviceMovement, Transfer, TransferLine
from portal.stock.services import Travel
from portal.stock.services.transferring import NotInTransfer, NotYours, OtherKind
from portal.stock.states import DeviceKind, DeviceState, Pool, TransferState
from tests import factories as make
from tests.pages import Page


@pytest.fixture
def here(app):
    return make.school(name="Lycée Fabert", city="Metz")


@pytest.fixture
def there(here):
    return make.school(name="Lycée Zola", city="Nancy")


@pytest.fixture
def transfer(here, there):
    """The first asks the second for two laptops, for its emergency pool."""
    travel = Travel(sender_id=there.id, receiver_id=here.id, kind=DeviceKind.LAPTOP, pool=Pool.EMERGENCY, wanted=2)
    with scope.schools(here.id):
        return services.ask_transfer(travel, here=here.id)


def scan(transfer, device, school):
    with scope.schools(school.id):
        return services.scan_transfer(transfer.public_id, raw=device.asset_tag, mine={school.id})


def undo(transfer, device, school):
    with scope.schools(school.id):
        services.undo_transfer(transfer.public_id, tag=device.asset_tag, mine={school.id})


def at(device):
    now = make.fresh(device)
    return now.school_id, now.state, now.pool


def test_a_device_is_the_sender_s_until_the_receiver_scans_it(db, here, there, transfer):
    one, two = make.devices(2, there)
    scan(transfer, one, there), scan(transfer, two, there)
    assert at(one) == (there.id, DeviceState.IN_TRANSIT, Pool.ALLOTMENT)
    assert scan(transfer, one, there).again
    assert scan(transfer, one, here).left == 1
    assert at(one) == (here.id, DeviceState.IN_STOCK, Pool.EMERGENCY)
    assert make.fresh(transfer).state is TransferState.SENT
    assert scan(transfer, one, here).again
    scan(transfer, two, here)
    assert make.fresh(transfer).state is TransferState.RECEIVED
    moves = [(row.school_id, row.transition) for row in make.every(DeviceMovement, device_id=one.id)]
    assert moves == [(there.id, "send_away"), (here.id, "arrive")]


def test_each_scan_is_undone_on_its_own_side(db, here, there, transfer):
    device = make.device(there)
    scan(transfer, device, there)
    scan(transfer, device, here)
    with pytest.raises(NotYours):
        undo(transfer, device, there)
    undo(transfer, device, here)
    assert at(device) == (there.id, DeviceState.IN_TRANSIT, Pool.ALLOTMENT)
    undo(transfer, device, there)
    assert at(device) == (there.id, DeviceState.IN_STOCK, Pool.ALLOTMENT)
    assert (make.fresh(transfer).state, make.every(TransferLine)) == (TransferState.ASKED, [])


def test_what_is_lent_elsewhere_or_of_another_kind_does_not_leave(db, here, there, transfer):
    for device in (
        make.device(here),
        make.device(there, state=DeviceState.IN_REPAIR),
        make.device(there, kind=DeviceKind.TABLET),
    ):
        with pytest.raises(DomainError) as refusal:
            scan(transfer, device, there)
        assert (type(refusal.value) is OtherKind) == (device.kind is DeviceKind.TABLET)
    with pytest.raises(NotInTransfer):
        scan(transfer, make.device(there), here)
    assert make.every(TransferLine) == []


def test_the_database_knows_one_journey_a_device(db, here, there, transfer):
    device = make.device(there)
    scan(transfer, device, there)
    with pytest.raises(IntegrityError), scope.every_school(reason="tests"), unit_of_work():
        database.session.execute(update(Device).where(Device.id == device.id).values(transfer_id=None))
    other = make.transfer(there, here)
    again = TransferLine(transfer_id=other.id, device_id=device.id, former_pool=Pool.ALLOTMENT, sent_at=other.asked_at)
    with pytest.raises(IntegrityError), scope.every_school(reason="tests"), unit_of_work():
        database.session.add(again)


def test_only_the_other_school_refuses_and_only_who_asked_cancels(db, here, there, transfer):
    with scope.schools(here.id), pytest.raises(NotYours):
        services.refuse_transfer(transfer.public_id, reason="Non.", mine={here.id})
    with scope.schools(there.id):
        with pytest.raises(NotYours):
            services.cancel_transfer(transfer.public_id, mine={there.id})
        services.refuse_transfer(transfer.public_id, reason="Rien à donner.", mine={there.id})
    with scope.schools(here.id), pytest.raises(IllegalTransition):
        services.cancel_transfer(transfer.public_id, mine={here.id})
    with pytest.raises(NoResultFound):
        services.cancel_transfer(transfer.public_id, mine={make.school().id})


def test_two_schools_play_a_transfer_through_their_pages(app, as_user, here, there, count_statements):
    device = make.device(there)
    asking, giving = as_user(make.manager(here)), as_user(make.manager(there))
    page = Page(asking.get("/transferts/nouveau"))
    refused = Page(page.submit(asking, "Noter le transfert", lycee=str(there.id), nombre="0"), status=422)
    assert refused.errors() == ["Écrivez un nombre entre 1 et 500."]
    page = Page(page.submit(asking, "Noter le transfert", lycee=str(there.id), nombre="1", dotation="emergency"))
    url = f"/transferts/{make.every(Transfer)[0].public_id}"
    assert [
        row["De"] for row in Page(giving.get("/transferts")).rows("Transferts du lycée, ceux en cours d’abord")
    ] == ["votre lycée"]
    assert Page(giving.post(url, data={"code": device.asset_tag})).text(".verdict__word") == "Parti"
    assert Page(asking.post(url, data={"code": "XYZ-1"}), status=409).text(".verdict__word") == "Stop"
    assert Page(asking.post(url, data={"code": device.asset_tag})).text(".verdict__word") == "Tout est arrivé"
    with count_statements() as sql:
        page = Page(asking.get(url))
    assert sql.count <= 4, sql
    history = Page(asking.get(f"/materiel/{device.public_id}")).rows("Historique, du plus récent au plus ancien")
    assert [(row["Mouvement"], row["Lycée"]) for row in history] == [
        ("Arrivé d’un autre lycée", "Lycée Fabert"), ("Parti vers un autre lycée", "Lycée Zola"),
    ]  # fmt: skip
    assert as_user(make.manager(make.school())).get(url).status_code == 404


def test_a_device_changes_pools_by_a_scan_and_back(app, as_user, here):
    device, lent = make.device(here), make.device(here, state=DeviceState.IN_REPAIR)
    desk = as_user(make.manager(here))
    said = [
        Page(desk.post(f"/fonds-urgence?vers={pool}", data={"code": device.asset_tag})).text(".verdict__word")
        for pool in ("emergency", "emergency", "allotment")
    ]
    assert said == ["Fonds d’urgence", "Déjà fait", "Dotation"]
    assert Page(desk.post("/fonds-urgence", data={"code": lent.asset_tag}), status=409)
    assert make.fresh(device).pool is Pool.ALLOTMENT
    page = Page(desk.post("/fonds-urgence?vers=emergency", data={"code": device.asset_tag}))
    assert Page(page.submit(desk, f"Annuler ce passage {device.asset_tag}")).text(".verdict__word") == "Dotation"
    assert make.fresh(device).pool is Pool.ALLOTMENT
    told = Page(desk.get(f"/materiel/{device.public_id}")).rows("Historique, du plus récent au plus ancien")
    assert [row["Mouvement"] for row in told] == ["Rendu à la dotation", "Passé au fonds d’urgence"] * 2
