"""The evidence enclosed in a sealed charter: what was observed, in order, and what was not.

A time that nobody observed is absent, never defaulted (SIG-5). Each event holds the hash of the one before, so that an
event changed or removed shows.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from portal.charter.chain import START, first_break, link
from portal.charter.seal import Json, canonical_json

SCHEMA = "fin-pret/preuve/2"

LATER = (
    "Au moment où ce dossier est joint, l’heure est celle du serveur et le cachet est au moins de niveau B-B. "
    "Un horodatage ajouté ensuite se lit dans le cachet lui-même\u00a0: le niveau est alors B-T, puis B-LTA pour l’archive."
)
"""What a file can say of the seal that will cover it: what is true when it is enclosed, and where to read the rest."""

NEVER_OBSERVED = (
    "link_opened",
    "document_read_to_end",
    "document_downloaded",
    "message_read",
    "ip_address",
    "user_agent",
    "provider_message_id",
    "device_asset_tag",
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
    signer_ref: str = ""
    version_id: int = 0
    device_model: str = ""
    contact_source: str | None = None
    code_accepted_at: datetime | None = None
    journal: tuple[Mapping[str, Any], ...] = ()
    """The events written down when they happened; empty for a signature begun before there was a journal."""
    route: str = "online"
    attended: Mapping[str, Json] | None = None
    """Who of the school was present, and what they saw: at the desk or for a paper."""


MOMENTS = (
    ("invited", "invited_at"),
    ("document_displayed", "displayed_at"),
    ("code_asked", "code_asked_at"),
    ("code_drawn", "code_drawn_at"),
    ("code_accepted_by_relay", "code_accepted_at"),
    ("code_verified", "verified_at"),
    ("signed", "signed_at"),
)
"""Type of each event, and the moment that tells of it."""


def _known(values: Mapping[str, Json]) -> dict[str, Json]:
    """Without what was not observed."""
    return {name: value for name, value in values.items() if value is not None}


def events(seen: Observed) -> list[dict[str, Json]]:
    """What was observed, in order of time, each linked to the one before by its hash."""
    if seen.journal:
        return [dict(event) for event in seen.journal]
    found = [(at, kind) for kind, name in MOMENTS if (at := getattr(seen, name)) is not None]
    linked: list[dict[str, Json]] = []
    previous = START
    for number, (at, kind) in enumerate(sorted(found, key=lambda pair: pair[0]), start=1):
        linked.append(link(number=number, at=at, kind=kind, previous=previous))
        previous = str(linked[-1]["sha256"])
    return linked


def not_observed(seen: Observed) -> list[str]:
    """What this evidence does not show."""
    observed = {event["type"] for event in events(seen)}
    alone = ["second_channel"] if seen.route == "letter" else []
    return [*(kind for kind, _ in MOMENTS if kind not in observed), *alone, *NEVER_OBSERVED]


def _auth(seen: Observed, times: Mapping[str, Json]) -> list[Json]:
    """The code by which somebody was recognised; nothing of those whom an agent saw sign."""
    code = _known(
        {
            "channel": seen.code_channel,
            "masked": seen.code_masked,
            "code_hmac": seen.code_hmac,
            "drawn_at": times.get("code_drawn"),
            "sent_at": times.get("code_accepted_by_relay"),
            "verified_at": times.get("code_verified"),
            "attempts": seen.code_tries if "code_drawn" in times else None,
        }
    )
    return [code] if code else []


def preuve(seen: Observed) -> bytes:
    """The file `preuve.json`, in canonical JSON. Every time in it is that of an event, or it is not there.

    `seal` tells of the moment at which this file is enclosed, before any authority was asked, and says so.
    """
    observed = events(seen)
    times = {str(event["type"]): event["at"] for event in observed}
    record: dict[str, Json] = {
        "schema": SCHEMA,
        "charter": {
            "id": seen.version_id,
            "version": seen.version,
            "lang": "fr",
            "title": seen.title,
            "sha256_pdf_presented": seen.presented_sha256,
            "sha256_source": seen.source_sha256,
            "sha256_text": seen.text_sha256,
        },
        "loan": _known({"reference": seen.reference, "device_model": seen.device_model or None}),
        "signer": _known(
            {
                "ref": seen.signer_ref or None,
                "role": "adult_student" if seen.adult_student else "parent",
                "legal_title": seen.legal_title,
                "name_on_record": seen.name_on_record,
                "name_typed": seen.name_typed,
                "contact_source": seen.contact_source,
            }
        ),
        "consent": _known(
            {
                "text": seen.consent,
                "text_sha256": seen.consent_sha256,
                "lang_displayed": seen.language_shown,
                "checkbox": True if seen.name_typed and "signed" in times and seen.consent_sha256 else None,
            }
        ),
        "auth": _auth(seen, times),
        "route": seen.route,
        "attended": dict(seen.attended or {}),
        "events": observed,
        "seal": {
            "cert_sha256": seen.seal_certificate_sha256,
            "level_at_least": "B-B",
            "time_source_when_enclosed": "server only",
            "later": LATER,
        },
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
    if broken := first_break(record["events"]):
        return f"La chaîne des événements est rompue au numéro {broken[0]} ({broken[1]})."
    if "signed" not in [event["type"] for event in record["events"]]:
        return "La preuve ne contient pas la signature."
    return None
