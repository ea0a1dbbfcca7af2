"""Where a parcel passes a customs office although it stays in France: between territories, never inside one.

A customs declaration (form CN23), made electronically, is mandatory for every parcel of goods to or from an overseas
territory; without it, the parcel comes back (La Poste, aide.laposte.fr). Inside one territory there is none; the
islands of the West Indies that share their post count as one.
"""

from typing import Final

from portal.kernel.values.territories import territory

NAMES: Final = {
    "FR": "France métropolitaine",
    "MC": "Monaco",
    "GP": "Guadeloupe",
    "MQ": "Martinique",
    "GF": "Guyane",
    "RE": "La Réunion",
    "YT": "Mayotte",
    "PM": "Saint-Pierre-et-Miquelon",
    "BL": "Saint-Barthélemy",
    "MF": "Saint-Martin",
    "TF": "Terres australes",
    "WF": "Wallis-et-Futuna",
    "PF": "Polynésie française",
    "NC": "Nouvelle-Calédonie",
}
_AS_ONE: Final = {"MC": "FR", "MQ": "GP", "BL": "GP", "MF": "GP"}

COPIES: Final = 4
"""Printed copies of a CN23: three on the parcel, one kept."""

HIGH_VALUE_CENTS: Final = 100_000
"""Above 1,000 euros customs also want an EORI number and a full declaration (DAU)."""


def passes_customs(sender_postcode: str, recipient_postcode: str) -> bool:
    """Whether a parcel between these two postcodes needs a declaration."""
    return _group(sender_postcode) != _group(recipient_postcode)


def place(postcode: str) -> str:
    """The territory of a postcode, in words."""
    return NAMES.get(territory(postcode), NAMES["FR"])


def _group(postcode: str) -> str:
    code = territory(postcode)
    return _AS_ONE.get(code, code)
