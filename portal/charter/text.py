"""The charter's text: a subset of Markdown with blanks, read once, filled for each family.

A text is one `# title`, an introduction, then one `## heading` for each part. Paragraphs, lists, bold and italics are
all that it may hold: links, images, code and HTML stay plain characters, so a text can carry no script and no address
that changes behind the reader's back. Blanks are written `{{eleve}}`; the list is closed.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

TEXTS = Path(__file__).parent / "texts"

MODELS: Mapping[str, str] = {
    "grand-est-2026": "Modèle Grand Est : prêt pendant le lycée, puis don",
    "occitanie-2026": "Modèle Occitanie : prêt gratuit puis don, ou achat aidé",
    "normandie-2026": "Modèle Normandie : prêt selon les besoins, puis retour",
    "neutre-2026": "Modèle neutre : prêt d’une année, puis retour",
}
"""The texts shipped with the portal: name of the file, and what it provides for."""

VARIABLES: Mapping[str, str] = {
    "eleve": "nom de l’élève",
    "classe": "classe de l’élève",
    "signataire": "nom de la personne qui signe",
    "qualite": "qualité de la personne qui signe (responsable légal, élève majeur…)",
    "lycee": "nom du lycée",
    "chef": "nom du chef d’établissement",
    "titre_chef": "titre du chef d’établissement (proviseure, directeur…)",
    "region": "nom de la région, sans majuscule de phrase (région Grand Est)",
    "campagne": "année scolaire de la campagne",
    "materiel": "modèle prêté",
    "prix": "prix négocié par la région pour ce modèle",
    "fin": "date prévue de fin du prêt",
    "aide": "personne, téléphone et heures d’aide au lycée",
    "dpo": "adresse du délégué à la protection des données",
}
"""Every blank that a text may hold, with what it stands for."""

_BLANK = re.compile(r"\{\{\s*(?P<name>[^{}\n]*?)\s*\}\}")
_BRACES = re.compile(r"\{\{|\}\}")
_OUTSIDE_THE_SUBSET = (
    *("blockquote", "code", "fence", "hr", "html_block", "lheading", "reference"),
    *("autolink", "backticks", "html_inline", "image", "link"),
    *("entity", "escape"),  # braces written another way would slip past the check of the blanks
)


class CharterTextError(ValueError):
    """A text that cannot be used; the message is in French and names the line (from 1)."""

    def __init__(self, message: str, *, line: int) -> None:
        super().__init__(f"Ligne {line} : {message}")
        self.line = line


class MissingValuesError(ValueError):
    """Blanks of the text for which no value was given; `names` lists them."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"Il manque des valeurs pour remplir la charte : {', '.join(names)}.")
        self.names = tuple(names)


@dataclass(frozen=True, slots=True)
class Section:
    """One part: its number from 1, title, stable id (made from the title) and safe HTML, heading included."""

    number: int
    title: str
    id: str
    html: Markup


@dataclass(frozen=True, slots=True)
class _Part:
    """A part's heading and the tokens under it, before its blanks are filled."""

    number: int
    title: str
    id: str
    body: tuple[Token, ...]


@dataclass(frozen=True)
class CharterText:
    """A charter's text, checked. `title` is plain text; `source` is the Markdown it was read from."""

    source: str
    title: str
    _introduction: tuple[Token, ...]
    _parts: tuple[_Part, ...]

    @classmethod
    def parse(cls, source: str) -> "CharterText":
        """Read and check a text; `CharterTextError` names the first line that must be put right."""
        _check_blanks(source)
        tokens = _reader().parse(source)
        title, rest = _title(tokens)
        introduction, parts = _split(rest)
        return cls(source, title, introduction, parts)

    @cached_property
    def variables(self) -> frozenset[str]:
        """The names of the blanks found in the text."""
        return frozenset(match["name"] for match in _BLANK.finditer(self.source))

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The table of parts, in order, with the blanks shown by what they stand for, as in `[nom de l’élève]`."""
        return self.filled({name: f"[{meaning}]" for name, meaning in VARIABLES.items()})

    def filled(self, values: Mapping[str, str]) -> tuple[Section, ...]:
        """The parts with their blanks filled; `MissingValuesError` when a value is absent or empty."""
        ready = self._ready(values)
        return tuple(Section(part.number, part.title, part.id, _section_html(part, ready)) for part in self._parts)

    @cached_property
    def empty(self) -> tuple[str, ...]:
        """The titles of the parts that hold no word."""
        return tuple(part.title for part in self._parts if not any(token.content.strip() for token in part.body))

    def introduction(self, values: Mapping[str, str]) -> Markup:
        """What stands before the first part, as safe HTML."""
        return _html(self._introduction, self._ready(values))

    def render(self, values: Mapping[str, str]) -> Markup:
        """The introduction and every part as safe HTML, without the title: the page or the PDF prints its own `h1`."""
        return self.introduction(values) + Markup("").join(section.html for section in self.filled(values))

    def plain(self, values: Mapping[str, str]) -> str:
        """The same words as `render`, title included, with no markup: what the evidence hashes."""
        ready = self._ready(values)
        blocks = [self.title, *_plain_blocks(self._introduction, ready)]
        for part in self._parts:
            blocks += [f"{part.number}. {part.title}", *_plain_blocks(part.body, ready)]
        return "\n\n".join(blocks) + "\n"

    def _ready(self, values: Mapping[str, str]) -> dict[str, str]:
        ready = {name: _one_line(values.get(name, "")) for name in self.variables}
        if missing := sorted(name for name, value in ready.items() if not value):
            raise MissingValuesError(missing)
        return ready


def model(name: str) -> CharterText:
    """A text shipped with the portal, such as `grand-est-2026` or its summary `grand-est-2026.resume`."""
    shipped = {path.stem: path for path in TEXTS.glob("*.md")}
    return CharterText.parse(shipped[name].read_text(encoding="utf-8"))


def shipped_translation(name: str, language: str) -> tuple[str, str] | None:
    """The text and the summary of a model in another language, when it is shipped."""
    paths = (TEXTS / f"{name}.{language}.md", TEXTS / f"{name}.resume.{language}.md")
    if not all(path.is_file() for path in paths):
        return None
    source, summary = (path.read_text(encoding="utf-8") for path in paths)
    return source, summary


def sha256(text: str) -> str:
    """The hexadecimal SHA-256 of a text in UTF-8; a line end counts the same whichever system wrote it."""
    return hashlib.sha256("\n".join(text.splitlines()).encode()).hexdigest()


_SECTION: Final = Markup(
    '<section id="{id}" aria-labelledby="{id}-titre">\n<h2 id="{id}-titre">{number}. {title}</h2>\n{body}</section>\n'
)

_OPENING: Final = Markup("<{}{attributes}>")
_CLOSING: Final = Markup("</{}>")
_VALUE: Final = Markup("<bdi>{}</bdi>")
_BREAKS: Final = {"softbreak": Markup("\n"), "hardbreak": Markup("<br>\n")}


def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).disable(_OUTSIDE_THE_SUBSET)


def _check_blanks(source: str) -> None:
    for number, line in enumerate(source.splitlines(), start=1):
        for match in _BLANK.finditer(line):
            if match["name"] not in VARIABLES:
                raise CharterTextError(
                    f"la variable « {match['name']} » est inconnue. Variables possibles : {', '.join(VARIABLES)}.",
                    line=number,
                )
        if _BRACES.search(_BLANK.sub("", line)):
            raise CharterTextError("une double accolade est ouverte ou fermée sans l’autre.", line=number)


def _title(tokens: Sequence[Token]) -> tuple[str, Sequence[Token]]:
    if not tokens or tokens[0].type != "heading_open" or tokens[0].tag != "h1":
        raise CharterTextError("le texte doit commencer par son titre, après un seul « # ».", line=1)
    return _heading(tokens[1]), tokens[3:]


def _split(tokens: Sequence[Token]) -> tuple[tuple[Token, ...], tuple[_Part, ...]]:
    """The tokens before the first heading, then one part for each heading."""
    cuts = [index for index, token in enumerate(tokens) if token.type == "heading_open"] + [len(tokens)]
    parts: dict[str, _Part] = {}
    for number, (start, end) in enumerate(pairwise(cuts), start=1):
        part = _part(number, tokens[start:end])
        if part.id in parts:
            raise CharterTextError(f"une autre partie s’appelle déjà « {part.title} ».", line=_line(tokens[start]))
        parts[part.id] = part
    return tuple(tokens[: cuts[0]]), tuple(parts.values())


def _part(number: int, tokens: Sequence[Token]) -> _Part:
    opening, inline = tokens[:2]
    if opening.tag != "h2" or opening.level:
        raise CharterTextError("une partie commence par « ## », en début de ligne.", line=_line(opening))
    title = _heading(inline)
    if not any(sign.isalnum() for sign in title):
        raise CharterTextError("une partie doit avoir un titre.", line=_line(opening))
    return _Part(number, title, _slug(title) or f"partie-{number}", tuple(tokens[3:]))  # Arabic has no Latin letter


def _heading(inline: Token) -> str:
    """A heading's words. Its id and the table of parts come from it, so it may hold neither blanks nor markup."""
    children = inline.children or []
    if any(child.type != "text" for child in children) or _BLANK.search(inline.content):
        raise CharterTextError("un titre ne contient ni variable ni mise en forme.", line=_line(inline))
    return inline.content


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _slug(title: str) -> str:
    """`L’élève et l’œuvre` → `l-eleve-et-l-oeuvre`."""
    spaced = title.lower().replace("’", " ").replace("œ", "oe")
    bare = unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")


def _one_line(value: str) -> str:
    """A value as one line of printable text: no control, no invisible mark that could reorder the words."""
    spaced = " ".join(value.split())
    return "".join(character for character in spaced if not unicodedata.category(character).startswith("C"))


def _fill(text: str, values: Mapping[str, str]) -> str:
    """Fill the blanks in one pass: a value that itself looks like a blank stays as it was typed."""
    return _BLANK.sub(lambda match: values[match["name"]], text)


def _html(tokens: Sequence[Token], values: Mapping[str, str]) -> Markup:
    return Markup("").join(_pieces(tokens, values))


def _pieces(tokens: Sequence[Token], values: Mapping[str, str]) -> Iterator[Markup]:
    """The tags that Markdown asked for, and the words between them: each is escaped, the values as all the others."""
    for token in tokens:
        if token.type == "inline":
            yield from _pieces(token.children or [], values)
        elif token.type == "text":
            yield from _filled_words(token.content, values)
        elif token.type in _BREAKS:
            yield _BREAKS[token.type]
        elif not token.hidden:
            yield (_CLOSING if token.nesting < 0 else _OPENING).format(token.tag, attributes=_attributes(token))
            yield Markup("\n") if token.block and token.nesting < 0 else Markup("")


def _filled_words(text: str, values: Mapping[str, str]) -> Iterator[Markup]:
    """The words, and each value in a `bdi`: a French name keeps its own direction within an Arabic sentence."""
    for number, piece in enumerate(_BLANK.split(text)):
        yield _VALUE.format(values[piece]) if number % 2 else escape(piece)


def _attributes(token: Token) -> Markup:
    """Only a list that does not begin at 1 has any."""
    return Markup("").join(Markup(' {}="{}"').format(*pair) for pair in token.attrs.items())


def _section_html(part: _Part, values: Mapping[str, str]) -> Markup:
    return _SECTION.format(id=part.id, number=part.number, title=part.title, body=_html(part.body, values))


def _plain_blocks(tokens: Sequence[Token], values: Mapping[str, str]) -> Iterator[str]:
    """One string for each paragraph or list item, the item behind a dash."""
    mark = ""
    for token in tokens:
        if token.type == "list_item_open":
            mark = "- "
        elif token.type == "inline":
            words = "".join(_words(child) for child in token.children or [])
            yield mark + _fill(words, values)
            mark = ""


def _words(child: Token) -> str:
    return "\n" if child.type in _BREAKS else child.content
