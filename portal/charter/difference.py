"""What changed between two texts of a charter, paragraph by paragraph, to the word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from portal.charter.text import VARIABLES, CharterText

ALIKE: Final = 0.5
"""Share of common words above which a paragraph was changed, and not replaced by another."""

_SPACES: Final = re.compile(r"[ \n]+")
"""Between words; a non-breaking space stays inside one, as French is printed."""

SAME, ADDED, REMOVED, CHANGED = "same", "added", "removed", "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words: kept, added or removed."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph that is not the same in both texts, and the part in which it stands."""

    kind: str
    part: str
    pieces: tuple[Piece, ...]


def compare(before: str, after: str) -> list[Paragraph]:
    """The paragraphs that differ, in the order of the new text; both texts can be read."""
    old, new = _paragraphs(before), _paragraphs(after)
    matcher = SequenceMatcher(None, [words for _, words in old], [words for _, words in new], autojunk=False)
    found: list[Paragraph] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            found += _changed(old[i:j], new[k:m])
    return found


def _paragraphs(source: str) -> list[tuple[str, str]]:
    """Each paragraph with the part in which it stands; the blanks shown by what they stand for."""
    text = CharterText.parse(source)
    titles = {f"{part.number}. {part.title}": part.title for part in text.sections}
    part, found = text.title, []
    for block in text.plain({name: f"[{meaning}]" for name, meaning in VARIABLES.items()}).rstrip("\n").split("\n\n"):
        part = titles.get(block, part)
        found.append((part, titles.get(block, block)))  # a part that only moved keeps its words
    return found


def _changed(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> Iterator[Paragraph]:
    """Paragraphs that have most words in common are one that was changed; the others came or went."""
    left = list(old)
    for part, words in new:
        twin = next((one for one in left if _ratio(one[1], words) >= ALIKE), None)
        if twin is None:
            yield Paragraph(ADDED, part, (Piece(ADDED, words),))
            continue
        while left[0] is not twin:
            yield _removed(left.pop(0))
        left.pop(0)
        yield Paragraph(CHANGED, part, tuple(_words(twin[1], words)))
    for gone in left:
        yield _removed(gone)


def _removed(gone: tuple[str, str]) -> Paragraph:
    return Paragraph(REMOVED, gone[0], (Piece(REMOVED, gone[1]),))


def _ratio(before: str, after: str) -> float:
    return SequenceMatcher(None, _SPACES.split(before), _SPACES.split(after), autojunk=False).ratio()


def _words(before: str, after: str) -> Iterator[Piece]:
    old, new = _SPACES.split(before), _SPACES.split(after)
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece(SAME, " ".join(old[i:j]))
            continue
        if j > i:
            yield Piece(REMOVED, " ".join(old[i:j]))
        if m > k:
            yield Piece(ADDED, " ".join(new[k:m]))
