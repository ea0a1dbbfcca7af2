"""The same lycée as a table: a CSV like those of secretaries, and workbooks of the fewest bytes that programs open."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from tests.rosters.people import Guardian, Link, Roster, Student

HEADER = (
    "Nom de famille", "Prénom", "Date de naissance", "INE", "Classe", "Formation", "E-mail", "Date de sortie",
    "Nom responsable", "Prénom responsable", "Lien responsable", "Autorité parentale (responsable)",
    "E-mail responsable", "Tél. portable responsable", "Adresse 1 responsable", "Adresse 2 responsable",
    "Code postal responsable", "Ville responsable", "Pays responsable",
)  # fmt: skip
"""One row per student and guardian."""

KINSHIPS = {"10": "Mère", "20": "Père", "38": "Grand-parent", "51": "ASE", "70": "Élève lui-même"}

Rows = Iterable[Sequence[str]]


def rows(roster: Roster) -> Iterator[list[str]]:
    """The header, then one row per student and guardian, or one for a student alone."""
    yield list(HEADER)
    people = {guardian.number: guardian for guardian in roster.guardians}
    links: dict[int, list[Link]] = {}
    for link in roster.links:
        links.setdefault(link.student, []).append(link)
    for student in roster.students:
        for link in links.get(student.number, []):
            yield [*_student(student), *_guardian(people[link.guardian], link)]
        if student.number not in links:
            yield [*_student(student), *[""] * 11]


def csv_bytes(rows: Rows, *, encoding: str = "cp1252", separator: str = ";", quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    """A CSV; by default as French spreadsheets write it."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=quoting, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding, errors="replace")


def write_csv(path: Path, rows: Rows) -> Path:
    """The same in a file, as a stream: any number of rows."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, delimiter=";", lineterminator="\r\n").writerows(rows)
    return path


def xlsx_bytes(*sheets: Iterable[Sequence[object]]) -> bytes:
    """A workbook of Office Open XML (ECMA-376): texts inline, numbers as numbers."""
    rank = range(1, len(sheets) + 1)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    named = "".join(f'<sheet name="Feuille {n}" sheetId="{n}" r:id="rId{n}"/>' for n in rank)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{office}/worksheet" Target="worksheets/{n}.xml"/>' for n in rank
    )
    members = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{related}</Relationships>',
    }
    for n, sheet in zip(rank, sheets, strict=True):
        data = "".join(f"<row>{''.join(map(_xlsx_cell, row))}</row>" for row in sheet)
        members[f"xl/worksheets/{n}.xml"] = f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>'
    return zip_bytes(members)


def ods_bytes(rows: Rows) -> bytes:
    """A spreadsheet of OpenDocument (ISO/IEC 26300), all of it text."""
    cells = ("".join(map(ods_cell, row)) for row in rows)
    return ods_of("".join(f"<table:table-row>{row}</table:table-row>" for row in cells))


def ods_cell(text: str, *, repeated: int = 1) -> str:
    many = f' table:number-columns-repeated="{repeated}"' if repeated > 1 else ""
    return f'<table:table-cell office:value-type="string"{many}><text:p>{escape(text)}</text:p></table:table-cell>'


def ods_of(rows: str) -> bytes:
    """A spreadsheet with these rows; programs know its words by their usual prefixes."""
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="Feuille1">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zip_bytes({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def zip_bytes(members: dict[str, str | bytes]) -> bytes:
    """A zip of these members."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _xlsx_cell(value: object) -> str:
    if value == "":
        return "<c/>"
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def _student(student: Student) -> list[str]:
    left = f"{student.left:%d/%m/%Y}" if student.left else ""
    born = f"{student.born:%d/%m/%Y}"
    return [student.family, student.given, born, student.ine, student.division or "", student.mef, student.email, left]


def _guardian(guardian: Guardian, link: Link) -> list[str]:
    address = guardian.address
    lines = [*(address.lines if address else ()), "", ""][:2]
    town = (address.postcode, address.town or address.foreign_town, address.country) if address else ("", "", "")
    legal = "oui" if link.level == "1" else "non"
    who = [guardian.family, guardian.given, KINSHIPS[link.kinship], legal, guardian.email, guardian.mobile]
    return [*who, *lines, *town]
