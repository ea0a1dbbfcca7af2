"""A text and its courtesy translation, part beside part, as safe HTML."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import zip_longest

from markupsafe import Markup

from portal.charter.text import CharterText

Row = tuple[Markup, Markup]
"""A part in French, and the same part in the other language; empty without one."""


@lru_cache(maxsize=32)
def read_text(source: str) -> CharterText:
    """A text is read once for all those who sign it."""
    return CharterText.parse(source)


def side_by_side(
    text: CharterText, other: CharterText | None, blanks: Mapping[str, str], *, prefix: str = ""
) -> list[Row]:
    """The introduction, then each part. With a `prefix`, headings are one rank lower: a summary stands beside the text."""
    french = _pieces(text, blanks, prefix=prefix)
    beside = _pieces(other, blanks, prefix=f"{prefix}t-") if other else []
    return list(zip_longest(french, beside, fillvalue=Markup("")))


def _pieces(text: CharterText, blanks: Mapping[str, str], *, prefix: str) -> list[Markup]:
    html = [text.introduction(blanks), *(section.html for section in text.filled(blanks))]
    return [_own(piece, prefix=prefix) for piece in html]


def _own(html: Markup, *, prefix: str) -> Markup:
    """Ids of its own; and a lower rank for the headings of a summary."""
    own = html.replace('id="', Markup('id="{}').format(prefix))
    own = own.replace('aria-labelledby="', Markup('aria-labelledby="{}').format(prefix))
    if prefix.startswith("resume"):
        own = own.replace("<h2", Markup("<h3")).replace("</h2", Markup("</h3"))
    return own
