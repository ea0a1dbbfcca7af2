"""Reading an answer of Colissimo's shipping service: JSON alone, or JSON and a label in several parts.

Success and refusal look alike from outside: HTTP 200 may hold an error, and a gateway may answer in HTML.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from portal.shipping.carriers import multipart
from portal.shipping.carriers.base import Bordereau, Refused
from portal.shipping.carriers.refusals import refusal

_STARTS: Final = (b"%PDF-", b"^XA", b"\x10CT~~CD,", b"CT~~CD,")
_ANSWERS: Final = ("labelV2Response", "labelV31Response", "labelResponse")
LONGEST_NUMBER: Final = 15


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer holds, once it is known to be one."""

    messages: tuple[dict[str, Any], ...]
    number: str
    routing: str
    label: bytes | None
    bordereau: Bordereau | None = None

    def refusal(self) -> Refused | None:
        """The first message that says no; None when the service says that all is well, or nothing clear."""
        for message in self.messages:
            code = str(message.get("id", ""))
            if message.get("type") == "ERROR" and code not in {"", "0"}:
                return refusal(code, field=_field(message))
        return None


def read(content_type: str, body: bytes) -> Said | None:
    """None when this is no answer of the service (an HTML page, a body cut in its JSON)."""
    parts = multipart.split(content_type, body)
    told = _json(parts.by_name.get("jsonInfos", b"") if parts.by_name else body)
    if told is None:
        return None
    found: dict[str, Any] = next((told[name] for name in _ANSWERS if isinstance(told.get(name), dict)), {})
    messages = told.get("messages")
    return Said(
        messages=tuple(one for one in messages if isinstance(one, dict)) if isinstance(messages, list) else (),
        number=_number(found.get("parcelNumber")),
        routing=str(found.get("parcelNumberPartner") or "")[:40],
        label=_document(parts.by_name.get("label", b"")),
        bordereau=_bordereau(told, parts.by_name.get("deliveryPaper", b"")),
    )


def _number(value: object) -> str:
    """As received, kept even if its key seems wrong: the service is the one that draws numbers."""
    text = value.strip().upper() if isinstance(value, str) else ""
    return text if text.isalnum() and len(text) <= LONGEST_NUMBER else ""


def _document(content: bytes) -> bytes | None:
    return content if content.startswith(_STARTS) else None


def _bordereau(told: dict[str, Any], content: bytes) -> Bordereau | None:
    """REST nests the header directly; other calls wrap it once more."""
    header = told.get("bordereauHeader")
    number = header.get("bordereauNumber") if isinstance(header, dict) else None
    if number is None or not content.startswith(b"%PDF-"):
        return None
    return Bordereau(str(number)[:40], content)


def _json(content: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(content)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _field(message: dict[str, Any]) -> str:
    values = message.get("replacementValues")
    first = values[0] if isinstance(values, list) and values and isinstance(values[0], dict) else {}
    return str(first.get("field") or first.get("key") or "")
