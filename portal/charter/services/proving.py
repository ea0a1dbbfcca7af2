"""Is the database's own record of the signatures whole? Names the first broken link (SIG-7)."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Final

from portal.charter.chain import START, first_break
from portal.charter.keys import Trust
from portal.charter.models import CharterHead
from portal.charter.queries import journals
from portal.charter.seal import verify
from portal.charter.services.heads import read_heads
from portal.kernel import clock

SHORTEST_KEEPING: Final = timedelta(days=365)
"""Until then nobody's rule erases a signed charter: a journal that was published and is gone was taken away."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked at, and the first thing that does not hold, in French; `fault` is empty when all does.

    `erased` counts journals that were published and are gone, when erasing them was somebody's right by then.
    """

    journals: int = 0
    events: int = 0
    heads: int = 0
    erased: int = 0
    fault: str = ""


@dataclass(slots=True)
class _Published:
    """What the heads say, by signature: the hash of its event of each number, with the day; and which are signed."""

    hashes: dict[int, dict[int, tuple[str, date]]] = field(default_factory=dict)
    signed: dict[int, date] = field(default_factory=dict)
    heads: int = 0
    fault: str = ""


def prove(trust: Trust) -> Proof:
    """Every journal against itself, against its row and against every published head."""
    published = _read_heads(trust)
    count = events = 0
    for signature_id, reference, length, last, journal in journals.everything():
        fault = _broken(journal, length=length, last=last) or _contradiction(
            journal, published.hashes.pop(signature_id, {})
        )
        if fault:
            return Proof(
                count, events, published.heads, fault=f"dossier {reference}, signature {signature_id}\u00a0: {fault}"
            )
        count, events = count + 1, events + len(journal)
    return Proof(count, events, published.heads, len(published.hashes), published.fault or _taken_away(published))


def _broken(journal: list[dict[str, Any]], *, length: int, last: str | None) -> str:
    if broken := first_break(journal):
        return f"la chaîne est rompue à l’événement {broken[0]} ({broken[1]})."
    if len(journal) < length:
        return f"la chaîne est rompue à l’événement {len(journal) + 1}\u00a0: il a été supprimé."
    if len(journal) > length or (journal and journal[-1]["sha256"] != last):
        return f"la chaîne est rompue à l’événement {len(journal)}\u00a0: il n’est pas celui que le dossier connaît."
    return ""


def _contradiction(journal: list[dict[str, Any]], told: dict[int, tuple[str, date]]) -> str:
    """A journal rewritten whole holds together: what was published of it says that it is another."""
    for number, (digest, day) in sorted(told.items()):
        if number > len(journal) or journal[number - 1]["sha256"] != digest:
            return f"l’événement {number} n’est pas celui qui a été publié le {day.isoformat()}."
    return ""


def _taken_away(published: _Published) -> str:
    since = clock.today() - SHORTEST_KEEPING
    for signature_id in sorted(published.hashes):
        day = published.signed.get(signature_id)
        if day and day > since:
            return f"signature {signature_id}\u00a0: publiée le {day.isoformat()}, elle n’est plus dans la base."
    return ""


def _read_heads(trust: Trust) -> _Published:
    told, previous = _Published(), START
    for head, found in read_heads():
        fault, record = _head_fault(head, found, previous=previous, trust=trust)
        if fault:
            told.fault = f"tête de chaîne du {head.day.isoformat()}\u00a0: {fault}"
            return told
        for name, (number, digest, signed) in record["journals"].items():
            told.hashes.setdefault(int(name), {})[number] = (digest, head.day)
            if signed:
                told.signed[int(name)] = head.day
        previous, told.heads = head.sha256, told.heads + 1
    return told


def _head_fault(head: CharterHead, found: Any, *, previous: str, trust: Trust) -> tuple[str, dict[str, Any]]:
    if not isinstance(found, bytes):
        return "son fichier manque, ou il a été changé.", {}
    verdict = verify(found, trust=trust)
    if not verdict.ok:
        return verdict.reasons[0], {}
    record: dict[str, Any] = json.loads(verdict.evidence)
    if sha256(verdict.evidence).hexdigest() != head.sha256 or head.day.isoformat() != record["day"]:
        return "la base en connaît une autre.", {}
    if record["previous"] != previous or head.previous != previous:
        return "elle ne suit pas celle d’avant.", {}
    return "", record
