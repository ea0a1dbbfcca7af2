"""Lists as files for spreadsheets: streamed, in the reader's session, and without a cell that a spreadsheet would run."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import copy_context
from io import StringIO

from flask import Response, stream_with_context

BOM = "\ufeff"
"""Without it, Excel reads UTF-8 as Windows-1252."""

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First signs that make a spreadsheet take a cell for a formula (OWASP, CSV injection; SEC-14)."""


def safe_cell(value: object) -> str:
    """A cell as text. What a spreadsheet would run gets a tab before it, which keeps it a text even after a save."""
    text = "" if value is None else str(value)
    return f"\t{text}" if text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS[:4]) else text


def line(cells: Iterable[object]) -> str:
    """One line, every cell between quotes, separated as French spreadsheets expect."""
    out = StringIO()
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(
        [safe_cell(cell) for cell in cells]
    )
    return out.getvalue()


def streamed(
    name: str, header: Sequence[str], following: Callable[[int], Sequence[tuple[int, Sequence[object]]]]
) -> Response:
    """A CSV file sent as it is read: flat memory, first byte at once, whatever the number of rows.

    `following(after)` gives the next rows, each with its number, those after number `after`; none ends the file. It is
    called after the view has returned, so it runs in the view's own context: its scope and its actor.
    """
    context = copy_context()

    def lines() -> Iterator[str]:
        yield BOM + line(header)
        after = 0
        while rows := context.run(following, after):
            yield "".join(line(cells) for _, cells in rows)
            after = rows[-1][0]

    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(stream_with_context(lines()), content_type="text/csv; charset=utf-8", headers=headers)
