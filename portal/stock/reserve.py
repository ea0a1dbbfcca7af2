"""The emergency pool of a school (FUP): how large it should be, how long it lasts, who could help. Plain values only."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Final

from portal.kernel.values.folding import fold

WEEKS: Final = 4
"""How far back the pace is measured."""

SHORT_COVER: Final = 14
"""Days under which one asks for help: about what a transfer takes, holidays included."""


class Level(StrEnum):
    """How a pool stands."""

    FINE = "fine"
    LOW = "low"
    EMPTY = "empty"


class Near(StrEnum):
    """Why a school is said to be near: the directory has no coordinates."""

    TOWN = "town"
    DEPARTMENT = "department"
    REGION = "region"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """The pool of one school. `share` is that of its students, in %; `lent` how many left it in the last `WEEKS` weeks."""

    school_id: int
    school: str
    city: str
    postcode: str
    students: int
    share: int
    total: int
    free: int
    lent: int
    asked: bool

    @property
    def target(self) -> int:
        """How many devices the pool should count, free or lent."""
        return -(-self.students * self.share // 100)

    @property
    def lacking(self) -> int:
        """How many are missing to the target."""
        return max(0, self.target - self.total)

    @property
    def cover(self) -> int | None:
        """How many days what is free lasts at the pace of the last weeks; None when nothing left the pool."""
        return self.free * WEEKS * 7 // self.lent if self.lent else None

    @property
    def level(self) -> Level:
        """Whether somebody should act."""
        if self.target and not self.free:
            return Level.EMPTY
        short = self.cover is not None and self.cover < SHORT_COVER
        return Level.LOW if short or self.free * 4 < self.target else Level.FINE

    @property
    def spare(self) -> int:
        """What the school could give and still keep half of its target free."""
        return max(0, self.free - ceil(self.target / 2))


def in_need(reserves: Iterable[Reserve]) -> list[Reserve]:
    """Those in need first: by level, then by how many are missing."""
    order = list(reversed(Level))
    return sorted(reserves, key=lambda one: (order.index(one.level), -one.lacking, one.school))


def chosen(reserves: Iterable[Reserve], *, words: str, level: str) -> list[Reserve]:
    """Those of a level (its name, or any), whose school or town holds every word that was typed."""
    typed = fold(words).split()
    return [
        one
        for one in reserves
        if level in {"", one.level} and all(word in fold(f"{one.school} {one.city}") for word in typed)
    ]


@dataclass(frozen=True, slots=True)
class Watch:
    """What the first page of a lycée says of its pool: how it stands, and how many devices should be back."""

    reserve: Reserve
    late: int

    @property
    def wakes(self) -> bool:
        """Whether there is anything to say."""
        return self.reserve.level is not Level.FINE or self.late > 0


@dataclass(frozen=True, slots=True)
class Helper:
    """The school that could give, how many, and why it is the nearest."""

    reserve: Reserve
    devices: int
    near: Near


def nearest_helper(mine: Reserve, others: Iterable[Reserve]) -> Helper | None:
    """The nearest school with something to spare: same town, then same department, then the region; the richest first."""
    wanted = max(mine.lacking, 1)
    able = [(nearness(mine, one), one) for one in others if one.school_id != mine.school_id and one.spare]
    if not able:
        return None
    near, best = min(able, key=lambda pair: (list(Near).index(pair[0]), -pair[1].spare, pair[1].school))
    return Helper(best, min(wanted, best.spare), near)


def nearness(one: Reserve, other: Reserve) -> Near:
    """How near two schools are, by what their addresses say."""
    if one.city and fold(one.city) == fold(other.city):
        return Near.TOWN
    same = one.postcode and one.postcode[:2] == other.postcode[:2]
    return Near.DEPARTMENT if same else Near.REGION
