"""A MEF is a code: its name is asked once, remembered, and taken from the nomenclature whenever there is one."""

import pytest

from portal.roster.models import LevelLabel, RosterLine
from portal.roster.reading.mef import proposed_label
from portal.roster.states import ImportState, Kind
from tests import factories as make
from tests.pages import Page
from tests.roster.desk import exports, read, sent
from tests.rosters import siecle

SECONDE, PREMIERE, TERMINALE = "20010018110", "20110019110", "20210019110"


def pair(school):
    """The students and their guardians, without the nomenclature."""
    return {name: data for name, data in exports(school).items() if name != siecle.LABELS}


def levels(asked):
    """How many students of an import have each level."""
    lines = make.every(RosterLine, import_id=asked.id, kind=Kind.STUDENT)
    return {line.given["level"] for line in lines if line.given}


def remembered():
    return {one.code: one.label for one in make.every(LevelLabel)}


@pytest.mark.both
def test_names_are_asked_once_with_proposals_and_kept_for_the_next_file(office, school):
    sent(office, pair(school))
    asked = read(school)
    assert asked.state is ImportState.TO_MAP
    page = Page(office.get(f"/eleves/import/{asked.public_id}"))
    assert page.heading == "Comment s’appellent ces formations ?"
    assert "2DE A, 2DE B" in page.text("main")
    field = page.one('[value="1re générale ou technologique"]')["name"]
    page.submit(office, "Comparer avec le lycée", **{field: "1re générale"})
    asked = read(school)
    assert asked.state is ImportState.STAGED
    names = {"2de générale et technologique", "1re générale", "Terminale générale ou technologique"}
    assert levels(asked) == names
    assert set(remembered().values()) == names
    sent(office, pair(school))
    assert read(school).state is ImportState.STAGED


def test_the_nomenclature_wins_over_what_the_lycee_said_and_is_remembered(office, school):
    make.level_label(school, code=SECONDE, label="Seconde du lycée")
    sent(office, exports(school))
    given = {"Seconde générale et technologique", "Première générale", "Terminale générale"}
    assert levels(read(school)) == given
    assert set(remembered().values()) == given
    sent(office, pair(school))
    assert levels(read(school)) == given


def test_a_name_left_empty_is_the_code_and_is_not_asked_again(office, school):
    sent(office, pair(school))
    page = Page(office.get(f"/eleves/import/{read(school).public_id}"))
    page.submit(office, "Comparer avec le lycée", formation0="", formation1="", formation2="")
    assert levels(read(school)) == {SECONDE, PREMIERE, TERMINALE}
    sent(office, pair(school))
    assert read(school).state is ImportState.STAGED


def test_a_name_too_long_is_said_on_its_field(office, school):
    sent(office, pair(school))
    page = Page(office.get(f"/eleves/import/{read(school).public_id}"))
    refused = Page(page.submit(office, "Comparer avec le lycée", formation0="x" * 41), status=422)
    assert refused.errors() == ["Écrivez 40 caractères au plus."]


def test_names_are_corrected_for_the_next_import(office, school):
    page = Page(office.get("/eleves/formations"))
    assert "Aucune formation pour le moment" in page.text("main")
    for code in (SECONDE, PREMIERE, TERMINALE):
        make.level_label(school, code=code, label=code)
    page = Page(office.get("/eleves/formations"))
    assert "Les noms sont enregistrés" in Page(page.submit(office, "Enregistrer les noms", formation0="Seconde")).text()
    assert remembered()[SECONDE] == "Seconde"
    sent(office, pair(school))
    assert levels(read(school)) == {"Seconde", PREMIERE, TERMINALE}


def test_the_names_of_one_lycee_are_not_those_of_another(office, school):
    make.level_label(make.school(), code=SECONDE, label="Ailleurs")
    sent(office, pair(school))
    assert read(school).state is ImportState.TO_MAP
    assert "Ailleurs" not in Page(office.get("/eleves/formations")).text()


@pytest.mark.parametrize(
    ("mef", "label"),
    [
        (SECONDE, "2de générale et technologique"),
        ("24025001111", "CAP en un an"),
        ("24125001211", "CAP 1re année"),
        ("24725001331", "Terminale professionnelle"),
        ("31125001221", "BTS 2e année"),
        ("24725001391", ""),
        ("2472500", ""),
        ("99925001133", ""),
    ],
)
def test_the_digits_of_a_mef_propose_a_name(mef, label):
    assert proposed_label(mef) == label
