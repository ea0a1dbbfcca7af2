"""Machine-readable codes as one SVG path each: Code 128 for scanners at a desk, QR for telephones.

One path and never one rectangle per module: WeasyPrint lays out every element, and a QR has hundreds of
dark modules. Widths are exact millimetres; the quiet zones that the norms ask for are part of the picture,
so that no style sheet can eat them.
"""

import re
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Final, Literal

import segno

if TYPE_CHECKING:
    from collections.abc import Iterable

MODULE_MM: Final = 0.375
"""Three dots of a 203 dpi thermal printer; the widest bar usual on parcels."""

CODE128_QUIET: Final = 10
"""Empty modules on each side of a Code 128 (ISO/IEC 15417)."""

QR_QUIET: Final = 4
"""Empty modules around a QR code (ISO/IEC 18004)."""

# ISO/IEC 15417, table 1: widths of bar, space, bar, space, bar, space for each symbol value.
_TABLE: Final = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231
113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211
212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131
113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111
314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211
241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141
214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214
211232 2331112
"""
QR_MASK: Final = 3
"""One of the eight patterns of ISO/IEC 18004, all readable; scoring them to choose one took four fifths of the time."""

_RUN: Final = re.compile(r"M(\d+) (\d+)(?:\.5)?h(\d+)(?:v1h-\d+z)?")
_WIDTHS: Final = tuple(_TABLE.split())
_TWO_DIGITS: Final = re.compile(r"[0-9]{2}")
_CodeSet = Literal["B", "C"]
_CODE_SETS: Final[tuple[_CodeSet, ...]] = ("B", "C")
_START: Final[dict[_CodeSet, int]] = {"B": 104, "C": 105}
_SWITCH: Final[dict[_CodeSet, int]] = {"B": 100, "C": 99}
_STOP: Final = 106
_CHECK_MODULUS: Final = 103


@dataclass(frozen=True, slots=True)
class Svg:
    """A drawing made of one path; Jinja prints it as inline SVG.

    `columns` and `rows` are the view box, `width_mm` and `height_mm` the size on paper, quiet zones included.
    """

    path: str
    columns: int
    rows: int
    paint: Literal["fill", "stroke"]
    width_mm: float
    height_mm: float
    label: str

    def rectangles(self, pattern: str) -> str:
        """Return the dark rectangles, one module high, each written as `pattern`: groups 1 to 3 are column, row, length."""
        return _RUN.sub(pattern, self.path)

    def __html__(self) -> str:
        """Return the inline SVG; its title is what a screen reader says and what a tagged PDF keeps."""
        stroke = ' stroke="#000"' if self.paint == "stroke" else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{self.width_mm:g}mm"'
            f' height="{self.height_mm:g}mm" viewBox="0 0 {self.columns} {self.rows}" preserveAspectRatio="none">'
            f'<title>{escape(self.label)}</title><path{stroke} d="{self.path}"/></svg>'
        )


def code128_modules(text: str) -> int:
    """Return how many modules wide the symbol of this text is, quiet zones included."""
    return sum(_bars(text)) + 2 * CODE128_QUIET


def code128_path(text: str, *, label: str = "", module_mm: float = MODULE_MM, height_mm: float = 18.0) -> Svg:
    """Draw a Code 128 symbol (ISO/IEC 15417, sets B and C, the shortest mix of both).

    :param text: printable ASCII; anything else raises `ValueError`.
    :param label: what a screen reader says; by default, the text itself.
    :param module_mm: width of the thinnest bar, in millimetres.
    """
    runs, x = [], CODE128_QUIET
    for position, width in enumerate(_bars(text)):
        if position % 2 == 0:
            runs.append(f"M{x} 0h{width}v1h-{width}z")
        x += width
    columns = x + CODE128_QUIET
    return Svg("".join(runs), columns, 1, "fill", round(columns * module_mm, 4), height_mm, label or text)


def qr_path(text: str, *, label: str = "", module_mm: float = 0.5) -> Svg:
    """Draw a QR code with 15 % of error correction (level M), which survives a crease or a stain.

    :param text: what a telephone reads, normally an opaque URL.
    :param label: what a screen reader says; by default, the text itself.
    :param module_mm: width of one square, in millimetres; 0.5 is four dots at 203 dpi.
    """
    matrix = segno.make(text, error="m", boost_error=False, micro=False, mask=QR_MASK).matrix
    path = "".join(run for y, row in enumerate(matrix) for run in _dark_runs(row, y=y + QR_QUIET))
    side = len(matrix) + 2 * QR_QUIET
    side_mm = round(side * module_mm, 4)
    return Svg(path, side, side, "stroke", side_mm, side_mm, label or text)


def _dark_runs(row: "Iterable[int]", *, y: int) -> "Iterable[str]":
    x = QR_QUIET
    for dark, run in groupby(row):
        length = len(list(run))
        if dark:
            yield f"M{x} {y}.5h{length}"  # a line one module thick: half the commands of a rectangle
        x += length


def _bars(text: str) -> list[int]:
    return [int(width) for value in _symbols(text) for width in _WIDTHS[value]]


def _symbols(text: str) -> list[int]:
    """Return the symbol values of a text: start, data, check and stop."""
    if not text or not text.isascii() or not text.isprintable():
        message = f"Code 128 needs printable ASCII text, not {text!r}"
        raise ValueError(message)
    data = _shortest(text)
    check = (data[0] + sum(place * value for place, value in enumerate(data[1:], start=1))) % _CHECK_MODULUS
    return [*data, check, _STOP]


def _shortest(text: str) -> list[int]:
    """Choose code sets so that the symbol is as short as can be.

    Read from the end: for each position and each code set, the shortest way to write what is left.
    """
    best: dict[_CodeSet, list[int]] = {"B": [], "C": []}
    after = dict(best)  # what `best` was one character further on
    for position in reversed(range(len(text))):
        pair = text[position : position + 2]
        here: dict[_CodeSet, list[int] | None] = {"B": [ord(text[position]) - 32, *best["B"]], "C": None}
        if _TWO_DIGITS.fullmatch(pair):  # set C writes digits two by two
            here["C"] = [int(pair), *after["C"]]
        before, best = best, _with_switches(here)
        after = before
    return min(([_START[code_set], *best[code_set]] for code_set in _CODE_SETS), key=len)


def _with_switches(here: dict[_CodeSet, list[int] | None]) -> dict[_CodeSet, list[int]]:
    """Compare staying in a code set with paying one symbol to change it."""
    result: dict[_CodeSet, list[int]] = {}
    for mine in _CODE_SETS:
        other: _CodeSet = "C" if mine == "B" else "B"
        ways = []
        if (stay := here[mine]) is not None:
            ways.append(stay)
        if (change := here[other]) is not None:
            ways.append([_SWITCH[other], *change])
        result[mine] = min(ways, key=len)
    return result
