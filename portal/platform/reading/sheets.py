"""A table, whether a CSV or a workbook: where its header is, and its rows as often as needed."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from portal.platform.reading import tables, workbooks
from portal.platform.reading.parts import Content, Part
from portal.platform.reading.refusals import Refused
from portal.platform.reading.tables import Row

_TITLES = 10
_LEAST_COLUMNS = 3


def open_table(part: Part) -> tuple[Callable[[], Iterator[Row]], tuple[str, ...]]:
    """How to read the rows, as often as needed, and the sheets that are left aside; raises `Refused`."""
    if part.content is Content.WORKBOOK:
        sheet = workbooks.open_workbook(part)
        return partial(workbooks.rows, sheet), sheet.others
    text = tables.open_text(part)
    return partial(tables.rows, text), ()


def header_of(part: Part, rows: Iterator[Row]) -> tuple[int, list[str]]:
    """How many rows end with the header, and its cells: lists often have a title above. Raises `Refused`."""
    for rank, row in enumerate(islice(rows, _TITLES), start=1):
        if len([cell for cell in row.cells if cell]) >= _LEAST_COLUMNS:
            return rank, row.cells
    raise Refused(f"«\u00a0{part.name}\u00a0» n’a pas de ligne de titres. La première ligne nomme les colonnes.")
