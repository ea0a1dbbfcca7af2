"""Rows that must go for good, with everything that refers to them: erasures and the purge are made of this.

The database's own references say what goes with what. A reference that may not be empty takes its row along; one that
may is emptied, unless the caller says that it `follows` its owner. So a table that a later feature adds is never in the
way. The caller holds the unit of work and sees every school; what goes leaves no other trace than the counts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import ForeignKey, String, Table, cast, delete, literal, select, update

from portal.extensions import Base, db
from portal.platform import files

AT_ONCE: Final = 500
"""Keys in one statement, within what every database takes."""


class Forgetting:
    """One erasure: what went (`counts`, by table), and the files that its rows named (`keys`)."""

    def __init__(self, *, follows: Callable[[str, str], bool], named: Iterable[tuple[str, str]]) -> None:
        """`follows(table, column)` is asked of references that may be empty; `named` are the columns that name files."""
        self.follows = follows
        self.named = tuple(named)
        self.counts: Counter[str] = Counter()
        self.keys: set[str] = set()

    def remove(self, name: str, ids: Sequence[Any]) -> None:
        """Delete rows by their key, after whatever cannot be without them."""
        table = Base.metadata.tables[name]
        key = next(iter(table.primary_key.columns))
        for some in _pieces(ids):
            for reference in _references(table):
                self._let_go(reference, some)
            self._note_files(table, key.in_(some))
            gone = db.session.execute(delete(table).where(key.in_(some)))
            self.counts[name] += _number(gone)

    def remove_where(self, name: str, column: str, values: Sequence[Any]) -> None:
        """Delete the rows that hold one of these values; for tables that nothing refers to."""
        table = Base.metadata.tables[name]
        for some in _pieces(values):
            theirs = table.columns[column].in_(some)
            self._note_files(table, theirs)
            self.counts[name] += _number(db.session.execute(delete(table).where(theirs)))

    def empty(self, name: str, ids: Sequence[Any], values: Mapping[str, Any]) -> None:
        """Write these values in rows that stay; the value "number" becomes the row's own, so that it stays unique."""
        table = Base.metadata.tables[name]
        key = next(iter(table.primary_key.columns))
        own = literal("efface-", String) + cast(key, String)
        written = {column: own if value == "number" else value for column, value in values.items()}
        for some in _pieces(ids):
            self._note_files(table, key.in_(some), only=set(values))
            self.counts[name] += _number(db.session.execute(update(table).where(key.in_(some)).values(written)))

    def _let_go(self, reference: ForeignKey, ids: Sequence[Any]) -> None:
        column = reference.parent
        child = column.table
        assert isinstance(child, Table)
        if column.nullable and not self.follows(child.name, column.name):
            db.session.execute(update(child).where(column.in_(ids)).values({column.name: None}))
            return
        key = next(iter(child.primary_key.columns))
        self.remove(child.name, db.session.scalars(select(key).where(column.in_(ids))).all())

    def _note_files(self, table: Table, condition: Any, only: set[str] | None = None) -> None:
        for name, column in self.named:
            if name == table.name and (only is None or column in only):
                found = db.session.scalars(select(table.columns[column]).where(condition)).all()
                self.keys.update(key for key in found if key)

    def forget_files(self) -> int:
        """Once the rows are gone for good: delete their files, but for those that another row names. Returns how many."""
        gone = self.keys - named_files(self.named, self.keys)
        for key in gone:
            with suppress(FileNotFoundError):  # begun before a crash, finished now
                files.forget(key)
        return len(gone)


def named_files(columns: Iterable[tuple[str, str]], keys: Iterable[str]) -> set[str]:
    """Those of these files that some row names."""
    found: set[str] = set()
    for name, column in columns:
        held = Base.metadata.tables[name].columns[column]
        for some in _pieces(sorted(keys)):
            found.update(db.session.scalars(select(held).where(held.in_(some))))
    return found


def _references(table: Table) -> list[ForeignKey]:
    """What refers to a table, from the last table made to the first: always in the same order."""
    return [
        reference
        for other in reversed(Base.metadata.sorted_tables)
        for reference in sorted(other.foreign_keys, key=lambda one: one.parent.name)
        if reference.column.table is table
    ]


def _pieces(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


def _number(result: Any) -> int:
    return int(result.rowcount)
