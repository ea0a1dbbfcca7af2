"""Records that somebody typed badly: one line of the report each, and the rest goes on."""

from datetime import date

import pytest

from portal.roster.reading.records import GuardianRecord, LinkRecord, Severity, StudentRecord
from tests.rosters.people import Roster
from tests.rosters.siecle import document, element
from tests.rosters.uploads import read

EMPTY = Roster("0670001M", 2026, date(2026, 9, 1))
GOOD = {"ID_NATIONAL": "123456789AB", "NOM_DE_FAMILLE": "LEFÈVRE", "PRENOM": "Inès", "DATE_NAISS": "14/03/2010"}
PERSON = {"NOM_DE_FAMILLE": "LEFÈVRE", "PRENOM": "Anne"}


def eleve(key="1", **fields):
    return element("ELEVE", {"ELEVE_ID": key} if key else {}, **{**GOOD, **fields})


def personne(key="11", **fields):
    return element("PERSONNE", {"PERSONNE_ID": key}, **{**PERSON, **fields})


def link(student="1", guardian="11", name="RESPONSABLE_ELEVE", **fields):
    known = fields or {"NIVEAU_RESPONSABILITE": "1", "CODE_PARENTE": "10"}
    return element(name, ELEVE_ID=student, PERSONNE_ID=guardian, **known)


def students(*rows, structures=()):
    return {"e.xml": document("BEE_ELEVES", EMPTY, {"ELEVES": [*rows], "STRUCTURES": [*structures]})}


def guardians(*people, links=(), addresses=()):
    containers = {"RESPONSABLES": [*links], "PERSONNES": [*people], "ADRESSES": [*addresses]}
    return {"r.xml": document("BEE_RESPONSABLES", EMPTY, containers)}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"PRENOM": ""}, "Prénom"),
        ({"NOM_DE_FAMILLE": ""}, "Nom de famille"),
        ({"NOM_DE_FAMILLE": "X" * 81}, "Nom de famille"),
        ({"DATE_NAISS": ""}, "Date de naissance"),
        ({"DATE_NAISS": "14/03/10"}, "Date de naissance"),
        ({"DATE_NAISS": "31/02/2010"}, "Date de naissance"),
        ({"DATE_NAISS": "14/03/2199"}, "Date de naissance"),
        ({"DATE_NAISS": "14/03/1810"}, "Date de naissance"),
    ],
)
def test_a_bad_record_is_one_error_and_the_others_come_in(tmp_path, fields, field):
    found = read(
        tmp_path, students(eleve(key="1"), eleve(key="2", **fields), eleve(key="3", ID_NATIONAL="123456789CD"))
    )
    assert [one.source_id for one in found.of(StudentRecord)] == ["1", "3"]
    (error,) = found.findings(Severity.ERROR)
    assert (error.field, error.about, error.key) == (field, StudentRecord, "2")
    assert error.place.line == 17
    assert error.sentence.endswith(".")


def test_a_student_without_a_key_is_an_error(tmp_path):
    found = read(tmp_path, students(eleve(key=""), eleve(key="2")))
    assert [one.source_id for one in found.of(StudentRecord)] == ["2"]
    assert [error.field for error in found.findings(Severity.ERROR)] == ["Identifiant de l’élève"]


def test_keys_may_be_children(tmp_path):
    row = element("ELEVE", ELEVE_ID="7", **GOOD)
    assert [one.source_id for one in read(tmp_path, students(row)).of(StudentRecord)] == ["7"]


def test_the_same_key_twice_keeps_the_first_even_on_one_line(tmp_path):
    rows = f"{eleve(key='1')}{eleve(key='1', PRENOM='Zoé')}".replace("\n", "")
    found = read(tmp_path, students(rows))
    assert [one.given_name for one in found.of(StudentRecord)] == ["Inès"]
    (error,) = found.findings(Severity.ERROR)
    assert error.key is None
    assert "déjà" in error.sentence


def test_new_tags_win_over_old_ones(tmp_path):
    found = read(tmp_path, students(eleve(NOM="MARTIN")) | guardians(
        personne(), personne(key="12"), personne(key="13"),
        links=[
            link(guardian="11", NIVEAU_RESPONSABILITE="2", RESP_LEGAL="1", CODE_PARENTE="10"),
            link(guardian="12", RESP_LEGAL="2", CODE_PARENTE="20"),
            link(guardian="13", RESP_LEGAL="0", CODE_PARENTE="38"),
        ],
    ))  # fmt: skip
    assert found.of(StudentRecord)[0].family_name == "LEFÈVRE"
    assert [one.may_sign for one in found.of(LinkRecord)] == [False, True, False]


@pytest.mark.parametrize("fields", [{"CODE_PARENTE": "10"}, {"NIVEAU_RESPONSABILITE": "9", "RESP_LEGAL": "1"}])
def test_when_the_file_does_not_say_who_signs_the_school_will(tmp_path, fields):
    found = read(tmp_path, students(eleve()) | guardians(personne(), links=[link(**fields)]))
    assert found.of(LinkRecord)[0].may_sign is None
    assert any("peut signer" in one.sentence for one in found.findings(Severity.WARNING))


@pytest.mark.parametrize(
    ("code", "kinship"),
    [
        ("10", "mère"),
        ("20", "père"),
        ("37", "frère ou sœur"),
        ("50", "tuteur ou tutrice"),
        ("90", "autre"),
        ("77", "autre"),
    ],
)
def test_kinships_are_french_words(tmp_path, code, kinship):
    links = [link(NIVEAU_RESPONSABILITE="1", CODE_PARENTE=code)]
    found = read(tmp_path, students(eleve()) | guardians(personne(), links=links))
    assert found.of(LinkRecord)[0].kinship == kinship
    assert [one.value for one in found.findings()] == (["77"] if code == "77" else [])


def test_links_may_have_any_name_and_come_before_the_people(tmp_path):
    found = read(tmp_path, students(eleve()) | guardians(personne(), links=[link(name="RESPONSABLE")]))
    assert len(found.of(LinkRecord)) == 1
    assert isinstance(found.records[-1], LinkRecord)


def test_a_link_to_nobody_is_an_error_line(tmp_path):
    links = [link(), link(student="9"), link(guardian="99"), link(student=""), link()]
    found = read(tmp_path, students(eleve()) | guardians(personne(), links=links))
    assert len(found.of(LinkRecord)) == 1
    assert {error.about for error in found.findings()} == {LinkRecord}
    errors = [(error.field, error.value) for error in found.findings(Severity.ERROR)]
    assert errors == [("Élève", "9"), ("Responsable", "99"), ("Élève", ""), ("Identifiant", "1 11")]


def test_a_link_to_somebody_who_could_not_be_read_waits(tmp_path):
    found = read(tmp_path, students(eleve(PRENOM=""), eleve(key="2")) | guardians(personne(), links=[link()]))
    assert found.of(LinkRecord) == []
    assert [error.field for error in found.findings(Severity.ERROR)] == ["Prénom", "Élève"]


def structure(*divisions):
    inside = (element("STRUCTURE", CODE_STRUCTURE=name, TYPE_STRUCTURE="D") for name in divisions)
    return element("STRUCTURES_ELEVE", {"ELEVE_ID": "1"}, *inside)


@pytest.mark.parametrize(
    ("structures", "division", "warnings"),
    [
        ([structure("2DE A")], "2DE A", 0),
        ([structure("2DE A", "2DE B")], "2DE A", 1),
        ([structure("2DE A"), structure("2DE B")], "2DE A", 1),
        ([structure("2DE A"), structure("2DE A")], "2DE A", 0),
        ([structure("INACTIFS", "2DE B")], "2DE B", 0),
        ([structure("X" * 40)], f"{'X' * 29}…", 1),
    ],
)
def test_the_first_division_is_the_class(tmp_path, structures, division, warnings):
    found = read(tmp_path, students(eleve(), structures=structures))
    assert found.of(StudentRecord)[0].class_name == division
    assert len([one for one in found.findings() if one.field == "Classe"]) == warnings


@pytest.mark.parametrize(
    ("fields", "mobile", "sentence"),
    [
        ({"TEL_PORTABLE": "06.39.98.00.12 (mère)"}, "+33639980012", None),
        ({"TEL_PORTABLE": "+33 6 39 98 00 12"}, "+33639980012", None),
        ({"TEL_PERSONNEL": "06 39 98 00 12"}, "+33639980012", None),
        ({"TEL_PERSONNEL": "03 53 01 00 12"}, None, None),
        ({"TEL_PROFESSIONNEL": "06 39 98 00 12"}, None, None),
        ({"TEL_PORTABLE": "03 53 01 00 12"}, None, "SMS"),
        ({"TEL_PORTABLE": "03 53 01 00 12", "TEL_PERSONNEL": "0639980012"}, "+33639980012", "SMS"),
        ({"TEL_PORTABLE": "06 39 98"}, None, "n’est pas gardé"),
        ({"TEL_PORTABLE": "06 39 98 00 12 ou 06 39 98 00 13"}, "+33639980012", "plusieurs numéros"),
    ],
)
def test_the_number_that_receives_messages_is_found(tmp_path, fields, mobile, sentence):
    found = read(tmp_path, guardians(personne(**fields)))
    assert found.of(GuardianRecord)[0].mobile == mobile
    assert [one.value for one in found.findings()] == ([fields["TEL_PORTABLE"]] if sentence else [])
    assert all(sentence in one.sentence for one in found.findings())


def test_a_lycee_overseas_dials_at_home(tmp_path):
    island = Roster("9740001W", 2026, date(2026, 9, 1))
    row = eleve(TEL_PORTABLE="0692 12 34 56")
    found = read(tmp_path, {"e.xml": document("BEE_ELEVES", island, {"ELEVES": [row]})})
    assert found.of(StudentRecord)[0].mobile == "+262692123456"


@pytest.mark.parametrize(
    ("text", "email"),
    [("Anne.L@Example.ORG", "Anne.L@example.org"), ("anne", None), ("a@example.org;b@example.org", "a@example.org")],
)
def test_an_unreadable_email_is_a_warning(tmp_path, text, email):
    found = read(tmp_path, guardians(personne(MEL=text)))
    assert found.of(GuardianRecord)[0].email == email
    assert len(found.findings(Severity.WARNING)) == (text != "Anne.L@Example.ORG")
    assert found.findings(Severity.ERROR) == []


def test_people_are_greeted_by_their_usage_name(tmp_path):
    usage = {"NOM_USAGE": "KAYA"}
    found = read(tmp_path, students(eleve(**usage)) | guardians(personne(**usage)))
    assert (found.of(StudentRecord)[0].family_name, found.of(StudentRecord)[0].usage_name) == ("LEFÈVRE", "KAYA")
    assert found.of(GuardianRecord)[0].name == "Anne KAYA"


def test_a_person_without_a_given_name_is_no_service_unless_a_link_says_so(tmp_path):
    service = link(NIVEAU_RESPONSABILITE="1", CODE_PARENTE="51")
    for links, warnings in (([link()], 1), ([service], 0)):
        found = read(tmp_path, students(eleve()) | guardians(personne(PRENOM=""), links=links))
        assert found.of(GuardianRecord)[0].name == "LEFÈVRE"
        assert len(found.findings()) == warnings


def test_an_address_that_is_not_in_the_file_is_said(tmp_path):
    found = read(tmp_path, guardians(personne(ADRESSE_ID="404")))
    assert found.of(GuardianRecord)[0].address is None
    assert "avec adresses" in found.findings()[0].sentence


def test_nothing_of_birth_place_nationality_or_profession_is_kept(tmp_path):
    secret = {
        "CODE_PAYS_NAT": "SECRET1",
        "VILLE_NAISS": "SECRET2",
        "CODE_PROFESSION": "SECRET3",
        "CODE_SEXE": "SECRET4",
    }
    found = read(tmp_path, students(eleve(**secret)) | guardians(personne(**secret)))
    assert "SECRET" not in repr(found.records)


def test_unknown_tags_comments_and_other_exports_do_no_harm(tmp_path):
    row = eleve(HEBERGE_ELEVE="1").replace("<PRENOM>", "<!-- ici --><PRENOM>")
    nested = row.replace("</ELEVE>", "<SCOLARITE_AN_DERNIER><PRENOM>FAUX</PRENOM></SCOLARITE_AN_DERNIER></ELEVE>")
    other = {"s.xml": document("BEE_STRUCTURES", EMPTY, {"DIVISIONS": ["<DIVISION/>"]})}
    assert read(tmp_path, students(nested) | other).of(StudentRecord)[0].given_name == "Inès"


def test_a_guardian_who_is_left_out_is_named_by_their_key(tmp_path):
    found = read(tmp_path, students(eleve()) | guardians(personne(NOM_DE_FAMILLE=""), links=[link()]))
    assert [(error.about, error.key) for error in found.findings()] == [(GuardianRecord, "11"), (LinkRecord, None)]


def test_an_exit_date_or_an_export_date_that_cannot_be_read_is_left_aside(tmp_path):
    rows = document("BEE_ELEVES", EMPTY, {"ELEVES": [eleve(DATE_SORTIE="juillet")]}).replace(
        b"01/09/2026<", b"hier<", 1
    )
    found = read(tmp_path, {"e.xml": rows})
    assert (found.of(StudentRecord)[0].left_on, found.header.exported_on) == (None, None)
    assert [one.field for one in found.findings(Severity.WARNING)] == ["Date de sortie"]


def test_a_uai_that_is_none_is_kept_to_be_refused_as_another_lycee(tmp_path):
    odd = {"e.xml": document("BEE_ELEVES", Roster("cned", 2026, date(2026, 9, 1)), {"ELEVES": [eleve()]})}
    assert read(tmp_path, odd).header.uai == "CNED"


def test_a_whole_name_too_long_for_a_label_is_an_error(tmp_path):
    found = read(tmp_path, guardians(personne(NOM_DE_FAMILLE="X" * 79, PRENOM="Y" * 79)))
    assert found.of(GuardianRecord) == []
    assert "nom entier" in found.findings(Severity.ERROR)[0].sentence


def address(*lines, **fields):
    loose = {f"LIGNE{rank}_ADRESSE": line for rank, line in enumerate(lines, 1)}
    return element(
        "ADRESSE", {"ADRESSE_ID": "1"}, **loose, **{"CODE_POSTAL": "54000", "LIBELLE_POSTAL": "NANCY", **fields}
    )


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (["3 RUE HAUTE"], {"street": "3 RUE HAUTE"}),
        (["APPT 2", "BATIMENT B", "3 RUE HAUTE"], {"line2": "APPT 2", "line3": "BATIMENT B", "street": "3 RUE HAUTE"}),
        (["3 RUE HAUTE", "BP 12"], {"street": "3 RUE HAUTE", "locality": "BP 12"}),
        (["CHEZ M. KAYA", "AVENUE FOCH", "LIEU DIT LE MOULIN", "ESCALIER C"],
         {"line2": "CHEZ M. KAYA", "street": "AVENUE FOCH", "locality": "LIEU DIT LE MOULIN", "line3": "ESCALIER C"}),
        (["LE MOULIN"], {"street": "LE MOULIN"}),
        ([], {}),
    ],
)  # fmt: skip
def test_loose_lines_find_their_place_and_none_is_lost(tmp_path, lines, parts):
    found = read(tmp_path, guardians(personne(ADRESSE_ID="1"), addresses=[address(*lines)]))
    made = found.of(GuardianRecord)[0].address
    names = ("line2", "line3", "street", "locality")
    assert {name: getattr(made, name) for name in names if getattr(made, name)} == parts
    assert found.findings() == []


@pytest.mark.parametrize(
    ("fields", "kept", "sentence"),
    [
        ({"CODE_POSTAL": ""}, False, "n’est pas gardée"),
        ({"LIBELLE_POSTAL": ""}, False, "n’est pas gardée"),
        ({"CODE_POSTAL": "540000"}, False, "n’est pas gardée"),
        ({"CODE_POSTAL": "54 000"}, True, None),
        ({"CODE_POSTAL": "5400A"}, True, "cinq chiffres"),
        ({"CODE_POSTAL": "1000", "LIBELLE_POSTAL": "NULLE PART"}, True, "01000"),
        ({"LIGNE1_ADRESSE": "RUE " + "X" * 130}, True, "est coupée"),
        ({"LL_PAYS": "LA RÉUNION", "CODE_POSTAL": "97400"}, True, None),
        ({"LL_PAYS": "Belgique"}, False, "étranger"),
    ],
)
def test_an_address_in_doubt_is_kept_with_a_word_or_said_aloud(tmp_path, fields, kept, sentence):
    found = read(tmp_path, guardians(personne(ADRESSE_ID="1"), addresses=[address(**fields)]))
    assert (found.of(GuardianRecord)[0].address is not None) == kept
    assert [sentence in one.sentence for one in found.findings()] == ([True] if sentence else [])
