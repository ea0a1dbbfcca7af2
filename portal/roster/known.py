"""What a school knows, as a comparison needs it; kept on shelves outside memory, for a school may be a whole region's list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from portal.kernel.values.folding import fold
from portal.roster.scratch import Heap, Scratch, Shelf
from portal.roster.states import Kind

BETWEEN: Final = "\n"
"""Between the two keys of a link: no key holds it."""


def pair_key(student: str, guardian: str) -> str:
    """The key of a link."""
    return f"{student}{BETWEEN}{guardian}"


@dataclass(slots=True)
class Known:
    """A row of the school. `key` is None for a person of another kind of file."""

    id: int
    values: dict[str, Any]
    key: str | None
    label: str = ""
    detail: str = ""
    protected: frozenset[str] = frozenset()
    absent: bool = False

    def plain(self) -> list[Any]:
        """As a shelf keeps it."""
        return [self.id, self.values, self.key, self.label, self.detail, sorted(self.protected), self.absent]


def _known(plain: list[Any]) -> Known:
    number, values, key, label, detail, protected, absent = plain
    return Known(number, values, key, label, detail, frozenset(protected), absent)


class KnownRows:
    """Rows of one kind: by key those of the source that is read, and by number all of them."""

    def __init__(self, scratch: Scratch) -> None:
        self._mine: Shelf[list[Any]] = scratch.shelf()
        self._keys: Shelf[str] = scratch.shelf()
        self._others: Shelf[list[Any]] = scratch.shelf()

    def put(self, known: Known) -> None:
        """Keep a row, or what became of it."""
        if known.key is None:
            self._others[str(known.id)] = known.plain()
            return
        self._mine[known.key] = known.plain()
        self._keys[str(known.id)] = known.key

    def get(self, key: str) -> Known | None:
        """Whoever has this key in the source that is read."""
        found = self._mine.get(key)
        return _known(found) if found else None

    def by_id(self, number: int) -> Known:
        """Whoever has this number, whatever they came from; raises `KeyError`."""
        key = self._keys.get(str(number))
        found = self._mine.get(key) if key is not None else self._others.get(str(number))
        if found is None:
            raise KeyError(number)
        return _known(found)

    def key_of(self, number: int) -> str | None:
        """The key of a row in the source that is read."""
        return self._keys.get(str(number))

    def __contains__(self, key: str) -> bool:
        return key in self._mine

    def __bool__(self) -> bool:
        return bool(self._mine)

    def rows(self) -> Iterator[tuple[str, Known]]:
        """Those of the source, by key."""
        for key, plain in self._mine.items():
            yield key, _known(plain)


class KnownRoster:
    """What a school knows under the keys of one source; and, of every source, who might be the same person.

    `living` counts its students who are neither absent nor gone.
    """

    def __init__(self) -> None:
        self.scratch = Scratch()
        self.students, self.guardians = KnownRows(self.scratch), KnownRows(self.scratch)
        self.links = KnownRows(self.scratch)
        self.living = 0
        self._same = Heap(self.scratch)

    def of(self, kind: Kind) -> KnownRows:
        """The rows of a kind."""
        return {Kind.STUDENT: self.students, Kind.GUARDIAN: self.guardians, Kind.LINK: self.links}[kind]

    def remember(self, kind: Kind, known: Known) -> None:
        """A person, with all that could make them known again under another key."""
        self.of(kind).put(known)
        for mark in marks(kind, known.values):
            self._same.add(mark, known.id)

    def like(self, kind: Kind, given: Mapping[str, Any]) -> set[int]:
        """Rows of the school that may be this person under another key."""
        return set().union(*map(self._same.of, marks(kind, given))) if self._same else set()


def marks(kind: Kind, given: Mapping[str, Any]) -> Iterator[str]:
    """What two records of one person share when their keys differ; never names alone."""
    if kind is Kind.STUDENT:
        if given.get("ine"):
            yield f"ine\n{given['ine']}"
        yield f"born\n{fold(given['family_name'])}\n{fold(given['given_name'])}\n{given['birth_date']}"
        return
    if given.get("email"):
        yield f"email\n{fold(given['name'])}\n{given['email'].lower()}"
    if given.get("mobile"):
        yield f"mobile\n{fold(given['name'])}\n{given['mobile']}"
