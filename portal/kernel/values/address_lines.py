"""How the words of an address are written, shortened and laid out on the lines of NF Z10-011."""

import re
from collections.abc import Mapping, Sequence
from textwrap import wrap

from portal.kernel.values.folding import without_accents

_PUNCTUATION = re.compile(r"(?<=\d)([-/])(?=\d)|[\W_]+")  # 12-14 keeps its hyphen

# The short forms of the norm. They serve only when a line is too long, one after the other, until it fits.
_STREET = {
    "BOULEVARD": "BD", "AVENUE": "AV", "CHEMIN": "CHE", "IMPASSE": "IMP", "ALLEE": "ALL", "ALLEES": "ALL",
    "FAUBOURG": "FG", "LOTISSEMENT": "LOT", "RESIDENCE": "RES", "QUARTIER": "QUA", "ROUTE": "RTE", "SQUARE": "SQ",
    "PLACE": "PL", "PASSAGE": "PAS", "SAINT": "ST", "SAINTE": "STE", "MARECHAL": "MAL", "GENERAL": "GAL",
    "CAPITAINE": "CNE", "COLONEL": "CEL", "COMMANDANT": "CDT", "PRESIDENT": "PDT", "PROFESSEUR": "PR",
    "DOCTEUR": "DR", "BIS": "B", "TER": "T", "QUATER": "Q",
}  # fmt: skip
_TOWN = {"SAINT": "ST", "SAINTE": "STE", "SUR": "S", "SOUS": "S"}
_LINKING = dict.fromkeys(("ET", "DE", "LA", "LE", "LES", "DES", "EN", "AUX", "AU", "DU", "D", "L"), "")
_MOST_LETTERS_LOST = 10


def capitals(text: str) -> str:
    """Capitals without accents or punctuation, as sorting machines read them: « 3, rue de l’Église » loses four signs."""
    return _PUNCTUATION.sub(lambda found: found[1] or " ", without_accents(text)).strip()


def street_lines(text: str, width: int) -> list[str]:
    """The line of the street, its words shortened when it is too long, and then on several lines."""
    return text_lines(_shortened(capitals(text), width, _STREET), width)


def text_lines(text: str, width: int) -> list[str]:
    """The text cut between words; a word longer than a line is cut too, so that nothing is lost."""
    if len(text) <= width and text == " ".join(text.split()):
        return [text] if text else []  # what `wrap` answers, at a tenth of the cost
    return wrap(text, width, break_on_hyphens=False)


def town_line(postcode: str, city: str, width: int) -> str:
    """The last line. A town cannot run over two lines: it is shortened as La Poste does, and its postcode stays whole.

    Three communes of France need the last resort, which takes letters from the end of their longest words.
    """
    room = width - len(postcode) - 1
    town = capitals(city)
    for short_forms in (_TOWN, _LINKING):
        town = _shortened(town, room, short_forms)
    return f"{postcode} {_stubs(town, room)}".strip()


def placed(parts: Sequence[Sequence[str]], rows: int) -> list[str] | None:
    """Each part at its own row, spread over the free rows around it when it has several lines; None when it cannot fit.

    Parts first go down as far as the ones before them push, then back up as far as the last row allows.
    """
    starts, free = [], 0
    for home, part in enumerate(parts):
        starts.append(max(home, free) if part else free)
        free = starts[-1] + len(part)
    page, limit = [""] * rows, rows
    for part, start in zip(reversed(parts), reversed(starts), strict=True):
        limit = min(start, limit - len(part)) if part else limit
        if limit < 0:
            return None
        page[limit : limit + len(part)] = part
    return page


def _shortened(text: str, width: int, short_forms: Mapping[str, str]) -> str:
    """The text with as few short forms as it takes to fit `width`, from the left."""
    words = text.split()
    for place, word in enumerate(words):
        if len(" ".join(filter(None, words))) <= width:
            break
        words[place] = short_forms.get(word, word)
    return " ".join(filter(None, words))


def _stubs(text: str, width: int) -> str:
    """The text whose longest words gave up their last letters, one at a time; unchanged if too many would go."""
    words = text.split()
    surplus = max(len(text) - width, 0)
    for _ in range(surplus if surplus <= _MOST_LETTERS_LOST else 0):
        longest = max(words, key=len)
        words[words.index(longest)] = longest[:-1]
    return " ".join(words)
