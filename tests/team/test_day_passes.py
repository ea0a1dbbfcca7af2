"""A day's helpers: they come by a square, scan, and do nothing else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from portal.extensions import db as database
from portal.kernel import clock as time
from portal.loans.states import CharterGate, LoanState
from portal.platform import scope
from portal.policy import GRANTS, Action, Role
from portal.team import services
from portal.team.models import ScanHelper
from portal.team.services.day_passes import Shut
from tests import factories as make
from tests.pages import Page


@pytest.fixture
def square(app):
    make.region(), make.campaign()
    return make.helper_pass()


def door(square):
    return f"/aide/{services.token_of(square.public_id)}"


def come(client, square, name="Inès"):
    client.raw_token = None
    answer = client.post(door(square), data={"name": name})
    client.raw_token = None
    return answer


def test_a_helper_may_scan_and_nothing_else():
    held = {action for action in Action if Role.SCAN_HELPER in GRANTS[action]}
    assert held == {Action.PUBLIC, Action.SIGN_OUT, Action.SCAN, Action.SCAN_AT_STATION}


@pytest.mark.both
def test_the_whole_way_from_the_wall_to_the_scan(client, square):
    page = Page(client.get(door(square)))
    assert page.heading == "Aider à scanner"
    assert Page(page.submit(client, "Commencer à scanner", name=""), status=422).errors()
    page = Page(page.submit(client, "Commencer à scanner", name="Inès"))
    assert page.url.endswith("/scan")
    loan = make.loan(state=LoanState.APPROVED, charter=CharterGate.SIGNED)
    device = make.device()
    refused = Page(page.submit(client, "Valider", code="rien du tout"), status=409)
    assert refused.has(".verdict--problem")
    chosen = Page(page.submit(client, "Valider", code=loan.reference))
    assert chosen.has(".verdict")
    done = Page(chosen.submit(client, "Valider", code=device.asset_tag))
    assert done.has(".verdict--done"), done.text("main")
    (helper,) = make.every(ScanHelper)
    assert helper.account_id
    for path in ("/preparation", "/demandes", "/materiel", "/equipe", "/securite", "/role", "/equipe/aides"):
        assert client.get(path).status_code == 403, path


def test_looking_at_the_square_opens_nothing(client, square):
    for _ in range(3):
        assert client.get(door(square)).status_code == 200
    assert make.every(ScanHelper) == []
    assert client.get("/scan").location.startswith("/entrer")


def test_it_stops_at_midnight_in_paris(client, square, clock):
    clock.set(clock.START.replace(hour=21, minute=30))
    come(client, square)
    clock.forward(minutes=29)
    assert client.get("/scan").status_code == 200
    clock.forward(minutes=2)
    assert client.get("/scan").location.startswith("/entrer")
    assert client.get(door(square)).status_code == 410


def test_it_is_closed_at_once_for_everybody(app, client, square, as_user):
    other = app.test_client()
    assert [come(client, square).status_code, come(other, square, "Hugo").status_code] == [303, 303]
    browser = as_user(make.manager())
    page = Page(browser.get(f"/equipe/aides/{square.public_id}"))
    assert page.has(".secret__square svg")
    assert all(name in page.text("main") for name in ("Inès,", "Hugo,"))
    Page(page.submit(browser, "Fermer maintenant"))
    for helper in (client, other):
        assert helper.get("/scan").location.startswith("/entrer")
    late = come(app.test_client(), square)
    assert late.status_code == 410
    assert "fermé" in late.text
    with scope.schools(square.school_id):
        services.revoke_pass(square.public_id)


@pytest.mark.parametrize("day", [date(2026, 9, 7), date(2026, 9, 9)])
def test_it_serves_its_own_day_only(client, app, day):
    square = make.helper_pass(valid_on=day)
    assert "ne sert pas aujourd’hui" in client.get(door(square)).text
    assert come(client, square).status_code == 410


def test_a_made_up_square_says_so(client, app):
    answer = client.get("/aide/AAAA")
    assert answer.status_code == 410
    assert "ne reconnaissons pas" in answer.text
    assert come(client, make.helper_pass(), "x" * 41).status_code == 422


def test_places_are_counted_when_many_come_at_once(app, db, clock):
    square = make.helper_pass(most=3)
    token = services.token_of(square.public_id)

    def once(number):
        with time.frozen(clock.now()), app.app_context():
            try:
                return services.come_by_pass(token=token, name=f"Aide {number}").account_id
            except Shut:
                return None

    database.session.rollback()
    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(once, range(8)))
    assert len([one for one in came if one]) == 3
    assert len(make.every(ScanHelper)) == 3


def test_one_network_address_does_not_empty_the_wall(client, app):
    square = make.helper_pass(most=30)
    answers = [come(app.test_client(), square).status_code for _ in range(30)]
    assert set(answers) == {303}
    assert come(client, square).status_code == 410


def test_the_square_of_another_lycee_is_missing(as_user, square):
    stranger = make.manager(make.school())
    assert as_user(stranger).get(f"/equipe/aides/{square.public_id}").status_code == 404
    assert as_user(stranger).post(f"/equipe/aides/{square.public_id}/fermer").status_code == 404


def test_making_one_by_the_page(as_user, app):
    browser = as_user(make.head())
    page = Page(browser.get("/equipe/aides"))
    assert "Aucun carré" in page.text("main")
    for bad in ({"day": "2026-09-01"}, {"day": ""}, {"most": "0"}, {"most": "cent"}, {"most": "99"}):
        assert Page(page.submit(browser, "Créer le carré", **bad), status=422).errors(), bad
    page = Page(page.submit(browser, "Créer le carré", day="2026-09-12", most="4"))
    assert "samedi 12 septembre 2026" in page.text("main")
    assert "Imprimer ce carré" in page.buttons()


def test_the_token_is_not_in_the_database(square):
    token = services.token_of(square.public_id)
    assert token not in f"{square.public_id} {square.token_hash}"
    assert len(token) == 43
