"""Workbooks go the way of tables; what would fill the memory is refused before it is unpacked."""

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest

from portal.roster.reading import Mapping, NeedsMapping, Refused, open_upload
from portal.roster.reading.records import GuardianRecord, LinkRecord, Severity, StudentRecord
from tests.rosters import people, tables
from tests.rosters.tables import ods_bytes, ods_cell, ods_of, xlsx_bytes, zip_bytes
from tests.rosters.uploads import read, uploads

HEADER = ["Nom", "Prénom", "Date de naissance", "INE"]
ROW = ["Lefèvre", "Inès", "14/03/2010", "123456789AB"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def mapped(folder, data):
    asked = open_upload(uploads(folder, {"eleves.dat": data}))
    assert isinstance(asked, NeedsMapping)
    return read(folder, {"eleves.dat": data}, mapping=Mapping(asked.proposals))


@pytest.mark.parametrize("write", [xlsx_bytes, ods_bytes])
def test_a_workbook_says_what_the_csv_says(tmp_path, write):
    rows = list(tables.rows(people.roster(students=45)))
    book, plain = mapped(tmp_path, write(rows)), mapped(tmp_path, tables.csv_bytes(rows, encoding="utf-8"))
    assert book.kinds == {StudentRecord, GuardianRecord, LinkRecord}
    assert book.people == plain.people
    assert [one.place.line for one in book.people] == [one.place.line for one in plain.people]


def test_numbers_are_read_as_they_are_typed(tmp_path):
    header = [
        *HEADER,
        "Responsable 1",
        "Tél. portable responsable 1",
        "Code postal responsable 1",
        "Ville responsable 1",
    ]
    found = mapped(tmp_path, xlsx_bytes([header, [*ROW, "Anne Kaya", 639980012, 54000.0, "Nancy"]]))
    (guardian,) = found.of(GuardianRecord)
    assert (guardian.mobile, guardian.address.postcode) == ("+33639980012", "54000")


def test_dates_of_a_workbook_are_days(tmp_path):
    dated = with_sheet(
        '<row><c t="inlineStr"><is><t>Nom</t></is></c><c t="inlineStr"><is><t>Prénom</t></is></c>'
        '<c t="inlineStr"><is><t>Né le</t></is></c></row><row><c t="inlineStr"><is><t>Lefèvre</t></is></c>'
        '<c t="inlineStr"><is><t>Inès</t></is></c><c t="d"><v>2010-03-14</v></c></row>'
    )
    assert mapped(tmp_path, dated).people[0].birth_date == date(2010, 3, 14)


def test_the_first_filled_sheet_is_read_and_the_others_are_named(tmp_path):
    found = mapped(tmp_path, xlsx_bytes([], [HEADER, ROW], [HEADER, ROW]))
    assert len(found.people) == 1
    (warning,) = found.findings(Severity.WARNING)
    assert (warning.field, warning.value) == ("Feuilles", "Feuille 3")


def test_an_empty_workbook_is_refused(tmp_path):
    with pytest.raises(Refused, match="est vide"):
        open_upload(uploads(tmp_path, {"a.xlsx": xlsx_bytes([])}))


def with_sheet(rows, **members):
    """A workbook with this sheet, written by hand."""
    bare = {"xl/worksheets/1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>', **members}
    with ZipFile(BytesIO(xlsx_bytes([["a"]]))) as usual:
        return zip_bytes({name: usual.read(name) for name in usual.namelist()} | bare)


@pytest.mark.parametrize(
    "data",
    [
        with_sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        with_sheet('<row r="1000000"><c><v>1</v></c><c><v>1</v></c><c><v>1</v></c><c><v>1</v></c></row>'),
        with_sheet(
            "<row>" + '<c t="s"><v>0</v></c>' * 30_000 + "</row>",
            **{"xl/t.xml": f'<sst xmlns="{MAIN}"><si><t>{"a" * 20_000}</t></si></sst>'},
        ),
        ods_of(f'<table:table-row table:number-rows-repeated="1000000">{ods_cell("a") * 4}</table:table-row>'),
        ods_of(f"<table:table-row>{ods_cell('a' * 200, repeated=2_000_000)}</table:table-row>"),
    ],
)  # fmt: skip
def test_a_workbook_that_unfolds_is_refused_before_it_is_read(tmp_path, data):
    assert len(data) < 200_000
    with pytest.raises(Refused, match="trop grand"):
        open_upload(uploads(tmp_path, {"a.xlsx": data}))


def test_styles_and_the_empty_rest_of_a_sheet_weigh_nothing(tmp_path):
    styled = with_sheet(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in HEADER) + "</row>"
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in ROW) + "</row>"
        '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    )
    assert len(mapped(tmp_path, styled).people) == 1
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    rest = f'<table:table-row table:number-rows-repeated="1048574">{empty}</table:table-row>'
    rows = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in (HEADER, ROW))
    assert len(mapped(tmp_path, ods_of(rows + rest)).people) == 1


def test_a_damaged_workbook_is_refused(tmp_path):
    for data in (
        with_sheet("<row><c>"),
        with_sheet("", **{"xl/workbook.xml": "<workbook/>"}),
        ods_of("<table:table-row>"),
        ods_of("<t:table-row><t:table-cell/></t:table-row>"),
    ):
        with pytest.raises(Refused, match=r"abîmé|vide"):
            open_upload(uploads(tmp_path, {"a.xlsx": data}))


def test_a_workbook_with_a_password_or_without_its_sheet_is_refused(tmp_path):
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    name = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    locked = (
        f'<manifest:manifest xmlns:manifest="{name}"><manifest:file-entry manifest:full-path="content.xml">'
        '<manifest:encryption-data manifest:checksum="x"/></manifest:file-entry></manifest:manifest>'
    )
    members = {"mimetype": kind, "META-INF/manifest.xml": locked, "content.xml": "<a/>"}
    with pytest.raises(Refused, match="mot de passe"):
        open_upload(uploads(tmp_path, {"a.ods": zip_bytes(members)}))
    with pytest.raises(Refused, match="abîmé"):
        open_upload(uploads(tmp_path, {"a.xlsx": with_sheet("", **{"xl/_rels/workbook.xml.rels": "<Relationships/>"})}))
