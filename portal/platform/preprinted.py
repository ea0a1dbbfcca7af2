"""Many papers of one form: each shape is laid out once, and what changes from one to the next is written into it.

A typesetter takes a tenth of a second a page; three hundred slips that differ by a name and a number need it a few
times only. A template says what changes with `form.text(…)` and `form.drawing(…)`; papers whose HTML is otherwise the
same share a shape. What is written keeps the place, the fonts and the tags of the specimen that was laid out.

A text never moves what follows it: it stands alone at the left of its line, or it is in the fixed-width face, whose
length is then part of the shape. A paper with a sign that the shipped fonts lack is laid out whole, on its own.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib import import_module
from typing import Final, Literal

from markupsafe import Markup

from portal.platform.codes import Svg
from portal.platform.pdf import FONTS, NO_BREAK, environment

Progress = Callable[[int, int], None]
"""Told how many papers are done, and how many there are."""

Face = Literal["text", "mono"]
FONT_FILES: Final[Mapping[Face, tuple[str, ...]]] = {
    "text": ("source-sans-3-400", "source-sans-3-600"),
    "mono": ("source-code-pro-600",),
}
TEXT_MARK: Final = 2
DRAWING_MARK: Final = 3
GALLEY_MARK: Final = 4
"""Second part of a colour that no paper uses, 1 / mark / number out of 255: how a place is found again in the PDF."""

ALWAYS: Final = ("00", "xx")
"""Pairs of every galley: with two at least, the sign between them is known to be a space."""

MOST_PLACES: Final = 255
MARK: Final = "\0"
"""Parts a place from the HTML around it; no database and no HTML holds this sign."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text to write; `ink` is its colour as three numbers from 0 to 1."""

    text: str
    face: Face
    ink: tuple[float, float, float]

    def specimen(self, number: int) -> str:
        """As the typesetter lays it out, in the colour of its number."""
        return _span(self.text, f"rgb(1, {TEXT_MARK}, {number})")

    def plain(self) -> str:
        """As it is printed when the paper is laid out whole."""
        return _span(self.text, f"rgb({', '.join(str(round(part * 255)) for part in self.ink)})")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A code to draw in a box of `room_mm`, at its left or in its middle."""

    code: Svg
    room_mm: float
    centred: bool

    def specimen(self, number: int) -> str:
        """A box of the same size in the colour of its number, whose units are millimetres."""
        room, high = self.room_mm, self.code.height_mm
        return self._svg(f'<path fill="rgb(1, {DRAWING_MARK}, {number})" d="M0 0h{room:g}v{high:g}h-{room:g}z"/>')

    def plain(self) -> str:
        """The code itself, when the paper is laid out whole."""
        place = " ".join(f"{number:g}" for number in self.matrix)
        path = self.code.rectangles(r"M\1 \2h\3v1h-\3z")
        return self._svg(f'<path transform="matrix({place})" d="{path}"/>')

    @property
    def matrix(self) -> tuple[float, float, float, float, float, float]:
        """From modules of the code to millimetres of the box."""
        across, down = self.code.width_mm / self.code.columns, self.code.height_mm / self.code.rows
        return across, 0, 0, down, (self.room_mm - self.code.width_mm) / 2 if self.centred else 0, 0

    def _svg(self, inside: str) -> str:
        room, high = self.room_mm, self.code.height_mm
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{room:g}mm" height="{high:g}mm"'
            f' viewBox="0 0 {room:g} {high:g}"><title>{escape(self.code.label)}</title>{inside}</svg>'
        )


@dataclass(slots=True)
class Form:
    """What a template calls for each thing that changes; it answers with a mark, and remembers the thing."""

    places: list[Text | Drawing] = field(default_factory=list)
    covered: bool = True

    def text(self, text: str, face: Face = "text", ink: str = "#1e2a32") -> Markup:
        """A line of text: alone at the left of its line, or in the fixed-width face."""
        text = unicodedata.normalize("NFC", str(text))
        self.covered = self.covered and set(text) <= signs(face)
        colour = tuple(int(ink[start : start + 2], 16) / 255 for start in (1, 3, 5))
        return self._mark(
            Text(text, face, (colour[0], colour[1], colour[2])), len(text) if face == "mono" else bool(text)
        )

    def drawing(self, code: Svg, room_mm: float, *, centred: bool = False) -> Markup:
        """A code in a box as wide as `room_mm`, whose height is part of the shape."""
        return self._mark(Drawing(code, room_mm, centred), f"{room_mm:g}x{code.height_mm:g}")

    def _mark(self, place: Text | Drawing, shape: object) -> Markup:
        self.places.append(place)
        return Markup("{}{}:{}{}").format(MARK, len(self.places) - 1, shape, MARK)


@dataclass(frozen=True, slots=True)
class Filled:
    """One paper: the HTML of its shape, and what is written into it."""

    shape: str
    places: tuple[Text | Drawing, ...]
    covered: bool

    def html(self) -> Markup:
        """What is laid out: a specimen whose places can be found again, or the paper itself when it stays alone."""
        pieces = self.shape.split(MARK)
        for rank in range(1, len(pieces), 2):
            number = int(pieces[rank].partition(":")[0])
            place = self.places[number]
            pieces[rank] = place.specimen(number) if self.covered else place.plain()
        return Markup("".join(pieces))  # noqa: S704 (what the escaping environment rendered, cut at its marks; the places between escape themselves)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a paper lies on a page: which one, and how far from the upper left, in millimetres."""

    paper: int
    right_mm: float = 0
    down_mm: float = 0


@dataclass(frozen=True, slots=True)
class Sheets:
    """Pages that carry several papers each; `width_mm` and `height_mm` are those of a page."""

    pages: Sequence[Sequence[Spot]]
    width_mm: float
    height_mm: float


def print_forms(
    frame: str,
    piece: str,
    papers: Sequence[Mapping[str, object]],
    context: Mapping[str, object],
    *,
    title: str,
    sheets: Sheets | None = None,
    progress: Progress | None = None,
) -> bytes:
    """Print papers in the order given, one a page or as `sheets` says, into one tagged PDF.

    :param frame: template of the document around them; it extends `layout/pdf/form.html`.
    :param piece: template of one paper; what changes goes through `form`.
    :param papers: what the piece needs for each.
    :raises ValueError: nothing to print, or more things that change on a paper than can be told apart.
    """
    if not papers:
        message = "an empty batch has no page to print"
        raise ValueError(message)
    filled, specimens = _sorted_out(piece, papers, context)
    galleys = _galleys(filled)
    pieces = [paper.html() for paper in specimens.values()]
    html = environment().get_template(frame).render(**context, title=title, lang="fr", pieces=pieces, galleys=galleys)
    numbers = {shape: number for number, shape in enumerate(specimens)}
    pairs = [galley.pairs for galley in galleys]
    overprint = import_module("portal.platform.overprint")  # late: the web process never loads Pango
    copies = [
        overprint.Copy(numbers[_shape(paper, rank)], paper.places if paper.covered else ())
        for rank, paper in enumerate(filled)
    ]
    printed: bytes = overprint.print_copies(html, pairs, len(specimens), copies, sheets=sheets, progress=progress)
    return printed


def _sorted_out(
    piece: str, papers: Sequence[Mapping[str, object]], context: Mapping[str, object]
) -> tuple[list[Filled], dict[str, Filled]]:
    """Each paper filled, and one of each shape to lay out."""
    template = environment().get_template(piece)
    filled: list[Filled] = []
    specimens: dict[str, Filled] = {}
    for rank, paper in enumerate(papers):
        form = Form()
        made = template.render(**context, **paper, form=form)
        filled.append(Filled(made, tuple(form.places), form.covered))
        specimens.setdefault(_shape(filled[-1], rank), filled[-1])
        if len(form.places) > MOST_PLACES:
            message = f"{piece} changes in more than {MOST_PLACES} places"
            raise ValueError(message)
    return filled, specimens


def _shape(paper: Filled, rank: int) -> str:
    return paper.shape if paper.covered else f"{rank}:{paper.shape}"


@dataclass(frozen=True, slots=True)
class Galley:
    """Pairs of neighbours to be laid out in one font, in a colour that tells them apart from other galleys."""

    style: str
    colour: str
    pairs: Sequence[str]


def _galleys(papers: Iterable[Filled]) -> list[Galley]:
    """Every pair of neighbours that will be written, once in each font: the typesetter tells how they are drawn."""
    pairs: dict[Face, set[str]] = {"text": set(ALWAYS), "mono": set(ALWAYS)}
    for paper in papers:
        for place in paper.places if paper.covered else ():
            if isinstance(place, Text):
                pairs[place.face].update(neighbours(place.text))
    styles = [(style, face) for face, found in FONT_FILES.items() for style in found]
    return [
        Galley(style, f"rgb(1, {GALLEY_MARK}, {number})", sorted(pairs[face]))
        for number, (style, face) in enumerate(styles)
    ]


def neighbours(text: str) -> Iterable[str]:
    """Its signs two by two, spaces apart; a sign without neighbour stands with itself."""
    for word in text.split():
        yield from (word[start : start + 2] for start in range(len(word) - 1))
        yield word[-1] * 2


def _span(text: str, colour: str) -> str:
    return f'<span class="written" style="color: {colour}">{escape(text)}</span>'


@cache
def signs(face: Face) -> frozenset[str]:
    """The signs that every font of a face can draw alone; combining marks and right-to-left letters need a typesetter."""
    common: set[int] = set()
    for name in FONT_FILES[face]:
        with import_module("fontTools.ttLib").TTFont(FONTS / f"{name}.ttf", lazy=True) as font:
            drawn = set(font.getBestCmap())
        common = common & drawn if common else drawn
    return frozenset(sign for sign in map(chr, common) if _stands_alone(sign)) | {" ", NO_BREAK}


def _stands_alone(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LNPS" and unicodedata.bidirectional(sign) not in {"R", "AL"}
