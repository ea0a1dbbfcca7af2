"""Ask the national address base (BAN, served by IGN's Géoplateforme) how a street is written. Optional, off by default.

`FIN_PRET_BAN_URL` is the address of the search, such as `https://data.geopf.fr/geocodage/search`: no key, 50 questions a
second. It knows streets and numbers; neither flats nor CEDEX. Whatever goes wrong, the answer is « nothing to say »:
an address that was typed is always accepted.
"""

import json
import logging
import re
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

import httpx

from portal.kernel.values.folding import fold

PATIENCE_S: Final = 2.0
"""Seconds in all, from the question to the last byte: httpx alone counts each wait by itself."""

LARGEST: Final = 200_000
"""Bytes of an answer; one that goes on is not an answer."""

SURE: Final = 0.8
"""Score from which a house number found is the one that was meant (reference/laposte.md, 6.2)."""

WORTH_ASKING: Final = 0.5
"""Score from which a street found is shown to whoever typed another."""

_NUMBER: Final = re.compile(r"\d+(?: ?(?:bis|ter|quater|[a-d]))?(?= )", re.IGNORECASE)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """The nearest address of the base, whether it is a house number or a street, and how near it is, from 0 to 1."""

    street: str
    postcode: str
    city: str
    kind: str
    score: float

    @property
    def sure(self) -> bool:
        """Whether it is the house that was meant."""
        return self.kind == "housenumber" and self.score >= SURE


def look_up(url: str, *, street: str, postcode: str, city: str) -> Found | None:
    """The nearest address, or None: nothing found, the service is off, slow, cut or speaks of something else."""
    if not (url and street.strip()):
        return None
    question: dict[str, str | int] = {
        "q": f"{street} {postcode} {city}",
        "postcode": postcode,
        "limit": 1,
        "autocomplete": 0,
    }
    try:
        return _read(json.loads(_asked(url, question)))
    except (httpx.HTTPError, ValueError, LookupError, TypeError, AttributeError) as fault:
        log.warning("the address base gave no answer: %s", type(fault).__name__)  # never the address itself
        return None


def _asked(url: str, question: dict[str, str | int]) -> bytes:
    """The answer's bytes, within `PATIENCE_S` seconds of clock on the wall."""
    deadline, answer = monotonic() + PATIENCE_S, bytearray()
    with (
        httpx.Client(timeout=PATIENCE_S / 2, follow_redirects=False) as client,
        client.stream("GET", url, params=question) as reply,
    ):
        reply.raise_for_status()
        for piece in reply.iter_bytes():
            answer += piece
            if monotonic() > deadline or len(answer) > LARGEST:
                raise httpx.ReadTimeout("too slow or too long")
    return bytes(answer)


def _read(answer: Any) -> Found | None:
    """The first feature of a GeoJSON collection."""
    features = answer["features"]
    if not features:
        return None
    found = features[0]["properties"]
    where = str(found["name"])[:120], str(found["postcode"])[:5], str(found["city"])[:80]
    return Found(*where, str(found["type"]), float(found["score"]))


def better(found: Found | None, *, street: str, postcode: str, city: str) -> tuple[str, str, str] | None:
    """How this address is perhaps written, when that is worth a question: its street, its postcode, its town.

    A street without its houses keeps the number that was typed. Sure or far from it, there is nothing to ask.
    """
    if found is None or found.sure or found.kind not in {"housenumber", "street"} or found.score < WORTH_ASKING:
        return None
    typed = _NUMBER.match(street.strip()) if found.kind == "street" else None
    proposed = (f"{typed[0]} {found.street}" if typed else found.street), found.postcode, found.city
    return None if [*map(fold, proposed)] == [*map(fold, (street, postcode, city))] else proposed
