"""Telephone numbers as families write them: `06.39.98.00.12 (mère)`, `+33 (0)6 39…`, `0692…` in La Réunion.

The numbering plans are those of the library phonenumbers (ITU-T E.164). A *possible* number is enough: the numbers that
Arcep keeps for fiction (06 39 98 00 00 to 06 39 98 99 99), which our demonstration uses, are not *valid*.
"""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from portal.kernel.errors import DomainError
from portal.kernel.values.territories import territory
from portal.kernel.words import later

_REMARK = re.compile(r"\([^()\d]*\)|[^\W\d_]+")  # words, in brackets or not
_SEVERAL = re.compile(r"[;,|\n]|\s/\s|\bou\b|\bet\b", re.IGNORECASE)
_FRENCH_MOBILE = re.compile(r"\+(?:33|262|590|594|596)[67]")
_FRENCH_LENGTH = 10
_DIALLED_WITH_A_ZERO = frozenset({33, 262, 590, 594, 596})  # mainland, La Réunion and Mayotte, Antilles, Guyane
_MOBILE_TYPES = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


class UnreadablePhone(DomainError):
    """What was typed is not one telephone number; the message says why."""

    message = later("Nous ne reconnaissons pas ce numéro. Écrivez par exemple 06 39 98 00 12.")


def parse_phone(text: str, postcode: str | None = None) -> str:
    """The number in E.164, `+33639980012`; raises `UnreadablePhone`.

    `postcode` tells where a number without `+` is dialled from: 0692… exists in La Réunion, not in mainland France.
    """
    parts = (_REMARK.sub(" ", part).strip(" .:-/") for part in _SEVERAL.split(text))
    numbers = [part for part in parts if part]
    if not numbers:
        raise UnreadablePhone(later("Indiquez un numéro de téléphone, par exemple 06 39 98 00 12."))
    if len(numbers) > 1:
        raise UnreadablePhone(later("Indiquez un seul numéro de téléphone."))
    return phonenumbers.format_number(_read(numbers[0], territory(postcode or "")), PhoneNumberFormat.E164)


def display_phone(number: str) -> str:
    """An E.164 number as one dials it in France: `06 39 98 00 12`; with its country code when it is foreign."""
    parsed = phonenumbers.parse(number)
    at_home = parsed.country_code in _DIALLED_WITH_A_ZERO
    return phonenumbers.format_number(
        parsed, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    )


def mask_phone(number: str) -> str:
    """Enough for its owner to know it, too little to dial it: `06 •• •• •• 12`."""
    shown = display_phone(number)
    places = [place for place, sign in enumerate(shown) if sign.isdigit()]
    hidden = frozenset(places[2:-2])
    return "".join("•" if place in hidden else sign for place, sign in enumerate(shown))


def is_mobile(number: str) -> bool:
    """Whether an E.164 number can receive a text message, as far as its numbering plan tells."""
    return bool(_FRENCH_MOBILE.match(number)) or phonenumbers.number_type(phonenumbers.parse(number)) in _MOBILE_TYPES


def _read(text: str, home: str) -> PhoneNumber:
    """The first valid reading, at home then in mainland France; failing that, the first possible one."""
    readings = [number for region in dict.fromkeys((home, "FR")) if (number := _parsed(text, region))]
    for number in readings:
        if phonenumbers.is_valid_number(number):
            return number
    for number in readings:
        if phonenumbers.is_possible_number(number):
            return number
    raise UnreadablePhone(_advice(text))


def _parsed(text: str, region: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    a_digit_is_missing = number.italian_leading_zero and number.country_code in _DIALLED_WITH_A_ZERO
    return None if a_digit_is_missing else number


def _advice(text: str) -> str:
    length = sum(sign.isdigit() for sign in text)
    if text.startswith(("+", "00")) or length == _FRENCH_LENGTH:
        return UnreadablePhone.message
    return later("Un numéro français compte dix chiffres\u00a0: vous en avez écrit %(length)d.", length=length)
