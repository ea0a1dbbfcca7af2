"""The evidence enclosed in a sealed charter: what was observed, in order, and what was not.

A time that nobody observed is absent, never defaulted (SIG-5). Each event holds the hash of the one before, so that an
event changed or removed shows.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from portal.charter.seal import Json, canonical_json

SCHEMA = "fin-pret/preuve/1"
START = "0" * 64

NEVER_OBSERVED = (
    "document_read_to_end",
    "document_downloaded",
    "message_read",
    "ip_address",
    "user_agent",
)
"""What this version does not look at; a reader of the evidence is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What is known of one signature. None where nothing was observed."""

    reference: str
    version: int
    title: str
    presented_sha256: str
    source_sha256: str
    text_sha256: str
    legal_title: str
    adult_student: bool
    name_on_record: str
    name_typed: str | None
    consent: str
    consent_sha256: str | None
    language_shown: str | None
    code_channel: str | None
    code_masked: str | None
    code_hmac: str | None
    code_tries: int
    invited_at: datetime | None
    displayed_at: datetime | None
    code_asked_at: datetime | None
    code_drawn_at: datetime | None
    verified_at: datetime | None
    signed_at: datetime | None
    seal_certificate_sha256: str
    route: str = "online"
    attended: Mapping[str, Json] | None = None
    """Who of the school was present, and what they saw: at the desk or for a paper."""


MOMENTS = (
    ("invited", "invited_at"),
    ("document_displayed", "displayed_at"),
    ("code_asked", "code_asked_at"),
    ("code_drawn", "code_drawn_at"),
    ("code_verified", "verified_at"),
    ("signed", "signed_at"),
)
"""Type of each event, and the moment that tells of it."""


def moment(at: datetime) -> str:
    """An instant in UTC, to the millisecond: `2026-09-08T08:00:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _known(values: Mapping[str, Json]) -> dict[str, Json]:
    """Without what was not observed."""
    return {name: value for name, value in values.items() if value is not None}


def events(seen: Observed) -> list[dict[str, Json]]:
    """What was observed, in order of time, each linked to the one before by its hash."""
    found = [(at, kind) for kind, name in MOMENTS if (at := getattr(seen, name)) is not None]
    chain: list[dict[str, Json]] = []
    previous = START
    for number, (at, kind) in enumerate(sorted(found, key=lambda pair: pair[0]), start=1):
        event: dict[str, Json] = {"n": number, "at": moment(at), "type": kind, "prev_sha256": previous}
        previous = _hash(event)
        chain.append({**event, "sha256": previous})
    return chain


def _hash(event: Mapping[str, Json]) -> str:
    return sha256(canonical_json({name: value for name, value in event.items() if name != "sha256"})).hexdigest()


def not_observed(seen: Observed) -> list[str]:
    """What this evidence does not show."""
    missing = [kind for kind, name in MOMENTS if getattr(seen, name) is None]
    alone = ["second_channel"] if seen.route == "letter" else []
    return [*missing, *alone, *NEVER_OBSERVED]


def preuve(seen: Observed) -> bytes:
    """The file `preuve.json`, in canonical JSON."""
    record: dict[str, Json] = {
        "schema": SCHEMA,
        "charter": {
            "version": seen.version,
            "lang": "fr",
            "title": seen.title,
            "sha256_pdf_presented": seen.presented_sha256,
            "sha256_source": seen.source_sha256,
            "sha256_text": seen.text_sha256,
        },
        "loan": {"reference": seen.reference},
        "signer": _known(
            {
                "role": "adult_student" if seen.adult_student else "parent",
                "legal_title": seen.legal_title,
                "name_on_record": seen.name_on_record,
                "name_typed": seen.name_typed,
                "contact_source": "dossier scolaire de l’élève, tenu par le lycée",
            }
        ),
        "consent": _known(
            {
                "text": seen.consent,
                "text_sha256": seen.consent_sha256,
                "lang_displayed": seen.language_shown,
                "checkbox": True if seen.name_typed and seen.consent_sha256 else None,
            }
        ),
        "auth": [
            _known(
                {
                    "channel": seen.code_channel,
                    "masked": seen.code_masked,
                    "code_hmac": seen.code_hmac,
                    "drawn_at": moment(seen.code_drawn_at) if seen.code_drawn_at else None,
                    "verified_at": moment(seen.verified_at) if seen.verified_at else None,
                    "attempts": seen.code_tries if seen.code_drawn_at else None,
                }
            )
        ],
        "route": seen.route,
        "attended": dict(seen.attended or {}),
        "events": events(seen),
        "seal": {"cert_sha256": seen.seal_certificate_sha256, "level": "B-B", "time_source": "server only"},
        "not_observed": not_observed(seen),
    }
    return canonical_json(record)


def broken_link(evidence: bytes, *, presented_sha256: str) -> str | None:
    """The first thing in an evidence file that does not hold, as a French sentence; None when all does."""
    try:
        record = json.loads(evidence)
        return _first_fault(record, presented_sha256=presented_sha256)
    except (ValueError, LookupError, TypeError, AttributeError):
        return "La preuve enclose n’a pas la forme attendue."


def _first_fault(record: Mapping[str, Any], *, presented_sha256: str) -> str | None:
    if record["charter"]["sha256_pdf_presented"] != presented_sha256:
        return "Le fichier présenté n’est pas celui que la preuve décrit."
    consent = record["consent"]
    if sha256(consent["text"].encode()).hexdigest() != consent.get("text_sha256"):
        return "La phrase d’accord n’est pas celle qui a été acceptée."
    previous = START
    for number, event in enumerate(record["events"], start=1):
        if event["n"] != number or event["prev_sha256"] != previous or event["sha256"] != _hash(event):
            return f"La chaîne des événements est rompue au numéro {number} ({event['type']})."
        previous = event["sha256"]
    if "signed" not in [event["type"] for event in record["events"]]:
        return "La preuve ne contient pas la signature."
    return None
