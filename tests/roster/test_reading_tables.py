"""A school's own table: its encoding, its separator, its rows, whatever wrote it."""

import csv
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.platform import exports
from portal.roster.reading import DERIVED, Mapping, NeedsMapping, Refused, open_upload
from portal.roster.reading.records import GuardianRecord, LinkRecord, Place, Severity, Source, StudentRecord
from tests.rosters import people, tables
from tests.rosters.uploads import read, uploads

HEADER = ("Nom", "Prénom", "Né(e) le", "INE", "Classe")
ROW = ("Lefèvre", "Inès", "14/03/2010", "123456789AB", "2DE A")
STUDENT = {
    "student.family_name": "Nom",
    "student.given_name": "Prénom",
    "student.birth_date": "Né(e) le",
    "student.ine": "INE",
    "student.class_name": "Classe",
}


def asked(folder, data, **options):
    found = open_upload(uploads(folder, {"eleves.csv": data}), **options)
    assert isinstance(found, NeedsMapping)
    return found


def mapped(folder, data):
    """Read with the proposals, as somebody who agrees with all of them."""
    return read(folder, {"eleves.csv": data}, mapping=Mapping(asked(folder, data).proposals))


def table(*rows, header=HEADER):
    return tables.csv_bytes([header, *rows])


def row(**changed):
    return tuple(
        changed.get(name, cell) for name, cell in zip(("family", "given", "born", "ine", "class_"), ROW, strict=True)
    )


def test_a_table_asks_which_column_is_which(tmp_path):
    found = asked(tmp_path, table(ROW, *[row(ine=f"{n:09d}AB") for n in range(30)]))
    assert found.headers == HEADER
    assert found.proposals == STUDENT
    assert found.missing == ()
    assert (len(found.preview), found.preview[0]) == (20, ROW)
    assert found.file == "eleves.csv"
    assert set(found.proposals) <= set(found.fields)


def test_an_incomplete_answer_asks_again_with_what_is_known(tmp_path):
    found = asked(tmp_path, table(ROW), mapping=Mapping({"student.family_name": "Nom", "student.given_name": "Autre"}))
    assert found.proposals == {"student.family_name": "Nom"}
    assert found.missing == ("student.given_name", "student.birth_date")


def test_a_table_has_no_lycee_and_no_year(tmp_path):
    found = mapped(tmp_path, table(ROW))
    assert (found.header.source, found.header.uai, found.header.year) == (Source.TABLE, None, None)
    assert found.kinds == {StudentRecord}
    (student,) = found.people
    assert (student.family_name, student.birth_date, student.class_name) == ("Lefèvre", date(2010, 3, 14), "2DE A")
    assert (student.source_id, student.place) == ("123456789AB", Place("eleves.csv", 2))


@pytest.mark.parametrize("separator", list(";,\t|"))
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_any_encoding_and_separator_of_a_spreadsheet_is_recognised(tmp_path, encoding, separator):
    data = tables.csv_bytes([HEADER, row(family="L’Hôte-Œuvray")], encoding=encoding, separator=separator)
    assert mapped(tmp_path, data).people[0].family_name == "L’Hôte-Œuvray"


@pytest.mark.parametrize("name", ["Lefèvre", "Éloïse", "Conceição", "João", "ÃRA", "Ñuñez", "ÂGÉE"])
def test_foreign_accents_are_not_taken_for_damage(tmp_path, name):
    for encoding in ("cp1252", "utf-8"):
        data = tables.csv_bytes([HEADER, row(family=name)], encoding=encoding)
        assert mapped(tmp_path, data).people[0].family_name == name


@pytest.mark.parametrize(
    "data",
    [
        table(ROW).decode("cp1252").encode().decode("cp1252").encode(),  # UTF-8 read as Windows-1252, saved as UTF-8
        table(row(family="d’Arc")).decode("cp1252").encode("cp1252").decode("latin-1").encode(),
        tables.csv_bytes([HEADER, row(family="Éloïse")], encoding="utf-8") + b"\xff;a;b\r\n",
    ],
)
def test_lost_accents_refuse_the_whole(tmp_path, data):
    with pytest.raises(Refused, match="accents"):
        open_upload(uploads(tmp_path, {"e.csv": data}))


def test_a_file_cut_inside_a_letter_or_a_quote_is_refused(tmp_path):
    whole = tables.csv_bytes([HEADER, row(class_="2DE É")], encoding="utf-8")
    with pytest.raises(Refused, match="coupé"):
        open_upload(uploads(tmp_path, {"e.csv": whole[:-3]}))
    quoted = tables.csv_bytes([HEADER, ROW], quoting=csv.QUOTE_ALL)
    with pytest.raises(Refused, match="guillemet n’est pas fermé, ligne 2"):
        open_upload(uploads(tmp_path, {"e.csv": quoted[:-4]}))


def test_a_row_that_is_cut_or_overflows_is_an_error_line(tmp_path):
    found = mapped(tmp_path, table(ROW[:3], (*row(ine="123456789CD"), "de trop"), (*row(ine="123456789EF"), "", "")))
    assert [(error.field, error.place.line) for error in found.findings(Severity.ERROR)] == [("Ligne", 2), ("Ligne", 3)]
    assert [one.ine for one in found.of(StudentRecord)] == ["123456789EF"]


def test_a_file_cut_anywhere_says_so_or_loses_whole_rows_only(tmp_path):
    """A CSV has no end: only a cut between two rows, or before the last cell, cannot be seen."""
    lines = [row(ine=f"12345678{n}AB", class_=f"2DE-{n}") for n in range(4)]
    whole = tables.csv_bytes([HEADER, *lines], quoting=csv.QUOTE_ALL)
    for cut in range(whole.index(b"\r\n") + 3, len(whole)):
        try:
            found = read(tmp_path, {"e.csv": whole[:cut]}, mapping=Mapping(STUDENT))
        except Refused:
            continue
        complete = whole[:cut].rstrip().count(b"\n")
        assert len(found.of(StudentRecord)) + len(found.findings(Severity.ERROR)) == complete
        assert {one.class_name for one in found.of(StudentRecord)} <= {None, *(line[4] for line in lines)}


@pytest.mark.parametrize(
    ("born", "read_as"),
    [
        ("14/03/2010", date(2010, 3, 14)), ("4/3/2010", date(2010, 3, 4)), ("2010-03-14", date(2010, 3, 14)),
        ("14/03/2010 00:00:00", date(2010, 3, 14)), ("2010-03-14T00:00:00", date(2010, 3, 14)), ("14.03.2010", date(2010, 3, 14)),
        ("14/03/10", None), ("03/14/2010", None), ("mars 2010", None), ("40251", None), ("", None),
    ],
)  # fmt: skip
def test_days_are_french_or_iso_and_years_have_four_digits(tmp_path, born, read_as):
    found = mapped(tmp_path, table(row(born=born)))
    assert [one.birth_date for one in found.of(StudentRecord)] == ([read_as] if read_as else [])
    assert len(found.findings(Severity.ERROR)) == (read_as is None)


def test_titles_above_the_header_empty_rows_and_the_hint_of_excel_are_skipped(tmp_path):
    data = b"sep=;\r\nListe des \xe9l\xe8ves;;;;\r\n;;;;\r\n" + table(ROW, [""] * 5, row(ine="123456789CD"))
    assert [one.place.line for one in mapped(tmp_path, data).of(StudentRecord)] == [5, 7]


def test_lines_of_a_quoted_cell_are_one_row(tmp_path):
    header = (*HEADER, "Responsable 1", "Adresse responsable 1", "Code postal responsable 1", "Ville responsable 1")
    rows = [(*ROW, "Anne Lefèvre", "12 rue Haute\nBât. B", "54000", "Nancy"), (*row(ine="123456789CD"), "", "", "", "")]
    found = mapped(tmp_path, table(*rows, header=header))
    assert found.of(GuardianRecord)[0].address.street == "12 rue Haute Bât. B"
    assert [one.place.line for one in found.of(StudentRecord)] == [2, 4]


@pytest.mark.parametrize(
    ("cell", "name"),
    [("=1+1", "=1+1"), ("\t=1+1", "=1+1"), ("'=1+1", "=1+1"), ("\t@A", "@A"), ("-Dupont", "-Dupont"), ('="0639"', "0639"), ("d'Arc", "d'Arc")],
)  # fmt: skip
def test_formulas_are_text_without_the_mark_that_neutralised_them(tmp_path, cell, name):
    assert mapped(tmp_path, table(row(family=cell))).people[0].family_name == name


printable = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@settings(max_examples=150)
@given(names=st.lists(printable, min_size=1, max_size=5))
def test_what_we_export_comes_back_the_same(tmp_path_factory, names):
    names = [name for name in names if not name.startswith(("'", '="')) and not set(name) & set("ÃÂ")] or ["Kaya"]
    rows = [row(family=name, ine=f"{n:09d}AB") for n, name in enumerate(names)]
    data = (exports.BOM + "".join(exports.line(cells) for cells in (HEADER, *rows))).encode()
    found = read(tmp_path_factory.mktemp("again"), {"e.csv": data}, mapping=Mapping(STUDENT))
    assert [one.family_name for one in found.of(StudentRecord)] == names


def test_without_an_ine_a_derived_key_only_proposes(tmp_path):
    found = mapped(tmp_path, table(row(ine=""), row(ine="", given="Zoé"), row(ine="", given="ZOE", class_="2DE A")))
    first, second = found.of(StudentRecord)
    assert first.source_id != second.source_id
    assert all(one.source_id.startswith(DERIVED) and len(one.source_id) <= 40 for one in (first, second))
    assert [one.field for one in found.findings(Severity.WARNING)] == ["INE", "INE", "Élève"]


def test_a_table_without_any_key_says_so_once_and_not_of_each_student(tmp_path):
    unkeyed = Mapping({name: column for name, column in STUDENT.items() if name != "student.ine"})
    found = read(tmp_path, {"e.csv": table(ROW, row(given="Zoé"), row(given="Anna"))}, mapping=unkeyed)
    assert len(found.of(StudentRecord)) == 3
    (said,) = found.findings()
    assert "ni INE ni identifiant" in said.sentence
    assert said.about is None


def test_the_same_ine_on_two_students_keeps_and_flags_both(tmp_path):
    found = mapped(tmp_path, table(ROW, row(given="Zoé"), row(given="Zoé")))
    assert [one.given_name for one in found.of(StudentRecord)] == ["Inès", "Zoé"]
    assert len({one.source_id for one in found.of(StudentRecord)}) == 2
    assert sorted({one.place.line for one in found.findings() if "même INE" in one.sentence}) == [2, 3]


def test_rows_that_contradict_each_other_are_said(tmp_path):
    found = mapped(tmp_path, table(ROW, row(class_="2DE B")))
    assert [one.class_name for one in found.of(StudentRecord)] == ["2DE A"]
    assert "contredit la ligne 2" in found.findings()[0].sentence


def test_one_row_per_guardian_gives_each_student_once(tmp_path):
    roster = people.roster(students=45)
    found = mapped(tmp_path, tables.csv_bytes(tables.rows(roster)))
    assert found.kinds == {StudentRecord, GuardianRecord, LinkRecord}
    assert len(found.of(StudentRecord)) == len(roster.students)
    assert len(found.of(LinkRecord)) == len(roster.links)
    assert found.findings(Severity.ERROR) == []
    assert {one.kinship for one in found.of(LinkRecord)} >= {
        "mère",
        "père",
        "aide sociale à l’enfance",
        "élève lui-même",
    }
    assert {one.may_sign for one in found.of(LinkRecord)} == {True, False}


WIDE = (*HEADER, "Nom Repr. Lég. ", "Prénom Repr. Lég. ", "Nom du père", "Prénom du père", "E-mail père")


def test_two_guardians_side_by_side(tmp_path):
    found = mapped(
        tmp_path, table((*ROW, "KAYA", "Ayşe".replace("ş", "s"), "KAYA", "Emre", "emre@example.org"), header=WIDE)
    )
    assert [(one.name, one.email) for one in found.of(GuardianRecord)] == [
        ("Ayse KAYA", None),
        ("Emre KAYA", "emre@example.org"),
    ]
    assert [(one.kinship, one.may_sign) for one in found.of(LinkRecord)] == [("responsable", True), ("père", None)]


def test_empty_guardians_are_nobody_and_a_nameless_one_is_an_error(tmp_path):
    rows = [(*ROW, "", "", "", "", ""), (*row(ine="123456789CD"), "", "", "", "", "x@example.org")]
    found = mapped(tmp_path, table(*rows, header=WIDE))
    assert (len(found.of(StudentRecord)), found.of(GuardianRecord), found.of(LinkRecord)) == (2, [], [])
    assert [error.sentence.split(".")[0] for error in found.findings(Severity.ERROR)] == [
        "Le nom du responsable manque"
    ]


def test_siblings_never_share_a_guardian_on_the_strength_of_a_name(tmp_path):
    rows = [(*ROW, "KAYA", "Anne", "", "", ""), (*row(ine="123456789CD", given="Zoé"), "KAYA", "Anne", "", "", "")]
    found = mapped(tmp_path, table(*rows, header=WIDE))
    assert len({one.source_id for one in found.of(GuardianRecord)}) == 2


def test_the_school_s_own_keys_join_siblings(tmp_path):
    header = (*HEADER, "Identifiant", "Responsable 1", "Identifiant responsable 1")
    rows = [(*ROW, "E1", "Anne Kaya", "R1"), (*row(given="Zoé", ine=""), "E2", "Anne Kaya", "R1")]
    found = mapped(tmp_path, table(*rows, header=header))
    assert [one.source_id for one in found.of(StudentRecord)] == ["E1", "E2"]
    assert [one.source_id for one in found.of(GuardianRecord)] == ["R1"]
    assert [(one.student, one.guardian) for one in found.of(LinkRecord)] == [("E1", "R1"), ("E2", "R1")]


def test_a_key_of_the_school_given_to_two_students_is_an_error(tmp_path):
    header = (*HEADER, "Identifiant")
    found = mapped(tmp_path, table((*ROW, "E1"), (*row(given="Zoé", ine=""), "E1"), header=header))
    assert [one.source_id for one in found.of(StudentRecord)] == ["E1"]
    assert "déjà ligne 2" in found.findings(Severity.ERROR)[0].sentence


@pytest.mark.parametrize(
    ("said", "may_sign", "warned"),
    [("oui", True, False), ("X", True, False), ("Non", False, False), ("contact", False, False), ("2", None, True), ("", None, False)],
)  # fmt: skip
def test_who_may_sign_is_read_where_it_is_clear(tmp_path, said, may_sign, warned):
    header = (*HEADER, "Responsable 1", "Autorité parentale responsable 1")
    found = mapped(tmp_path, table((*ROW, "Anne Kaya", said), header=header))
    assert found.of(LinkRecord)[0].may_sign is may_sign
    assert bool(found.findings()) == warned


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (table(), "aucune ligne"),
        (tables.csv_bytes([("a", "", ""), ("b", "", "")]), "ligne de titres"),
    ],
)
def test_a_table_without_rows_or_titles_is_refused(tmp_path, data, words):
    with pytest.raises(Refused, match=words):
        open_upload(uploads(tmp_path, {"e.csv": data}))


def test_a_student_who_is_left_out_is_named_by_their_key(tmp_path):
    found = mapped(tmp_path, table(row(born="14/03/10"), row(born="", ine=""), ROW[:2]))
    assert [(error.about, error.key) for error in found.findings()] == [
        (StudentRecord, "123456789AB"), (StudentRecord, None), (StudentRecord, None),
    ]  # fmt: skip


def test_the_same_guardian_twice_is_said_and_a_father_and_a_mother_of_one_name_stay_two(tmp_path):
    header = (*HEADER, "Responsable 1", "Lien responsable 1")
    rows = [(*ROW, "Camille Lambert", "Mère"), (*ROW, "Camille Lambert", "Père"), (*ROW, "Camille Lambert", "mère")]
    found = mapped(tmp_path, table(*rows, header=header))
    assert [one.kinship for one in found.of(LinkRecord)] == ["mère", "père"]
    assert len(found.of(GuardianRecord)) == 2
    assert [one.place.line for one in found.findings() if "déjà écrit" in one.sentence] == [4]
