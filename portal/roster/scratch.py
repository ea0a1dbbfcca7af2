"""What one reading must remember of a whole file, or of a whole school, without holding it in memory.

A list of 200,000 rows names as many keys, and each must be found again when its second row, its links or its match come.
They go to a database of SQLite without a name: private, in memory while it is small, then in a file that the system has
already unlinked, so that nothing is left behind by a process that dies (sqlite.org/inmemorydb.html, « Temporary
Databases »). The portal's own database, whichever it is, hears nothing of it.
"""

import marshal
import sqlite3
from collections.abc import Iterator
from typing import Any, Final, Generic, TypeVar

V = TypeVar("V", bound=int | str | list[Any] | dict[str, Any])

CACHE_KB: Final = 3_000
"""Memory of one scratch database, in kilobytes; the rest is on disk."""

MARKS: Final = 1 << 19
"""Bits by which a shelf knows most of the keys that it does not hold (a Bloom filter of one hash): 64 kilobytes."""

FRESH: Final = 500
"""Values kept at hand before they are written together: a student's links come just after the student."""


class Scratch:
    """A temporary database, gone with the object."""

    def __init__(self) -> None:
        self.base = sqlite3.connect("", isolation_level=None)
        for pragma in (f"cache_size = -{CACHE_KB}", "journal_mode = OFF", "synchronous = OFF", "temp_store = FILE"):
            self.base.execute(f"PRAGMA {pragma}")
        self.base.execute("BEGIN")  # never committed: nobody else reads it
        self._tables = 0

    def name(self) -> str:
        """A table's name that nobody has taken."""
        self._tables += 1
        return f"table_{self._tables}"

    def shelf(self) -> "Shelf[Any]":
        """One more mapping of its own."""
        return Shelf(self.base, self.name())


class Shelf(Generic[V]):
    """A mapping from texts to plain values (what JSON can say). Its order is that of the keys.

    Values are written as `marshal` does, four times as fast as JSON: this process alone reads what it wrote.
    """

    def __init__(self, base: sqlite3.Connection, name: str) -> None:
        self._base, self._fresh = base, dict[str, V]()
        self._written, self._met = False, bytearray(MARKS >> 3)
        base.execute(f"CREATE TABLE {name} (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
        self._put = f"INSERT OR REPLACE INTO {name} VALUES (?, ?)"  # noqa: S608 (a name of ours)
        self._find = f"SELECT value FROM {name} WHERE key = ?"  # noqa: S608 (the same)
        self._all = f"SELECT key, value FROM {name} ORDER BY key"  # noqa: S608 (the same)
        self._drop = f"DELETE FROM {name} WHERE key = ?"  # noqa: S608 (the same)

    def __setitem__(self, key: str, value: V) -> None:
        self._fresh[key] = value
        place = hash(key) % MARKS
        self._met[place >> 3] |= 1 << (place & 7)
        if len(self._fresh) >= FRESH:
            self._write()

    def get(self, key: str) -> V | None:
        """The value of a key, or None."""
        if key in self._fresh:
            return self._fresh[key]
        row = self._row(key)
        found: V | None = marshal.loads(row[0]) if row else None  # noqa: S302 (our own bytes)
        return found

    def __contains__(self, key: str) -> bool:
        return key in self._fresh or self._row(key) is not None

    def _row(self, key: str) -> tuple[bytes] | None:
        """What was written under a key. Most keys of a list are new, and nobody asks the database about those."""
        place = hash(key) % MARKS
        if not self._written or not self._met[place >> 3] & 1 << (place & 7):
            return None
        row: tuple[bytes] | None = self._base.execute(self._find, (key,)).fetchone()
        return row

    def __bool__(self) -> bool:
        return bool(self._fresh) or (self._written and self._base.execute(self._all).fetchone() is not None)

    def discard(self, key: str) -> bool:
        """Forget a key; returns whether it was there."""
        here = key in self
        self._fresh.pop(key, None)
        if self._written:
            self._base.execute(self._drop, (key,))
        return here

    def items(self) -> Iterator[tuple[str, V]]:
        """Every key with its value, read as a stream. Nothing may be put on this shelf meanwhile."""
        self._write()
        for key, value in self._base.execute(self._all):
            yield key, marshal.loads(value)  # noqa: S302 (our own bytes)

    def values(self) -> Iterator[V]:
        """The same, without the keys."""
        return (value for _, value in self.items())

    def _write(self) -> None:
        if self._fresh:
            self._base.executemany(
                self._put, [(key, marshal.dumps(value)) for key, value in sorted(self._fresh.items())]
            )
            self._written = True
            self._fresh.clear()


class Heap:
    """Words or numbers under texts, several under one."""

    def __init__(self, scratch: Scratch) -> None:
        name = scratch.name()
        self._base, self._fresh, self._filled = scratch.base, list[tuple[str, int | str]](), False
        self._base.execute(f"CREATE TABLE {name} (text TEXT, held, PRIMARY KEY (text, held)) WITHOUT ROWID")
        self._put = f"INSERT OR IGNORE INTO {name} VALUES (?, ?)"  # noqa: S608 (a name of ours)
        self._find = f"SELECT held FROM {name} WHERE text = ? LIMIT ?"  # noqa: S608 (the same)

    def add(self, text: str, held: int | str) -> None:
        """Put something under a text."""
        self._filled = True
        self._fresh.append((text, held))
        if len(self._fresh) >= FRESH:
            self._write()

    def of(self, text: str, *, most: int = 100) -> set[Any]:
        """What is under a text; no more than `most`."""
        self._write()
        return {held for (held,) in self._base.execute(self._find, (text, most))}

    def __bool__(self) -> bool:
        return self._filled

    def _write(self) -> None:
        if self._fresh:
            self._base.executemany(self._put, self._fresh)
            self._fresh.clear()
