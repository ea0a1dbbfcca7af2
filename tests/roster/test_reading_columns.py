"""Proposals for the columns of the tables that lycées have."""

import pytest

from portal.roster.reading.columns import (
    FIELDS,
    REQUIRED,
    Mapping,
    fingerprint,
    is_legal,
    parent,
    proposals,
    unique_headers,
)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        # SIECLE's spreadsheets, trailing spaces included
        ("Nom de famille", "student.family_name"),
        ("Prénom", "student.given_name"),
        ("Date Naissance", "student.birth_date"),
        ("Id National", "student.ine"),
        ("Lib. MEF", "student.level"),
        ("Email", "student.email"),
        ("Ligne Adresse 1 Repr. Lég. ", "guardian1.line1"),
        ("Ligne Adresse 4 Repr. Lég. ", "guardian1.line4"),
        ("Code Postal Repr. Lég. ", "guardian1.postcode"),
        ("Lib. Postal Repr. Lég. ", "guardian1.city"),
        ("Nom Autre Repr. Lég. ", "guardian2.family_name"),
        # PRONOTE's lists
        ("Né(e) le", "student.birth_date"),
        ("N° national", "student.ine"),
        ("Classe", "student.class_name"),
        ("Formation", "student.level"),
        ("Resp. légal 1 - Nom", "guardian1.family_name"),
        ("Responsable 2 : E-mail", "guardian2.email"),
        ("Tél. portable responsable 1", "guardian1.mobile"),
        ("Lien de parenté responsable 2", "guardian2.kinship"),
        # Secretaries
        ("NOM", "student.family_name"),
        ("Prénom de l’élève", "student.given_name"),
        ("Classe de l'élève", "student.class_name"),
        ("date_de_naissance", "student.birth_date"),
        ("Mail de la mère", "guardian1.email"),
        ("Nom du père", "guardian2.family_name"),
        ("Parent 1", "guardian1.full_name"),
        ("CP du représentant légal 2", "guardian2.postcode"),
        ("RL1 Ville", "guardian1.city"),
        ("Elève ID", "student.key"),
        ("Date de sortie", "student.left_on"),
    ],
)
def test_a_usual_header_is_proposed(header, field):
    assert proposals([header]) == {field: header}
    assert field in FIELDS


@pytest.mark.parametrize(
    "header", ["Motif Sortie", "Pays Nat.", "Sexe", "Profession du père", "Régime", "Colonne 3", "Commune Naiss."]
)
def test_what_we_do_not_need_is_not_proposed(header):
    assert proposals([header]) == {}


def test_the_best_word_wins_and_then_the_first_column():
    headers = ("Téléphone", "Tél. portable", "Nom", "Nom de famille")
    found = proposals(headers)
    assert (found["student.mobile"], found["student.family_name"]) == ("Tél. portable", "Nom de famille")
    assert proposals(("Mail", "E-mail"))["student.email"] == "E-mail"


def test_headers_are_unique_and_never_empty():
    assert unique_headers(["Nom", " Nom ", "", "Nom\n", "Nom (2)"]) == (
        "Nom",
        "Nom (2)",
        "Colonne 3",
        "Nom (3)",
        "Nom (2) (2)",
    )


def test_a_fingerprint_is_the_same_for_the_same_header_only():
    usual = fingerprint(["Nom", "Prénom"])
    assert len(usual) == 64
    assert usual == fingerprint(unique_headers([" Nom ", "Prénom\n"]))
    others = (["Prénom", "Nom"], ["Nom Prénom"], ["NOM", "Prénom"], ["Nom", "Prénom", "INE"])
    assert len({usual, *map(fingerprint, others)}) == 5


def test_required_fields_without_a_column_are_named():
    assert Mapping({}).missing(["Nom"]) == REQUIRED
    assert Mapping(dict.fromkeys(REQUIRED, "Nom")).missing(["Nom"]) == ()
    assert Mapping(dict.fromkeys(REQUIRED, "Perdue")).missing(["Nom"]) == REQUIRED


def test_a_header_may_say_who_and_whether_legal():
    assert [parent(header) for header in ("Nom de la mère", "Père : nom", "Responsable 1")] == ["mère", "père", ""]
    assert [is_legal(header) for header in ("Nom Repr. Lég. ", "Responsable légal 2", "RL1 Nom", "Responsable 1")] == [
        True,
        True,
        True,
        False,
    ]
