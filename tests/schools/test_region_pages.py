"""The region's pages: its lycées at a glance, and the directory."""

import pytest

from portal.loans.states import CharterGate, LoanState
from portal.platform import scope
from portal.platform.scope import OutOfScope
from portal.platform.tables import Wish
from portal.schools import queries_overview, rules
from portal.stock.states import DeviceState, Pool
from tests import factories as make
from tests.pages import Page


@pytest.fixture
def region(app, as_user):
    return as_user(make.region_agent())


def test_each_lycee_has_its_counts_on_one_line(region, count_statements):
    school = make.school(name="Lycée Louise-Michel", city="Épinal")
    make.loan(state=LoanState.SUBMITTED, student=make.student(school))
    make.loan(state=LoanState.SUBMITTED, student=make.student(school), charter=CharterGate.SIGNED)
    make.loan(state=LoanState.WITHDRAWN, student=make.student(school))
    make.loan(state=LoanState.LENT, student=make.student(school))
    make.devices(2, school)
    make.device(school, pool=Pool.EMERGENCY)
    make.device(school, pool=Pool.EMERGENCY, state=DeviceState.IN_REPAIR)
    with count_statements() as sql:
        (row,) = Page(region.get("/lycees")).rows("Lycées participants")
    assert sql.count <= 4, sql
    assert row["Lycée"].startswith("Lycée Louise-Michel")
    figures = [row[name] for name in ("Élèves", "À décider", "Chartes signées", "Libres", "Prêtés", "Fonds d’urgence")]
    assert figures == ["4", "2", "66 %", "2", "1", "1 sur 2"]


def test_a_lycee_without_anything_shows_zeros(region):
    make.school()
    (row,) = Page(region.get("/lycees")).rows("Lycées participants")
    assert row["Chartes signées"] == "aucune demande"
    assert row["Fonds d’urgence"] == "0 sur 0"


@pytest.mark.both
def test_the_list_is_sorted_filtered_and_paged_in_a_constant_number_of_statements(region, count_statements):
    for number in range(53):
        school = make.school(name=f"Lycée N{number:02}X", city="Nancy")
        make.devices(number % 3, school)
    make.loan(state=LoanState.SUBMITTED, student=make.student(school))
    for order in queries_overview.SORTS:
        with count_statements() as sql:
            page = Page(region.get(f"/lycees?tri={order}&ordre=desc"))
        assert sql.count <= 4, sql
    assert len(page.rows("Lycées participants")) == 50
    assert len(page.follow(region, "Suivante").rows("Lycées participants")) == 3
    most = Page(region.get("/lycees?tri=libres&ordre=desc")).rows("Lycées participants")
    assert most[0]["Libres"] == "2"
    (waiting,) = Page(region.get("/lycees?attente=oui")).rows("Lycées participants")
    assert waiting["Lycée"].startswith("Lycée N52X")
    assert len(Page(region.get("/lycees?recherche=LYCEE+n07x")).rows("Lycées participants")) == 1


def test_only_a_role_that_sees_every_school_may_count_them(app):
    wish = Wish(sort="lycee")
    with pytest.raises(OutOfScope):
        queries_overview.schools(wish)
    with scope.schools(1), pytest.raises(OutOfScope):
        queries_overview.schools(wish)


@pytest.mark.parametrize("who", [make.family, make.head, make.manager, make.technician])
def test_nobody_else_comes_in(app, as_user, who):
    somebody = as_user(who())
    assert somebody.get("/lycees").status_code == 403
    assert somebody.get("/annuaire").status_code == 403


@pytest.mark.parametrize(
    "typed", ["loritz", "LORITZ nancy", "nancy henri", "54000", "0540042", "0540042C", "henri-loritz"]
)
@pytest.mark.both
def test_a_lycee_is_found_by_name_town_post_code_or_uai(region, typed):
    make.directory_entry(uai="0540042C", name="Lycée Henri Loritz", raw_name="LORITZ", city="Nancy", postcode="54000")
    make.directory_entry(name="Lycée Jean Rostand", raw_name="ROSTAND", city="Strasbourg", postcode="67000")
    rows = Page(region.get("/annuaire", query_string={"recherche": typed})).rows("Lycées trouvés")
    assert [row["UAI"] for row in rows] == ["0540042C"]


def test_accents_do_not_count(region):
    make.directory_entry(name="Lycée Stéphane Hessel", raw_name="S. HESSEL", city="Épernay", postcode="51200")
    for typed in ("epernay", "ÉPERNAY", "stephane"):
        rows = Page(region.get("/annuaire", query_string={"recherche": typed})).rows("Lycées trouvés")
        assert len(rows) == 1


def test_a_lycee_that_takes_part_says_so(region):
    make.school(name="Lycée X")
    make.directory_entry()
    (uai,) = [school.uai for school in make.every(_school())]
    (row,) = Page(region.get("/annuaire", query_string={"recherche": uai})).rows("Lycées trouvés")
    assert row["Programme"] == "Participe"


def _school():
    from portal.schools.models import School

    return School


def test_a_wrong_letter_is_explained(region):
    page = Page(region.get("/annuaire?recherche=0540042D"))
    assert "Après 0540042, la lettre devrait être C." in page.text(".notice")


def test_nothing_typed_asks_nothing_and_nothing_found_says_what_to_try(region):
    assert "Par exemple" in Page(region.get("/annuaire")).text(".lead")
    assert "Aucun lycée trouvé" in Page(region.get("/annuaire?recherche=zzz")).text(".empty")


@pytest.mark.parametrize(
    ("typed", "code"),
    [("0540042D", True), ("054 0042 d", True), ("054004D", True), ("54000", False), ("Loritz", False), ("", False)],
)
def test_a_code_is_told_from_a_name(typed, code):
    assert rules.looks_like_uai(typed) is code
