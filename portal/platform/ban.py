"""Ask the national address base (BAN, served by IGN's Géoplateforme) how a street is written. Optional, off by default.

`FIN_PRET_BAN_URL` is the address of the search, such as `https://data.geopf.fr/geocodage/search`: no key, 50 questions a
second. It knows streets and numbers; neither flats nor CEDEX. Whatever goes wrong, the answer is « nothing to say »:
an address that was typed is always accepted.
"""

import json
import logging
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

import httpx

PATIENCE_S: Final = 2.0
"""Seconds in all, from the question to the last byte: httpx alone counts each wait by itself."""

LARGEST: Final = 200_000
"""Bytes of an answer; one that goes on is not an answer."""

SURE: Final = 0.8
"""Score from which a house number found is the one that was meant (reference/laposte.md, 6.2)."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """The nearest address of the base; `sure` when it is a house number and close to what was typed."""

    street: str
    postcode: str
    city: str
    sure: bool


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
    sure = found["type"] == "housenumber" and float(found["score"]) >= SURE
    return Found(str(found["name"])[:120], str(found["postcode"])[:5], str(found["city"])[:80], sure)
