"""An .xlsx or .ods workbook as rows of text, through the same path as a CSV."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from portal.platform.reading.parts import Part
from portal.platform.reading.refusals import Refused
from portal.platform.reading.tables import Row, clean
from portal.platform.reading.workbook_limits import check_weight


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first sheet of a workbook that holds anything, and the names of the others that do."""

    cells: CalamineSheet
    others: tuple[str, ...]


def open_workbook(part: Part) -> Sheet:
    """Find the sheet to read; raises `Refused` when there is none, or when the workbook cannot be read."""
    check_weight(part)
    with _damage_refused(part), part.opened() as stream:
        book = CalamineWorkbook.from_filelike(stream)
        filled = [sheet for sheet in map(book.get_sheet_by_name, book.sheet_names) if sheet.height]
    if not filled:
        raise Refused(f"Le classeur «\u00a0{part.name}\u00a0» est vide. Exportez-le de nouveau.")
    return Sheet(filled[0], tuple(sheet.name for sheet in filled[1:]))


def rows(sheet: Sheet) -> Iterator[Row]:
    """The rows that are not empty, the header first; a workbook is unpacked in memory as a whole."""
    for line, values in enumerate(sheet.cells.iter_rows(), start=1):
        row = [_text(value) for value in values]
        if any(row):
            yield Row(line, row)


@contextmanager
def _damage_refused(part: Part) -> Iterator[None]:
    try:
        yield
    except CalamineError:
        raise Refused(f"Le classeur «\u00a0{part.name}\u00a0» est abîmé. Enregistrez-le de nouveau.") from None


def _text(value: object) -> str:
    """A cell as one would have typed it: 75001 and not 75001.0, 14/03/2010 as 2010-03-14."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return clean(str(value))
