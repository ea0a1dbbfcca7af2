"""A CSV as rows of text: its encoding, its separator, its header, and the faults that refuse it whole.

French spreadsheets write Windows-1252 or UTF-8 with a byte order mark, and a semicolon; others write anything.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from portal.platform.reading.damage import check_text
from portal.platform.reading.parts import Part, bom_encoding, unknown
from portal.platform.reading.refusals import Refused

SEPARATORS: Final = ";,\t|"
_LEAST_COLUMNS = 3
"""A name, a given name and a birth date."""

_LINES_BEFORE_THE_HEADER = 10
_CHUNK = 1 << 18
_EXCEL_HINT = "sep="
_QUOTED = re.compile(r'"[^"]*"')
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_APOSTROPHES = ("'=", "'+", "'-", "'@")
_DISGUISES = ("=", "'")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file, from 1, and its cells as text."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Text:
    """A CSV that was read once: how to read it again."""

    part: Part
    encoding: str
    separator: str


def open_text(part: Part, *, separator: str | None = None) -> Text:
    """Find the encoding and the separator, and read it all once; raises `Refused` for all that refuses it whole."""
    encoding = _encoding(part)
    text = Text(part, encoding, separator or _separator(part, encoding))
    for _ in _raw(text):
        pass
    return text


def rows(text: Text) -> Iterator[Row]:
    """The rows that are not empty, the header first, read as a stream."""
    for row in _raw(text):
        cells = [clean(cell) for cell in row.cells]
        if any(cells) and not (row.line == 1 and cells[0].lower().startswith(_EXCEL_HINT)):
            yield Row(row.line, cells)


def _raw(text: Text) -> Iterator[Row]:
    """Every row as the file has it; raises `Refused` at a quote that nothing closes."""
    with text.part.opened() as stream, io.TextIOWrapper(stream, encoding=text.encoding, newline="") as decoded:
        reader = csv.reader(decoded, delimiter=text.separator, strict=True)
        before = 0
        try:
            for cells in reader:
                yield Row(before + 1, cells)
                before = reader.line_num
        except csv.Error:
            raise Refused(
                f"«\u00a0{text.part.name}\u00a0» est coupé ou abîmé\u00a0: un guillemet n’est pas fermé, "
                f"ligne {before + 1}. Exportez-le de nouveau."
            ) from None


def clean(cell: str) -> str:
    """A cell as somebody typed it: without the tab that our exports put before =, +, - or @, nor what others use."""
    text = cell.strip()
    if not text.startswith(_DISGUISES) or cell.startswith("\t"):
        return text
    found = _TEXT_FORMULA.fullmatch(text)
    if found:
        return found[1]
    return text[1:] if text.startswith(_APOSTROPHES) else text


def _encoding(part: Part) -> str:
    """A byte order mark, else UTF-8 if every byte agrees, else Windows-1252; raises `Refused` when accents are lost."""
    with part.opened() as stream:
        announced = bom_encoding(stream.read(4))
    for encoding in (announced,) if announced else ("utf-8", "cp1252"):
        try:
            _decode(part, encoding)
        except UnicodeDecodeError as error:
            if error.reason == "unexpected end of data":
                break
        else:
            return encoding
    raise Refused(
        f"«\u00a0{part.name}\u00a0» est coupé, ou son encodage est inconnu. Enregistrez-le en «\u00a0CSV UTF-8\u00a0»."
    )


def _decode(part: Part, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    last = ""
    with part.opened() as stream:
        while chunk := stream.read(_CHUNK):
            text = decoder.decode(chunk)
            check_text(last + text, file=part.name)
            last = text[-1:]
        decoder.decode(b"", final=True)


def _separator(part: Part, encoding: str) -> str:
    """The one that a line near the top repeats most; raises `Refused` when no line looks like a header."""
    with part.opened() as stream, io.TextIOWrapper(stream, encoding=encoding, newline="") as decoded:
        top = list(islice(decoded, _LINES_BEFORE_THE_HEADER))
    bare = [_QUOTED.sub("", line) for line in top]
    count, separator = max((line.count(sign), sign) for line in bare for sign in reversed(SEPARATORS))
    if count < _LEAST_COLUMNS - 1:
        raise unknown(part.name)
    return separator
