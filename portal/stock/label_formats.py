"""The papers on which labels are printed, as data: a new sheet is one more entry. All lengths in millimetres.

Sheets are A4 in the sizes that every stationer sells; the roll and the tape are those of desk label printers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from portal.platform.preprinted import Progress, Sheets, Spot, print_forms

LASER: Final = (0.339, 0.254, 0.212, 0.169)
"""Widths of the thinnest bar, from the best to read to the narrowest: 8, 6, 5 and 4 dots at 600 dpi."""

THERMAL: Final = (0.375, 0.25)
"""3 and 2 dots at 203 dpi."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFormat:
    """One paper: its page, where its first label is, how far apart its labels are, and what fits on one.

    `qr` is the width of one square of the QR code, `bars` the height of the bar code, `text` the size of type in points.
    """

    words: str
    page: tuple[float, float]
    label: tuple[float, float]
    columns: int = 1
    rows: int = 1
    first: tuple[float, float] = (0, 0)
    step: tuple[float, float] = (0, 0)
    pad: float = 2
    modules: tuple[float, ...] = LASER
    qr: float = 0.5
    bars: float = 10
    text: float = 8

    @property
    def cells(self) -> int:
        """Labels on a page."""
        return self.columns * self.rows

    def spots(self, count: int, *, start: int, offset: tuple[float, float]) -> list[list[Spot]]:
        """Where labels lie, page after page, from the cell `start` (from 1) on, row by row."""
        pages: list[list[Spot]] = []
        for label in range(count):
            cell = (start - 1 + label) % self.cells
            if cell == 0 or not pages:
                pages.append([])
            down, right = divmod(cell, self.columns)
            place = (self.first[0] + right * self.step[0], self.first[1] + down * self.step[1])
            pages[-1].append(Spot(label, place[0] + offset[0], place[1] + offset[1]))
        return pages


A4: Final = (210, 297)

FORMATS: Final[Mapping[str, LabelFormat]] = {
    "3x8": LabelFormat(
        words="Planche A4 de 24 : 3 × 8, étiquettes de 70 × 37 mm",
        page=A4, label=(70, 37), columns=3, rows=8, first=(0, 0.5), step=(70, 37), pad=4, bars=9,
    ),
    "3x7": LabelFormat(
        words="Planche A4 de 21 : 3 × 7, étiquettes de 63,5 × 38,1 mm",
        page=A4, label=(63.5, 38.1), columns=3, rows=7, first=(7.25, 15.15), step=(66, 38.1), pad=2.5, bars=9,
    ),
    "5x13": LabelFormat(
        words="Planche A4 de 65 : 5 × 13, étiquettes de 38,1 × 21,2 mm",
        page=A4, label=(38.1, 21.2), columns=5, rows=13, first=(4.75, 10.7), step=(40.6, 21.2),
        pad=1.5, qr=0.4, bars=5, text=5.5,
    ),
    "10x15": LabelFormat(
        words="Rouleau de 100 × 150 mm, une étiquette par page",
        page=(100, 150), label=(100, 150), pad=8, modules=THERMAL, qr=1.75, bars=30, text=16,
    ),
    "62x29": LabelFormat(
        words="Rouleau de 62 × 29 mm, une étiquette par page",
        page=(62, 29), label=(62, 29), pad=2, modules=THERMAL, qr=0.5, bars=9, text=7,
    ),
    "ruban": LabelFormat(
        words="Ruban de 24 mm, étiquettes de 60 × 24 mm",
        page=(60, 24), label=(60, 24), pad=1.5, modules=THERMAL, qr=0.42, bars=7, text=6,
    ),
}  # fmt: skip


def print_labels(
    folder: str,
    labels: Sequence[object],
    paper: LabelFormat,
    *,
    title: str,
    start: int = 1,
    offset_mm: tuple[float, float] = (0, 0),
    progress: Progress | None = None,
) -> bytes:
    """Print labels in the order given, from the cell `start` of the first sheet on.

    :param folder: templates `labels.html` (the document) and `label.html` (one label).
    :param progress: called with how many labels are done, and how many there are.
    :raises ValueError: nothing to print, or a cell that the sheet does not have.
    """
    if not 1 <= start <= paper.cells:
        message = f"a sheet of {paper.cells} labels has no cell {start}"
        raise ValueError(message)
    width, height = paper.page
    return print_forms(
        f"{folder}/labels.html",
        f"{folder}/label.html",
        [{"label": label} for label in labels],
        {"paper": paper},
        title=title,
        sheets=Sheets(paper.spots(len(labels), start=start, offset=offset_mm), width_mm=width, height_mm=height),
        progress=progress,
    )
