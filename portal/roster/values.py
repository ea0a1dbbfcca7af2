"""A record of a file, and a row of the school, written the same way: plain JSON values, field by field.

What is compared, shown, kept as history and put back by an undo is always one of these.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from portal.kernel.values.address import ADDRESS_PARTS, PostalAddress
from portal.kernel.words import later
from portal.roster.reading.records import GuardianRecord, LinkRecord, StudentRecord

UNASSIGNED: Final = "Sans classe"
"""What the lists show of a student whose file names no class yet."""

DATES: Final = frozenset({"birth_date", "left_on", "ends_on", "absent_since"})
SIGNS_OF_A_POSTCODE: Final = 5

LIMITS: Final = {
    "source_id": 40,
    "family_name": 80,
    "given_name": 80,
    "usage_name": 80,
    "ine": 20,
    "class_name": 30,
    "level": 40,
    "email": 254,
    "mobile": 20,
    "name": 120,
    "kinship": 40,
    "city": 80,
    **dict.fromkeys(("recipient", "line2", "line3", "street", "locality"), 120),
}
"""How many signs each field may have."""

LABELS: Final = {
    "family_name": later("nom de famille"),
    "given_name": later("prénom"),
    "usage_name": later("nom d’usage"),
    "birth_date": later("date de naissance"),
    "ine": later("INE"),
    "class_name": later("classe"),
    "level": later("niveau"),
    "email": later("adresse électronique"),
    "mobile": later("téléphone"),
    "left_on": later("date de sortie"),
    "name": later("nom"),
    "address": later("adresse postale"),
    "abroad": later("adresse à l’étranger"),
    "kinship": later("lien de parenté"),
    "may_sign": later("droit de signer"),
    "ends_on": later("fin du lien"),
    "absent_since": later("absent depuis"),
    "source_id": later("numéro dans le fichier"),
    "source": later("sorte de fichier"),
}
"""What a person reads for a field."""

HIDDEN: Final = frozenset({"absent_import"})
"""Fields of the history that no list shows."""


def of_student(record: StudentRecord) -> dict[str, Any]:
    """The values of a student of the file."""
    return {
        "family_name": record.family_name,
        "given_name": record.given_name,
        "usage_name": record.usage_name,
        "birth_date": record.birth_date.isoformat(),
        "ine": record.ine,
        "class_name": record.class_name or UNASSIGNED,
        "level": record.level,
        "email": record.email,
        "mobile": record.mobile,
        "left_on": record.left_on.isoformat() if record.left_on else None,
    }


def of_guardian(record: GuardianRecord) -> dict[str, Any]:
    """The values of a guardian of the file."""
    return {
        "name": record.name,
        "email": record.email,
        "mobile": record.mobile,
        "address": parts_of(record.address),
        "abroad": record.abroad,
    }


def of_link(record: LinkRecord) -> dict[str, Any]:
    """The values of a link of the file: one that is there has no end."""
    return {"kinship": record.kinship, "may_sign": record.may_sign, "ends_on": None}


def parts_of(address: PostalAddress | None) -> dict[str, str] | None:
    """The filled parts of an address. A postcode of another country goes with its town: no parcel is sent there."""
    if address is None:
        return None
    parts = {name: getattr(address, name) for name in ADDRESS_PARTS if getattr(address, name)}
    postcode = parts.get("postcode", "")
    if len(postcode) > SIGNS_OF_A_POSTCODE:
        parts["city"] = f"{parts.pop('postcode')} {parts.get('city', '')}".strip()
    return parts or None


def of_row(row: Mapping[Any, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """The values of a row of the school, by the same names."""
    return {name: _plain(row, name) for name in fields}


def _plain(row: Mapping[Any, Any], name: str) -> Any:
    if name == "address":
        return {part: row[part] for part in ADDRESS_PARTS if row[part]} or None
    value = row[name]
    return value.isoformat() if isinstance(value, date) else value


def columns(given: Mapping[str, Any]) -> dict[str, Any]:
    """The same values as the columns that hold them."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name == "address":
            found |= {part: (value or {}).get(part) for part in ADDRESS_PARTS}
        else:
            found[name] = read(name, value)
    return found


def read(name: str, value: Any) -> Any:
    """One value as its column wants it."""
    if name in DATES and value is not None:
        return date.fromisoformat(value)
    return value


def too_long(given: Mapping[str, Any], source_id: str) -> str | None:
    """The first field that no column could hold."""
    for name, value in (*given.items(), *(given.get("address") or {}).items(), ("source_id", source_id)):
        if type(value) is str and (len(value) > LIMITS.get(name, len(value)) or "\x00" in value):
            return str(name)
    return None
