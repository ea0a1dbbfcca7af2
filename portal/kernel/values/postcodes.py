"""Does this town go with this postcode? Answered offline, from the communes of France.

Source: @etalab/decoupage-administratif 6.0.0, Licence Ouverte 2.0 (Etalab); see portal/kernel/data/NOTICE.txt. It holds
6,310 postcodes. It holds neither CEDEX codes nor those of the armed forces, so an unknown postcode is a doubt and never
a refusal.
"""

import gzip
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache
from importlib.resources import files

from portal.kernel.values.folding import fold
from portal.kernel.words import later

_SPECIAL = re.compile(r"\b(?:CEDEX|BP|CS|TSA|SP|ARMEES|MONACO)\b")
_AFTER_THE_TOWN = re.compile(r" CEDEX\b.*$| \d+(?: ?(?:ER|E|EME|ARRONDISSEMENT))*$")
_SAME_WORD = {"SAINT": "ST", "SAINTE": "STE", "SUR": "S", "SOUS": "S", "LEZ": "LES"}


class Verdict(StrEnum):
    """What the table says of a postcode and a town."""

    EXACT = "exact"
    OTHER_CITY = "other_city"
    UNKNOWN_POSTCODE = "unknown_postcode"
    SPECIAL = "special"  # a CEDEX, a post office box, the armed forces: outside the table, right as far as we know


@dataclass(frozen=True, slots=True)
class Match:
    """The answer, with the official spelling when it is exact, else the towns of the postcode, the nearest first."""

    verdict: Verdict
    city: str
    suggestions: tuple[str, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether a person should look again; never a reason to refuse."""
        return self.verdict in {Verdict.OTHER_CITY, Verdict.UNKNOWN_POSTCODE}

    @property
    def advice(self) -> str:
        """A French sentence for the screen, empty when there is nothing to say."""
        if self.verdict is Verdict.OTHER_CITY:
            return later("Avec ce code postal, la commune est peut-être %(city)s.", city=self.suggestions[0])
        if self.verdict is Verdict.UNKNOWN_POSTCODE:
            return later("Nous ne connaissons pas ce code postal. Vérifiez ses cinq chiffres.")
        return ""


def communes(postcode: str) -> tuple[str, ...]:
    """The communes that a postcode serves, in the order of their INSEE codes; empty when it is unknown."""
    return tuple(_names(f"{postcode}\t"))


def check(postcode: str, city: str) -> Match:
    """Compare a town with its postcode: accents, case, hyphens, SAINT or ST, a CEDEX number do not count."""
    names = communes(postcode)
    wanted = _key(city)
    for name in names:
        if _key(name) == wanted:
            return Match(Verdict.EXACT, name)
    if _SPECIAL.search(fold(city)) or postcode.startswith("00"):
        return Match(Verdict.SPECIAL, city)
    if not names:
        return Match(Verdict.UNKNOWN_POSTCODE, city)
    return Match(Verdict.OTHER_CITY, city, tuple(sorted(names, key=lambda name: -_likeness(name, wanted))))


def official_name(city: str, *, near: str) -> str | None:
    """The official spelling of a town in the department of the postcode `near`; for a CEDEX, which has its own codes."""
    return _spellings(near[:2]).get(_key(city))


@cache
def _lines() -> list[str]:
    packed = (files("portal.kernel.data") / "communes.tsv.gz").read_bytes()
    return gzip.decompress(packed).decode().replace("'", "’").splitlines()


def _names(start: str) -> Iterator[str]:
    """The communes of the lines that begin with `start`; the lines are sorted, so we search by halves."""
    lines = _lines()
    for index in range(bisect_left(lines, start), len(lines)):
        if not lines[index].startswith(start):
            return
        yield lines[index].rpartition("\t")[2]


@cache
def _spellings(start: str) -> dict[str, str]:
    return {_key(name): name for name in reversed([*_names(start)])}  # Paris wins over its districts


def _key(city: str) -> str:
    """What two spellings of a town have in common."""
    town = _AFTER_THE_TOWN.sub("", fold(city))
    return " ".join(_SAME_WORD.get(word, word) for word in town.split())


def _likeness(name: str, wanted: str) -> float:
    return SequenceMatcher(a=_key(name), b=wanted).ratio()
