"""Stocktaking by scan: what is missing, elsewhere, not here or unknown; each settled by one button, once."""

import csv
from io import StringIO

import pytest

from portal.loans.states import LoanState
from portal.platform import scope
from portal.stock import services
from portal.stock.models import Stocktake, StocktakeScan, StocktakeSurprise
from portal.stock.services.stocktaking import AlreadyCounted
from portal.stock.states import DeviceState, Outcome, Surprise
from tests import factories as make
from tests.pages import Page


@pytest.fixture
def shelf(app):
    """Two devices on A1, of which one is there; one of B2, one that is lost, one that is lent, one of another school."""
    school = make.school()
    there, away = make.device(school, location="A1"), make.device(school, location="A1")
    other, lost = make.device(school, location="B2"), make.device(school, state=DeviceState.LOST)
    lent = make.device_of(make.loan(state=LoanState.LENT, student=make.student(school)))
    stranger = make.device(make.school(name="Lycée Zola"))
    seen = [there, other, lost, lent, stranger]
    return school, away, seen


def counted(school, codes, location="A1"):
    with scope.schools(school.id):
        stocktake = services.open_stocktake(school_id=school.id, location=location)
        for code in codes:
            services.scan_shelf(stocktake.public_id, raw=code)
        services.count(stocktake.public_id)
    return stocktake


def test_the_shelf_is_compared_with_the_register(db, shelf):
    school, away, seen = shelf
    there, other, lost, lent, stranger = seen
    make.device(school, location="A1", state=DeviceState.IN_REPAIR)  # not expected on a shelf
    stocktake = counted(school, [*(device.asset_tag for device in seen), there.serial, "XYZ-404"])
    assert len(make.every(StocktakeScan)) == 6, "the same device by its tag and by its serial number is one"
    found = {row.code: (row.kind, row.detail) for row in make.every(StocktakeSurprise)}
    assert found == {
        away.asset_tag: (Surprise.MISSING, "A1"),
        other.asset_tag: (Surprise.ELSEWHERE, "B2"),
        lost.asset_tag: (Surprise.NOT_HERE, "lost"),
        lent.asset_tag: (Surprise.NOT_HERE, "lent"),
        stranger.asset_tag: (Surprise.OTHER_SCHOOL, "Lycée Zola"),
        "XYZ-404": (Surprise.UNKNOWN, ""),
    }
    assert make.fresh(stocktake).expected == 2
    with scope.schools(school.id), pytest.raises(AlreadyCounted):
        services.scan_shelf(stocktake.public_id, raw="XYZ-405")


def test_each_surprise_is_settled_once_and_changes_the_register(db, shelf):
    school, away, seen = shelf
    _, other, lost, lent, stranger = seen
    stocktake = counted(school, [device.asset_tag for device in seen])
    with scope.schools(school.id):
        done = {
            device.id: services.settle(stocktake.public_id, code=device.asset_tag)
            for device in (away, other, lost, lent, stranger)
        }
        assert services.settle(stocktake.public_id, code=away.asset_tag) is Outcome.LOST
    assert list(done.values()) == [Outcome.LOST, Outcome.MOVED, Outcome.CHECK_IN, Outcome.NOTED, Outcome.NOTED]
    now = [make.fresh(device) for device in (away, other, lost, lent)]
    assert [(one.state, one.location) for one in now[:3]] == [
        (DeviceState.LOST, "A1"), (DeviceState.IN_STOCK, "A1"), (DeviceState.TO_CHECK_IN, "A1"),
    ]  # fmt: skip
    assert now[3].state is DeviceState.LENT, "its loan decides"


def test_a_round_through_the_pages_ends_in_a_report(app, as_user, shelf, count_statements):
    school, away, seen = shelf
    desk = as_user(make.manager(school))
    page = Page(desk.get("/inventaires"))
    page = Page(page.submit(desk, "Commencer à scanner", emplacement="a1"))
    url = f"/inventaires/{make.every(Stocktake)[0].public_id}"
    said = [
        Page(desk.post(url, data={"code": device.asset_tag})).text(".verdict__word")
        for device in (seen[0], seen[0], seen[2], seen[4])
    ]
    assert said == ["Compté", "Déjà compté", "Surprise", "Inconnu ici"]
    with count_statements() as sql:
        page = Page(desk.get(url))
    assert sql.count <= 4, sql
    page = Page(page.submit(desk, "Terminer le comptage"))
    assert "3 surprises" in page.text()
    with count_statements() as sql:
        page = Page(desk.get(url))
    assert sql.count <= 4, sql
    page = Page(page.submit(desk, f"Le déclarer perdu {away.asset_tag}"))
    assert make.fresh(away).state is DeviceState.LOST
    lines = list(csv.reader(StringIO(desk.get(f"{url}/rapport.csv").text), delimiter=";"))
    assert [(line[0], line[3]) for line in lines[1:]] == [
        ("Manquant", "Déclaré perdu"), ("Ne devrait pas être là", ""), ("D’un autre lycée", ""),
    ]  # fmt: skip
    assert as_user(make.manager(make.school())).get(url).status_code == 404
