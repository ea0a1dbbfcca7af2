"""The countries of ISO 3166-1 and their French names, from the Unicode CLDR that Babel carries."""

from functools import cache

from babel import Locale

# Two-letter codes that CLDR names and ISO 3166-1 does not assign: exceptional reservations, user codes, groupings.
_NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"})


@cache
def country_names() -> dict[str, str]:
    """French names by two-letter code."""
    territories = Locale("fr").territories
    return {code: name for code, name in territories.items() if _is_assigned(code)}


def _is_assigned(code: str) -> bool:
    return len(code) == len("FR") and code.isalpha() and code not in _NOT_COUNTRIES
