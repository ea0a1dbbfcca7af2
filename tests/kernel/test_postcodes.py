"""Postcodes and towns, offline."""

import gzip
from importlib.resources import files

import pytest

from portal.kernel.values.postcodes import Verdict, check, communes, official_name
from portal.kernel.values.territories import departments, territory


def test_the_table_holds_every_postcode_of_the_source_in_little_space():
    packed = (files("portal.kernel.data") / "communes.tsv.gz").read_bytes()
    rows = [line.split("\t") for line in gzip.decompress(packed).decode().splitlines()]
    assert len(packed) <= 350_000
    assert len(rows) == 35_539
    assert len({postcode for postcode, _insee, _name in rows}) == 6_310
    assert rows == sorted(rows)


def test_a_postcode_may_serve_many_communes():
    assert communes("54000") == ("Nancy",)
    assert len(communes("51300")) == 46
    assert communes("97400") == ("Saint-Denis",)
    assert "L’Haÿ-les-Roses" in communes("94240")


@pytest.mark.parametrize("text", ["", "5", "5400", "54000\t", "99999", "54000 ", "abcde"])
def test_what_is_no_postcode_serves_nothing(text):
    assert communes(text) == ()


@pytest.mark.parametrize(
    ("postcode", "typed", "official"),
    [
        ("54000", "nancy", "Nancy"),
        ("54000", "NANCY CEDEX 3", "Nancy"),
        ("51300", "Vitry le Francois", "Vitry-le-François"),
        ("88100", "ST DIE DES VOSGES", "Saint-Dié-des-Vosges"),
        ("33500", "libourne", "Libourne"),
        ("75011", "PARIS 11", "Paris"),
        ("75011", "Paris 11ème arrondissement", "Paris"),
        ("69003", "Lyon 3e", "Lyon"),
        ("51000", "CHALONS S/ CHAMPAGNE", None),
        ("51000", "CHALONS EN CHAMPAGNE", "Châlons-en-Champagne"),
        ("94240", "L'HAY LES ROSES", "L’Haÿ-les-Roses"),
        ("94240", "l’haÿ-les-roses", "L’Haÿ-les-Roses"),
        ("97150", "SAINT MARTIN", "Saint-Martin"),
    ],
)
def test_accents_case_and_abbreviations_do_not_count(postcode, typed, official):
    match = check(postcode, typed)
    assert (match.city if match.verdict is Verdict.EXACT else None) == official


def test_another_town_gets_those_of_the_postcode_the_nearest_first():
    match = check("51300", "Vitri le françois")
    assert match.verdict is Verdict.OTHER_CITY
    assert match.suggestions[0] == "Vitry-le-François"
    assert len(match.suggestions) == 46
    assert "Vitry-le-François" in match.advice


@pytest.mark.parametrize(
    ("postcode", "city"),
    [
        ("54042", "NANCY CEDEX"),
        ("00100", "ARMEES"),
        ("75700", "Paris Cedex 07 SP"),
        ("98000", "Monaco"),
        ("54009", "BP 12 Nancy"),
    ],
)
def test_mail_offices_and_armies_are_accepted_without_a_word(postcode, city):
    match = check(postcode, city)
    assert match.verdict is Verdict.SPECIAL
    assert not match.doubtful
    assert match.advice == ""


def test_an_unknown_postcode_is_a_doubt_not_a_refusal():
    match = check("54999", "Nancy")
    assert match.verdict is Verdict.UNKNOWN_POSTCODE
    assert match.doubtful
    assert "cinq chiffres" in match.advice


def test_a_cedex_finds_the_spelling_of_its_town():
    assert official_name("ABBEVILLE CEDEX", near="80103") == "Abbeville"
    assert official_name("PARIS CEDEX 13", near="75634") == "Paris"
    assert official_name("ATLANTIDE", near="80103") is None


def test_posts_and_telephones_number_the_territories_otherwise():
    assert [territory(postcode) for postcode in ("54000", "20000", "97400", "97133", "97150", "98800", "98000", "")] == [
        "FR", "FR", "RE", "BL", "MF", "NC", "MC", "FR",
    ]  # fmt: skip


def test_departments_know_their_region():
    assert departments()["67"].region_name == "Grand Est"
    assert departments()["2A"].region_code == "94"
    assert departments()["22"].name == "Côtes-d’Armor"
    assert sum(code < "97" for code in departments()) == 96
