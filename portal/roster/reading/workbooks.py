"""An .xlsx or .ods workbook as rows of text, through the same path as a CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from portal.roster.reading.parts import Part
from portal.roster.reading.refusals import Refused
from portal.roster.reading.tables import Row, clean
from portal.roster.reading.workbook_limits import check_weight


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first sheet of a workbook that holds anything, and the names of the others that do."""

    book: CalamineWorkbook
    name: str
    others: tuple[str, ...]


def open_workbook(part: Part) -> Sheet:
    """Find the sheet to read; raises `Refused` when there is none, or when the workbook cannot be read."""
    check_weight(part)
    book = _book(part)
    filled = [name for name in book.sheet_names if book.get_sheet_by_name(name).height]
    if not filled:
        raise Refused(f"Le classeur «\u00a0{part.name}\u00a0» est vide. Exportez-le de nouveau.")
    return Sheet(book, filled[0], tuple(filled[1:]))


def rows(sheet: Sheet) -> Iterator[Row]:
    """The rows that are not empty, the header first; a workbook is unpacked in memory as a whole."""
    cells = sheet.book.get_sheet_by_name(sheet.name).iter_rows()
    for line, values in enumerate(cells, start=1):
        row = [_text(value) for value in values]
        if any(row):
            yield Row(line, row)


def _book(part: Part) -> CalamineWorkbook:
    try:
        with part.opened() as stream:
            return CalamineWorkbook.from_filelike(stream)
    except PasswordError:
        raise Refused(
            f"Le classeur «\u00a0{part.name}\u00a0» a un mot de passe. Enregistrez-le sans mot de passe."
        ) from None
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
