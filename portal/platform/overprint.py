"""Write into the specimens that WeasyPrint laid out: page contents and tags are copied, with other words and codes.

WeasyPrint's own objects stay as they are: fonts with the glyphs of the whole batch, metadata, language. The copies
are appended as PDF objects, the way an incremental update is (ISO 32000-1, 7.5.6), and the file is then written anew,
without the specimens. Loaded when a PDF is made, never by the web process.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final
from zlib import compress

import pikepdf

from portal.platform.preprinted import DRAWING_MARK, GALLEY_MARK, Drawing, Progress, Sheets, Spot, Text
from portal.platform.typesetter import typeset

MM: Final = 72 / 25.4
STRIDE: Final = 25
"""Pages between two words to whoever waits."""

_MARKED: Final = re.compile(
    rb"0\.003922 (0\.\d+) (\d(?:\.\d+)?) rg\n"
    rb"(?:BT\n(?P<at>[^\n]+ Tm\n/(?P<font>\S+) [^\n]+ Tf\n)\[(?P<glyphs>[^\]]*)\] TJ\nET\n"
    rb"|(?:[^\n]+\n)*?f\n)"
)
_MCID: Final = re.compile(rb"/MCID (\d+)")
_HEADING: Final = re.compile(rb"\((\d+-\d+-\d+)\)")
_BARE: Final = b"/S /Span/Type /StructElem"
_RANK: Final = b"\1"
_BOXES: Final = re.compile(rb"/(?:Media|Trim|Bleed)Box \[[^\]]*\]")
_GLYPHS: Final = re.compile(rb"<([0-9a-f]+)>|(-?[\d.]+)")


@dataclass(frozen=True, slots=True)
class Copy:
    """A paper to make: its specimen, and what is written into it (nothing, when it was laid out whole)."""

    specimen: int
    places: Sequence[Text | Drawing]


@dataclass(slots=True)
class Lettering:
    """How a font draws the pairs of the batch: a glyph for each sign, and how far apart two neighbours are."""

    glyphs: dict[str, bytes] = field(default_factory=dict)
    apart: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Sequence[str], drawn: bytes) -> "Lettering":
        """Read what the typesetter made of the pairs, one space between two."""
        made, space = cls(), _glyph_of_space(drawn)
        words = _words(drawn, space)
        made.glyphs |= {" ": space, "\N{NO-BREAK SPACE}": space}
        for pair, (first, apart, second) in zip(pairs, words, strict=True):
            made.glyphs[pair[0]], made.glyphs[pair[1]] = first, second
            made.apart[pair] = apart
        return made

    def operands(self, text: str) -> bytes:
        """The text as PDF's TJ wants it."""
        pieces = [b"<"]
        for sign, after in zip(text, text[1:] + " ", strict=True):
            apart = self.apart.get(sign + after, b"0")
            pieces.append(self.glyphs[sign] if apart == b"0" else b"%b>%b<" % (self.glyphs[sign], apart))
        return b"".join((*pieces, b">"))


def _glyph_of_space(drawn: bytes) -> bytes:
    """The glyph after the first pair; any glyph when there is but one pair."""
    glyphs = b"".join(found[1] for found in _GLYPHS.finditer(drawn) if found[1])
    return glyphs[8:12] or glyphs[:4]


def _words(drawn: bytes, space: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Pair by pair: glyph, distance, glyph."""
    first, apart = b"", b"0"
    for hexadecimal, number in _GLYPHS.findall(drawn):
        for start in range(0, len(hexadecimal), 4):
            glyph = hexadecimal[start : start + 4]
            if first:
                yield first, apart, glyph
                first, apart = b"", b"0"
            elif glyph != space:
                first, apart = glyph, b"0"
        if number and first:
            apart = number


@dataclass(frozen=True, slots=True)
class Node:
    """An element of the tag tree: where its parent is, its own entries, the elements or the marks that it holds."""

    parent: int
    entries: bytes
    kids: Sequence[int]
    marks: Sequence[int]
    figure: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written: which thing, and for a text, how the typesetter placed it and in which font."""

    number: int
    at: bytes
    font: bytes


@dataclass(frozen=True, slots=True)
class Specimen:
    """A page laid out: its content around the places, its tags from the top down, who holds each mark, its entries."""

    pieces: Sequence[bytes | Place]
    nodes: Sequence[Node]
    holders: Sequence[int]
    entries: bytes
    height: float


def print_copies(
    html: str,
    galleys: Sequence[Sequence[str]],
    specimens: int,
    copies: Sequence[Copy],
    *,
    sheets: Sheets | None,
    progress: Progress | None,
) -> bytes:
    """Lay out the specimens, with the galleys behind them, then write each copy; see `preprinted.print_forms`."""
    with pikepdf.open(BytesIO(typeset(html, variant="pdf/ua-1"))) as laid_out:
        plain = BytesIO()
        laid_out.save(plain, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    with pikepdf.open(plain) as pdf:
        contents = [page.Contents.read_bytes() for page in pdf.pages]
        lettering = _letterings(galleys, b"".join(contents[specimens:]))
        tops = _tops(pdf)
        known = [_specimen(pdf, number, contents[number], tops) for number in range(specimens)]
        book = _Book(pdf, lettering, sheets)
        done = 0
        for spots in sheets.pages if sheets else [[Spot(number)] for number in range(len(copies))]:
            book.add_page([(known[copies[spot.paper].specimen], copies[spot.paper], spot) for spot in spots])
            done += len(spots)
            if progress and (done == len(copies) or done // STRIDE > (done - len(spots)) // STRIDE):
                progress(done, len(copies))
        return book.bound(plain.getvalue())


def _letterings(galleys: Sequence[Sequence[str]], content: bytes) -> dict[bytes, Lettering]:
    """By the name of the font in the file."""
    found = {_number(match[2]): match for match in _MARKED.finditer(content) if _number(match[1]) == GALLEY_MARK}
    return {found[number]["font"]: Lettering.of(pairs, found[number]["glyphs"]) for number, pairs in enumerate(galleys)}


def _number(part: bytes) -> int:
    return round(float(part) * 255)


def _tops(pdf: pikepdf.Pdf) -> dict[tuple[int, int], list[pikepdf.Object]]:
    """The highest elements of each page."""
    tops: dict[tuple[int, int], list[pikepdf.Object]] = {}
    for element in pdf.Root.StructTreeRoot.K[0].K:
        tops.setdefault(element.Pg.objgen, []).append(element)
    return tops


def _specimen(
    pdf: pikepdf.Pdf, number: int, content: bytes, tops: Mapping[tuple[int, int], Sequence[pikepdf.Object]]
) -> Specimen:
    page = pdf.pages[number]
    pieces: list[bytes | Place] = []
    figures: dict[int, int] = {}
    end = 0
    for match in _MARKED.finditer(content):
        place = Place(_number(match[2]), match["at"] or b"", match["font"] or b"")
        if _number(match[1]) == DRAWING_MARK:
            figures[int(_MCID.findall(content, 0, match.start())[-1])] = place.number
        pieces += [content[end : match.start()], place]
        end = match.end()
    nodes: list[Node] = []
    for top in tops[page.obj.objgen]:
        _grow(nodes, top, figures, -1)
    holders = dict(sorted((mark, rank) for rank, node in enumerate(nodes) for mark in node.marks))
    return Specimen([*pieces, content[end:]], nodes, [*holders.values()], _page_entries(page), float(page.mediabox[3]))


def _page_entries(page: pikepdf.Page) -> bytes:
    own = {"/Parent", "/Contents", "/StructParents"}
    return b"".join(b"%b %b" % (name.encode(), value.unparse()) for name, value in page.obj.items() if name not in own)


def _grow(nodes: list[Node], element: pikepdf.Object, figures: Mapping[int, int], parent: int) -> list[int]:
    """Add an element and those under it; what holds nothing is left out, as line breaks. Returns where it stands."""
    rank = len(nodes)
    inside: list[Any] = list(element.K)  # elements, or the numbers of marks
    marks = [int(kid) for kid in inside if not isinstance(kid, pikepdf.Object)]
    figure = next((figures[mark] for mark in marks if mark in figures), None)
    own = {"/K", "/P", "/Pg", *(["/Alt"] if figure is not None else [])}
    entries = b"".join(b"%b %b" % (n.encode(), _unparsed(value)) for n, value in element.items() if n not in own)
    nodes.append(Node(parent, entries, (), marks, figure))
    kids = [place for kid in inside if isinstance(kid, pikepdf.Object) for place in _grow(nodes, kid, figures, rank)]
    if not kids and not marks:
        del nodes[rank:]
        return []
    if kids and not marks and all(_says_nothing_more(nodes[kid]) for kid in kids):
        marks, kids = [mark for kid in kids for mark in nodes[kid].marks], []
        del nodes[rank + 1 :]
    nodes[rank] = Node(parent, entries, kids, marks, figure)
    return [rank]


def _says_nothing_more(node: Node) -> bool:
    """Whether an element only wraps words: its parent may as well hold them, for a third of the file's objects."""
    return not node.kids and node.entries == _BARE


def _unparsed(value: pikepdf.Object) -> bytes:
    """An entry as PDF; the ids of a table's headings leave room for the rank of their copy."""
    return _HEADING.sub(rb"(\1%b)" % _RANK, value.unparse())


class _Book:
    """The copies as PDF objects, appended to the file that holds the specimens."""

    def __init__(self, pdf: pikepdf.Pdf, lettering: Mapping[bytes, Lettering], sheets: Sheets | None) -> None:
        self._lettering = lettering
        self._sheets = sheets
        self._root = pdf.Root.StructTreeRoot
        self._trunk, self._tree = self._root.K[0].objgen[0], self._root.ParentTree.objgen[0]
        self._catalogue, self._pages = pdf.Root.objgen[0], pdf.Root.Pages.objgen[0]
        self._first = self._next = int(pdf.trailer.Size)
        self._objects: dict[int, bytes] = {}
        self._kids: list[int] = []
        self._tops: list[int] = []
        self._holders: list[bytes] = []

    def add_page(self, papers: Sequence[tuple[Specimen, Copy, Spot]]) -> None:
        """One page with its papers, each with its own branch of the tag tree."""
        page, marks, content = self._room(), 0, []
        holders: list[int] = []
        for specimen, copy, spot in papers:
            written = _written(specimen, copy.places, self._lettering)
            content.append(self._moved(written, specimen, spot, marks))
            holders += self._branch(specimen, copy, page, marks)
            marks = len(holders)
        stream = self._room()
        self._objects[stream] = _stream(b"\n".join(content))
        self._objects[page] = b"<<%b/Parent %d 0 R/Contents %d 0 R/StructParents %d>>" % (
            self._entries(papers[0][0]), self._pages, stream, len(self._kids),
        )  # fmt: skip
        self._kids.append(page)
        self._holders.append(b"[%b]" % _references(holders))

    def bound(self, specimens: bytes) -> bytes:
        """The whole file, without the specimens."""
        count = len(self._kids)
        nums = b" ".join(b"%d %b" % pair for pair in enumerate(self._holders))
        self._objects[self._pages] = b"<</Type/Pages/Kids[%b]/Count %d>>" % (_references(self._kids), count)
        self._objects[self._tree] = b"<</Nums[%b]>>" % nums
        self._objects[self._trunk] = b"<</Type/StructElem/S/Document/K[%b]/P %d 0 R>>" % (
            _references(self._tops), self._root.objgen[0],
        )  # fmt: skip
        made = BytesIO()
        with pikepdf.open(BytesIO(_appended(specimens, self._objects, self._next, self._catalogue))) as whole:
            whole.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
        return made.getvalue()

    def _room(self) -> int:
        self._next += 1
        return self._next - 1

    def _entries(self, specimen: Specimen) -> bytes:
        if self._sheets is None:
            return specimen.entries
        box = b"/MediaBox[0 0 %.6f %.6f]" % (self._sheets.width_mm * MM, self._sheets.height_mm * MM)
        return _BOXES.sub(b"", specimen.entries) + box

    def _moved(self, written: bytes, specimen: Specimen, spot: Spot, marks: int) -> bytes:
        """At its spot of the sheet, its marks numbered after those of its neighbours."""
        if self._sheets is None:
            return written
        up = self._sheets.height_mm * MM - specimen.height - spot.down_mm * MM
        numbered = _MCID.sub(lambda found: b"/MCID %d" % (int(found[1]) + marks), written)
        return b"q\n1 0 0 1 %.6f %.6f cm\n%b\nQ" % (spot.right_mm * MM, up, numbered)

    def _branch(self, specimen: Specimen, copy: Copy, page: int, marks: int) -> list[int]:
        """The copy's part of the tag tree; returns who holds each mark."""
        base, rank = self._next, b"-%d" % len(self._tops)
        self._next += len(specimen.nodes)
        for number, node in enumerate(specimen.nodes, start=base):
            parent = self._trunk if node.parent < 0 else base + node.parent
            kids = _references(base + kid for kid in node.kids)
            held = b" ".join(b"%d" % (mark + marks) for mark in node.marks)
            self._objects[number] = b"<<%b%b/K[%b %b]/P %d 0 R/Pg %d 0 R>>" % (
                node.entries.replace(_RANK, rank), _alternative(copy, node.figure), held, kids, parent, page,
            )  # fmt: skip
        self._tops += [base + number for number, node in enumerate(specimen.nodes) if node.parent < 0]
        return [base + holder for holder in specimen.holders]


def _written(specimen: Specimen, places: Sequence[Text | Drawing], lettering: Mapping[bytes, Lettering]) -> bytes:
    """The page with its texts and codes."""
    pieces = []
    for piece in specimen.pieces:
        if isinstance(piece, bytes):
            pieces.append(piece)
            continue
        thing = places[piece.number]
        if isinstance(thing, Drawing):
            bars = thing.code.rectangles(r"\1 \2 \3 1 re\n").encode()
            pieces.append(b"q\n0 0 0 rg\n%.4f %.4f %.4f %.4f %.4f %.4f cm\n%bf\nQ\n" % (*thing.matrix, bars))
        else:
            operands = lettering[piece.font].operands(thing.text)
            pieces.append(b"%f %f %f rg\nBT\n%b[%b] TJ\nET\n" % (*thing.ink, piece.at, operands))
    return b"".join(pieces)


def _alternative(copy: Copy, figure: int | None) -> bytes:
    """What a screen reader says of a code."""
    if figure is None:
        return b""
    thing = copy.places[figure]
    return b"/Alt " + pikepdf.String(thing.code.label).unparse() if isinstance(thing, Drawing) else b""


def _references(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _stream(content: bytes) -> bytes:
    packed = compress(content)
    return b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed)


def _appended(file: bytes, objects: Mapping[int, bytes], size: int, root: int) -> bytes:
    """The file with more objects, or others in the place of some, and the table that says where they are."""
    previous = int(file.rpartition(b"startxref")[2].split()[0])
    parts, table, at = [file, b"\n"], [b"xref\n"], len(file) + 1
    for number, content in sorted(objects.items()):
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, content))
        table.append(b"%d 1\n%010d 00000 n \n" % (number, at))
        at += len(parts[-1])
    trailer = b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, previous, at)
    return b"".join((*parts, *table, trailer))
