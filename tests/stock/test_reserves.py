"""The emergency pool: how large, how long, who could help, and what the region answers."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.kernel import clock as now
from portal.loans.states import LoanState
from portal.platform import scope
from portal.schools.emergency import EmergencyRules
from portal.stock import services
from portal.stock.models import PoolRequest
from portal.stock.queries import reserves as queries
from portal.stock.reserve import Level, Near, Reserve, nearest_helper
from portal.stock.states import DeviceKind, Pool, RequestState
from tests import factories as make
from tests.pages import Page


def pool(school_id=1, **values):
    usual = {"school": f"Lycée {school_id}", "city": "Metz", "postcode": "57000", "students": 1000, "share": 4}
    usual |= {"total": 40, "free": 30, "lent": 0, "asked": False}
    return Reserve(school_id=school_id, **{**usual, **values})


@pytest.mark.parametrize(
    ("values", "target", "cover", "level"),
    [
        ({}, 40, None, Level.FINE),
        ({"students": 1001}, 41, None, Level.FINE),
        ({"students": 100, "share": 7}, 7, None, Level.FINE),
        ({"free": 0, "lent": 3}, 40, 0, Level.EMPTY),
        ({"free": 10, "lent": 28}, 40, 10, Level.LOW),
        ({"free": 14, "lent": 28}, 40, 14, Level.FINE),
        ({"free": 9}, 40, None, Level.LOW),
        ({"students": 0, "total": 0, "free": 0}, 0, None, Level.FINE),
    ],
)
def test_a_pool_has_a_target_a_cover_and_a_level(values, target, cover, level):
    one = pool(**values)
    assert (one.target, one.cover, one.level) == (target, cover, level)


def test_the_nearest_with_something_to_spare_helps():
    mine = pool(total=20, free=0)
    poor, region = pool(2, free=20), pool(3, city="Lille", postcode="59000", free=40)
    department = pool(4, city="Thionville", postcode="57100", free=22)
    town = pool(5, city="METZ", free=21)
    assert nearest_helper(mine, [mine, poor]) is None
    for others, near, devices in (
        ([region], Near.REGION, 20),
        ([region, department], Near.DEPARTMENT, 2),
        ([region, department, town], Near.TOWN, 1),
    ):
        found = nearest_helper(mine, [mine, poor, *others])
        assert (found.near, found.devices) == (near, devices)


def test_a_school_has_one_request_open_and_reads_the_answer(db):
    school = make.school()
    ask = {"school_id": school.id, "kind": DeviceKind.LAPTOP, "wanted": 5, "note": "Trois vols."}
    with scope.schools(school.id):
        services.ask_region(**ask)
        with pytest.raises(services.AskedAlready):
            services.ask_region(**ask)
        assert next(one.asked for one in queries.reserves() if one.school_id == school.id)
    (request,) = make.every(PoolRequest)
    with scope.every_school(reason="tests"):
        services.decide_request(request.public_id, granted=False, answer="Le stock régional est vide.")
    with scope.schools(school.id):
        services.ask_region(**ask)
    assert [row.state for row in make.every(PoolRequest)] == [RequestState.REFUSED, RequestState.ASKED]


def test_the_school_sees_its_pool_and_the_region_answers(app, as_user, count_statements):
    make.campaign(emergency=EmergencyRules(share=50))
    here, there = make.school(name="Lycée Fabert", city="Metz"), make.school(name="Lycée Zola", city="METZ")
    for _ in range(3):
        make.student(here)
    make.devices(3, there, pool=Pool.EMERGENCY)
    desk, region = as_user(make.manager(here)), as_user(make.region_agent())
    with count_statements() as sql:
        page = Page(desk.get("/fonds-urgence"))
    assert sql.count <= 4, sql
    assert "0 appareils libres" in page.text() or "0 appareil libre" in page.text()
    assert "pour un objectif de 2" in page.text()
    assert "Lycée Zola, dans la même ville, peut céder 2 appareils" in page.text()
    assert Page(page.submit(desk, "Envoyer la demande", nombre="2"), status=422).errors()
    page = Page(page.submit(desk, "Envoyer la demande", genre="tablet", nombre="2", pourquoi="Deux vols."))
    assert page.rows("Demandes, celles qui attendent d’abord")[0]["Matériel"] == "Tablettes"
    with count_statements() as sql:
        page = Page(region.get("/region/fonds-urgence"))
    assert sql.count <= 4, sql
    assert [row["Niveau"] for row in page.rows("Fonds d’urgence, ceux qui manquent d’abord")] == ["Vide", "Suffisant"]
    assert page.texts("main .chip") == ["2 Tous", "1 Suffisant", "1 Vide"]
    for query, found in (("niveau=empty", ["Lycée Fabert"]), ("recherche=zola+metz", ["Lycée Zola"])):
        page = Page(region.get(f"/region/fonds-urgence?{query}"))
        assert [row["Lycée"] for row in page.rows("Fonds d’urgence, ceux qui manquent d’abord")] == found
    assert "Aucun lycée trouvé" in Page(region.get("/region/fonds-urgence?recherche=Brest")).text()
    url = f"/region/fonds-urgence/{make.every(PoolRequest)[0].public_id}"
    assert Page(region.post(url, data={"decision": "refuser"}), status=422).errors()
    region.post(url, data={"decision": "accorder", "reponse": "Deux appareils partent jeudi."})
    (row,) = Page(desk.get("/fonds-urgence/demandes")).rows("Demandes, celles qui attendent d’abord")
    assert (row["État"], row["Réponse"]) == ("Accordé", "Deux appareils partent jeudi.")


def test_the_first_pages_of_a_lycee_warn_of_a_pool_that_runs_out_and_of_late_devices(app, as_user, count_statements):
    make.campaign()
    school = make.school(name="Lycée Fabert")
    desk, head = as_user(make.manager(school)), as_user(make.head(school))
    assert not Page(desk.get("/preparation")).soup.select("#reserve-alert"), "nobody to lend to, nothing to have"
    late = make.loan(state=LoanState.LENT, student=make.student(school))
    make.recall(late, due_on=now.today() - timedelta(days=1))
    for visitor, url in ((desk, "/preparation"), (head, "/demandes")):
        with count_statements() as sql:
            said = Page(visitor.get(url)).text("#reserve-alert")
        assert sql.count <= 4, sql
        assert "Fonds d’urgence vide 0 appareil libre, pour un objectif de 1." in said
        assert "1 prêt d’urgence en retard" in said


def test_the_region_decides_campaign_by_campaign_how_large_the_pools_are_and_how_long_they_lend(
    app, as_user, count_statements
):
    running = make.campaign(emergency=EmergencyRules(share=5, days=40))
    make.campaign(name="2025-2026", starts_on=date(2025, 9, 1), ends_on=date(2026, 8, 31))
    following = make.campaign(name="2027-2028", starts_on=date(2027, 9, 1), ends_on=date(2028, 7, 5))
    make.student(make.school(name="Lycée Fabert"))
    region = as_user(make.region_agent())
    page = Page(region.get("/region/fonds-urgence")).follow(region, "Taille des fonds et durée des prêts")
    assert page.texts("main .chip") == ["2026-2027", "2027-2028"], "nobody changes a campaign that is over"
    assert (page.one("#part")["value"], page.one("#jours")["value"]) == ("5", "40")
    assert Page(page.submit(region, "Enregistrer les règles", part="21", jours="0"), status=422).errors() == [
        "Écrivez un nombre entre 0 et 20.", "Écrivez un nombre entre 1 et 365.",
    ]  # fmt: skip
    page = Page(page.submit(region, "Enregistrer les règles", part="0", jours="15"))
    assert page.rows("Fonds d’urgence, ceux qui manquent d’abord")[0]["Objectif"] == "0"
    with count_statements() as sql:
        page = Page(region.get("/region/fonds-urgence/regles?campagne=2027-2028"))
    assert sql.count <= 4, sql
    page.submit(region, "Enregistrer les règles", part="6", jours="20")
    assert [make.fresh(one).emergency for one in (running, following)] == [EmergencyRules(0, 15), EmergencyRules(6, 20)]
    assert make.trail(f"campaign:{following.id}") == ["CampaignChanged"]
    assert region.get("/region/fonds-urgence/regles?campagne=2025-2026").status_code == 404


@pytest.mark.parametrize(
    ("day", "share"), [((2026, 6, 1), 1), ((2026, 12, 1), 1), ((2027, 8, 1), 1), ((2027, 9, 1), 2)]
)
def test_the_rules_of_today_are_those_of_the_campaign_that_runs_ran_or_comes(app, clock, day, share):
    for rank, year in enumerate((2026, 2027), start=1):
        dates = {"starts_on": date(year, 9, 1), "ends_on": date(year + 1, 7, 5)}
        make.campaign(name=str(year), emergency=EmergencyRules(share=rank), **dates)
    school = make.school()
    clock.set(datetime(*day, 12, tzinfo=UTC))
    with scope.schools(school.id):
        assert [one.share for one in queries.reserves()] == [share]
        watched = db.session.execute(select(*queries.watched(school.id))).one()
    assert queries.read_watch(watched).reserve.share == share
