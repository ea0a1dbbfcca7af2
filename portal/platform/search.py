"""Search by what people type: accents, capitals, hyphens and apostrophes do not count, on both engines alike."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, true

from portal.kernel.values.folding import fold

_ACCENTS = {
    "a": "àâäáãåÀÂÄÁÃÅ",
    "c": "çÇ",
    "e": "éèêëÉÈÊË",
    "i": "îïíìÎÏÍÌ",
    "n": "ñÑ",
    "o": "ôöóòõÔÖÓÒÕ",
    "u": "ùûüúÙÛÜÚ",
    "y": "ÿŸ",
    "oe": "œŒ",
    "ae": "æÆ",
    " ": "-’'.",
}
"""SQLite lowers ASCII only, and neither engine is sure to have `unaccent`: the signs of French names are replaced."""

MOST_WORDS = 6


def holds(column: Any, typed: str) -> ColumnElement[bool]:
    """Whether a column of names holds every word that was typed, in any order.

    For lists of some hundreds of rows: the column is folded row by row. A large table keeps a folded column instead.
    """
    folded = func.lower(column)
    for plain, signs in _ACCENTS.items():
        for sign in signs:
            folded = func.replace(folded, sign, plain)
    return folded_holds(folded, fold(typed).lower())


def folded_holds(column: Any, folded: str) -> ColumnElement[bool]:
    """The same for a column that is kept folded; nothing typed holds everywhere."""
    return and_(true(), *(column.contains(word, autoescape=True) for word in folded.split()[:MOST_WORDS]))
