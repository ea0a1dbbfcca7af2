"""What a workbook would weigh once unpacked, counted as a stream before anything unpacks it.

A few hundred bytes may announce a cell in the last of a million rows, or repeat one text two million times: the reader
would take all the memory of the machine, and no program survives that.
"""

import re
from collections.abc import Iterator
from typing import IO, Any, Final
from zipfile import ZipFile

from lxml import etree

from portal.platform.reading.parts import MB, Part
from portal.platform.reading.refusals import Refused

MOST_CELLS: Final = 3_000_000
MOST_TEXT: Final = 200 * MB
"""Three million cells are 30,000 students with a hundred columns each."""

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ODS = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def check_weight(part: Part) -> None:
    """Raise `Refused` when a workbook would not fit, or is not well-formed."""
    try:
        with ZipFile(part.path) as archive:
            names = [name for name in archive.namelist() if name.endswith(".xml")]
            if "xl/workbook.xml" in names:
                _check_xlsx(archive, names, part)
            else:
                _refuse_password(archive, part)
                with archive.open("content.xml") as stream:
                    _check_ods(stream, part)
    except (etree.XMLSyntaxError, KeyError):
        raise Refused(f"Le classeur «\u00a0{part.name}\u00a0» est abîmé. Enregistrez-le de nouveau.") from None


def _refuse_password(archive: ZipFile, part: Part) -> None:
    """An .ods keeps its members readable as a zip when it has a password; an .xlsx is no zip any more."""
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Refused(f"Le classeur «\u00a0{part.name}\u00a0» a un mot de passe. Enregistrez-le sans mot de passe.")


def _check_xlsx(archive: ZipFile, names: list[str], part: Part) -> None:
    """Any member may hold a sheet or the shared texts: relations name them, not folders."""
    shared: list[int] = []
    for name in names:
        with archive.open(name) as stream:
            shared += [len("".join(node.itertext())) for node in _nodes(stream, "si")]
    for name in names:
        with archive.open(name) as stream:
            _check_sheet(stream, shared, part)


def _check_sheet(stream: IO[bytes], shared: list[int], part: Part) -> None:
    """Styled cells without a value weigh nothing; a cell or a row that does not say its place follows the one before."""
    last_row = last_column = text = 0
    column = row_end = 0
    for node in _nodes(stream, "c", "row"):
        if _local(node) == "row":
            last_row = max(last_row, _number(node.get("r")) or last_row + 1) if row_end else last_row
            last_column, column, row_end = max(last_column, row_end), 0, 0
        else:
            stated, row = _place(node.get("r"))
            column = stated or column + 1
            if value := "".join(node.itertext()):
                row_end, last_row = max(row_end, column), max(last_row, row)
                text += _length(value, shared) if node.get("t") == "s" else len(value)
        _check(last_row * max(last_column, row_end), text, part)


def _check_ods(stream: IO[bytes], part: Part) -> None:
    """Repeated cells and rows count as many times as they say, up to the last one that holds something."""
    rows = last_row = last_column = text = 0
    column = row_text = row_end = 0
    for node in _nodes(stream, "table-cell", "covered-table-cell", "table-row"):
        if _local(node) != "table-row":
            repeats = _number(node.get(f"{_ODS}number-columns-repeated")) or 1
            column += repeats
            if value := "".join(node.itertext()):
                row_text, row_end = row_text + len(value) * repeats, column
            continue
        repeats = _number(node.get(f"{_ODS}number-rows-repeated")) or 1
        rows += repeats
        if row_end:
            last_row, last_column, text = rows, max(last_column, row_end), text + row_text * repeats
        column = row_text = row_end = 0
        _check(last_row * last_column, text, part)


def _length(index: str, shared: list[int]) -> int:
    return shared[_number(index)] if _number(index) < len(shared) else 0


def _nodes(stream: IO[bytes], *names: str) -> Iterator[Any]:
    for _, node in etree.iterparse(
        stream, tag=[f"{{*}}{name}" for name in names], resolve_entities=False, no_network=True, load_dtd=False
    ):
        yield node
        node.clear()
        while node.getprevious() is not None:
            del node.getparent()[0]


def _local(node: Any) -> str:
    """The name without its namespace, declared or not."""
    return str(node.tag).rpartition("}")[2]


def _check(cells: int, text: int, part: Part) -> None:
    if cells > MOST_CELLS or text > MOST_TEXT:
        raise Refused(f"Le classeur «\u00a0{part.name}\u00a0» est trop grand. Enregistrez-le au format CSV.")


def _place(reference: str | None) -> tuple[int, int]:
    """The column and the row of « AB12 », from 1; zeros when a cell does not say where it is."""
    found = _REFERENCE.fullmatch(reference or "")
    if not found:
        return 0, 0
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(found[2])


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < len("10000000") + 1 else 0
