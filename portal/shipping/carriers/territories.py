"""Where a French postcode is, as carriers see it: which product goes there, which country code is written."""

from typing import Final

_COUNTRIES: Final = {
    "97133": "BL", "97150": "MF", "971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT",
    "980": "MC", "986": "WF", "987": "PF", "988": "NC",
}  # fmt: skip
_MAINLAND: Final = frozenset({"FR", "MC"})
_ANTILLES: Final = frozenset({"GP", "MQ", "MF", "BL"})
"""Colissimo counts these as one territory (capabilities of its own WooCommerce module)."""


def country_of(postcode: str) -> str:
    """The ISO 3166-1 code that Colissimo wants beside a French postcode."""
    return _COUNTRIES.get(postcode) or _COUNTRIES.get(postcode[:3], "FR")


def product(sender: str, recipient: str, *, signature: bool) -> str | None:
    """The product between two postcodes; None where customs stand between: such a parcel goes to the counter."""
    here, there = country_of(sender), country_of(recipient)
    if {here, there} <= _MAINLAND:
        return "DOS" if signature else "DOM"
    if here == there or {here, there} <= _ANTILLES:
        return "COL" if signature else "COLD"
    return None
