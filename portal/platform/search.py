"""Search by what people type: accents, capitals, hyphens and apostrophes do not count, on both engines alike."""

import sqlite3
from typing import Any

from sqlalchemy import ColumnElement, Engine, String, and_, event, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import NullType

from portal.kernel.values.folding import fold

MOST_WORDS = 6

_PLAIN = {
    "a": "àâäáãåÀÂÄÁÃÅ",
    "c": "çÇ",
    "e": "éèêëÉÈÊË",
    "i": "îïíìÎÏÍÌ",
    "n": "ñÑ",
    "o": "ôöóòõøÔÖÓÒÕØ",
    "u": "ùûüúÙÛÜÚ",
    "y": "ÿŸ",
    " ": "-’'.",
}
"""What PostgreSQL is told; SQLite calls `fold` itself. Neither engine is sure to have `unaccent`."""


class Plain(GenericFunction[str]):
    """A text as `fold` writes it, in lower case, computed by the database."""

    type = String()
    name = "plain"
    inherit_cache = True


@compiles(Plain, "postgresql")
def _translated(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    for ligature, letters in (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae"), ("ß", "ss")):
        text = f"replace({text}, '{ligature}', '{letters}')"
    signs = "".join(_PLAIN.values()).replace("'", "''")
    letters = "".join(letter * len(found) for letter, found in _PLAIN.items())
    return f"translate(lower({text}), '{signs}', '{letters}')"


@event.listens_for(Engine, "connect")
def _teach(connection: object, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("plain", 1, _fold, deterministic=True)


def _fold(text: str | None) -> str | None:
    return None if text is None else fold(text).lower()


class Begins(GenericFunction[Any]):
    """Whether a column of codes begins with a text, sign by sign, by an index on both engines.

    A LIKE reads every row on SQLite, where it ignores case, and a range does on PostgreSQL, whose order is a
    language's: there the index must have `text_pattern_ops`.
    """

    type = NullType()  # of a boolean, SQLite would be asked « … = 1 », for which it has no index
    inherit_cache = True


LAST_SIGN = chr(0x10FFFF)
"""After every sign of every text, in the order of their codes."""


@compiles(Begins)
def _ranged(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    column, typed = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} >= {typed} AND {column} < ({typed} || '{LAST_SIGN}'))"


@compiles(Begins, "postgresql")
def _ranged_by_sign(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    column, typed = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} ~>=~ {typed}::text AND {column} ~<~ ({typed}::text || '{LAST_SIGN}'))"


def holds(column: Any, typed: str) -> ColumnElement[bool]:
    """Whether a column of names holds every word that was typed, in any order.

    For lists of some hundreds of rows: the column is folded row by row. A large table keeps a folded column instead.
    """
    return folded_holds(Plain(column), fold(typed).lower())


def folded_holds(column: Any, folded: str) -> ColumnElement[bool]:
    """The same for a column that is kept folded; nothing typed holds everywhere."""
    return and_(true(), *(column.contains(word, autoescape=True) for word in folded.split()[:MOST_WORDS]))
