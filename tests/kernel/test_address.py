"""Six lines, no word lost."""

import gzip
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.values.address import COLISSIMO_WIDTH, NORM_WIDTH, PostalAddress
from portal.kernel.values.address_lines import capitals, town_line

WORDS = st.lists(st.from_regex(r"[B-DF-HJ-NP-TV-Z]{1,12}", fullmatch=True), max_size=14).map(" ".join)
"""Without a vowel, none of them has a short form: « BIS » becomes « B » on a line that is too long."""
WIDTHS = st.sampled_from([NORM_WIDTH, COLISSIMO_WIDTH])


def address(**changes):
    home = {"recipient": "Madame Camille Petit", "street": "12 rue des Lilas", "postcode": "54000", "city": "Nancy"}
    return PostalAddress(**home | changes)


def fields(one):
    return [problem.field for problem in one.problems()]


def test_a_plain_address_takes_three_lines():
    assert address().lines() == ["Madame Camille Petit", "12 RUE DES LILAS", "54000 NANCY"]
    assert address().problems() == []


def test_each_part_has_its_line():
    full = address(line2="Appartement 12, 3e étage", line3="Résidence l’Orée", locality="Le Bas-Château")
    assert full.lines() == [
        "Madame Camille Petit",
        "Appartement 12, 3e étage",
        "Résidence l’Orée",
        "12 RUE DES LILAS",
        "LE BAS CHATEAU",
        "54000 NANCY",
    ]
    assert full.lines() == full.rows()


def test_rows_keep_the_blanks_that_a_carrier_expects():
    assert address().rows() == ["Madame Camille Petit", "", "", "12 RUE DES LILAS", "", "54000 NANCY"]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("3, rue de l’Église", "3 RUE DE L EGLISE"),
        ("5 bis av. d'Œuilly", "5 BIS AV D OEUILLY"),
        ("12-14 rue du Bœuf", "12-14 RUE DU BOEUF"),
        ("12 – 14 rue  Łódź", "12 14 RUE LODZ"),
        ("B.P. n° 12", "B P N 12"),
    ],
)
def test_sorting_machines_get_capitals_without_accents_or_punctuation(typed, printed):
    assert capitals(typed) == printed


def test_a_long_street_is_shortened_only_as_far_as_needed():
    street = "125 boulevard du Maréchal de Lattre de Tassigny"
    assert address(street=street).lines()[1] == "125 BD DU MAL DE LATTRE DE TASSIGNY"
    assert address(street="125 boulevard du Maréchal Lyautey").lines()[1] == "125 BOULEVARD DU MARECHAL LYAUTEY"


def test_a_street_too_long_for_its_line_takes_the_free_line_below():
    rows = address(street="125 quai du très ancien débarcadère des bateliers lorrains").rows()
    assert rows[3:5] == ["125 QUAI DU TRES ANCIEN DEBARCADERE", "DES BATELIERS LORRAINS"]


def test_it_takes_the_free_line_above_when_there_is_a_locality():
    rows = address(street="125 quai du très ancien débarcadère des bateliers lorrains", locality="Le Port").rows()
    assert rows[2:5] == ["125 QUAI DU TRES ANCIEN DEBARCADERE", "DES BATELIERS LORRAINS", "LE PORT"]


def test_what_cannot_fit_is_said_and_nothing_is_dropped():
    long = address(recipient="mot " * 30, line2="autre " * 12, line3="encore " * 12, locality="Ici")
    assert fields(long) == ["recipient"]
    assert " ".join(long.lines()).count("mot") == 30


def test_a_word_longer_than_the_line_is_said():
    assert fields(address(street="1 rue " + "a" * 39)) == ["street"]
    assert fields(address(city="A" * 50)) == ["city"]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"recipient": " "}, ["recipient"]),
        ({"street": ""}, ["street"]),
        ({"street": "", "locality": "Le Bourg"}, []),
        ({"postcode": "5400"}, ["postcode"]),
        ({"postcode": "٥٤٠٠٠"}, ["postcode"]),
        ({"city": "-"}, ["city"]),
        ({"country": "QQ"}, ["country"]),
        ({"recipient": "محمد", "street": "улица"}, ["recipient", "street"]),
        ({"street": "", "locality": "BP 90145", "postcode": "54042", "city": "Nancy Cedex"}, []),
        ({"street": "", "postcode": "54042", "city": "Nancy cedex 3"}, []),
        ({"locality": "SP 12345", "postcode": "00100", "city": "Armées"}, []),
        ({"postcode": "97400", "city": "Saint-Denis"}, []),
        ({"postcode": "98714", "city": "Pape’ete", "street": "12 rue ʻŌrohena"}, []),
        ({"postcode": "L-1234", "city": "Luxembourg", "country": "LU"}, []),
    ],
)
def test_problems_name_the_field_to_correct(changes, wrong):
    assert fields(address(**changes)) == wrong


def test_a_cedex_is_known_as_no_home():
    assert address(city="Nancy Cedex").is_cedex
    assert not address(city="Cédexville").is_cedex


def test_abroad_the_country_is_last():
    assert address(postcode="77694", city="Kehl", country="DE").lines()[-2:] == ["77694 KEHL", "ALLEMAGNE"]


@pytest.mark.parametrize("width", [NORM_WIDTH, COLISSIMO_WIDTH])
def test_every_commune_of_france_fits_on_the_last_line(width):
    packed = (files("portal.kernel.data") / "communes.tsv.gz").read_bytes()
    for line in gzip.decompress(packed).decode().splitlines():
        postcode, _insee, name = line.split("\t")
        assert len(town_line(postcode, name, width)) <= width


def test_the_longest_names_stay_readable():
    name = "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson"
    assert town_line("51290", name, NORM_WIDTH) == "51290 ST REMY BOUZEMON ST GENEST ISSON"
    assert town_line("88100", "Saint-Dié-des-Vosges", NORM_WIDTH) == "88100 SAINT DIE DES VOSGES"


@given(recipient=WORDS, line2=WORDS, line3=WORDS, street=WORDS, locality=WORDS, width=WIDTHS)
def test_no_word_is_lost_and_no_line_is_too_long(recipient, line2, line3, street, locality, width):
    one = address(recipient=recipient, line2=line2, line3=line3, street=street, locality=locality)
    lines = one.lines(width=width)
    typed = f"{recipient} {line2} {line3} {street} {locality}".split()
    assert " ".join(lines[:-1]).split() == typed
    assert all(0 < len(line) <= width for line in lines)
    too_long = any("six lignes" in problem.message for problem in one.problems(width=width))
    assert (len(lines) > 6) == too_long
    assert len(one.rows(width=width)) == 6 or too_long


@given(st.lists(st.text(max_size=60), min_size=7, max_size=7), WIDTHS)
def test_any_text_is_laid_out_or_explained(texts, width):
    names = ("recipient", "line2", "line3", "street", "locality", "postcode", "city")
    one = PostalAddress(**dict(zip(names, texts, strict=True)))
    if not one.problems(width=width):
        lines = one.lines(width=width)
        assert len(lines) <= 6
        assert all(line == line.strip() and 0 < len(line) <= width for line in lines)


def test_layout_is_the_same_every_time():
    one = address(street="125 quai du très ancien débarcadère des bateliers lorrains", line3="Bâtiment B")
    assert all(first == second for first, second in pairwise(one.lines() for _ in range(3)))
