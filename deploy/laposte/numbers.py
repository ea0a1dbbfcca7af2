"""Parcel numbers and routing codes, with the keys that La Poste's have."""

import time
from itertools import count

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SERIAL = 10**10
# A new range at each start, so that no number comes twice from a server that has forgotten the first ones.
_serials = count(int(time.time()) * 100 % _SERIAL)


def new_number(prefix: str = "6A") -> str:
    """The next national number: a prefix, ten digits, a key."""
    digits = f"{next(_serials) % _SERIAL:010d}"
    return f"{prefix}{digits}{national_key(digits)}"


def national_key(digits: str) -> str:
    """Weights 3 and 1 from the right, modulo 10, over the digits alone."""
    total = 3 * sum(map(int, digits[-1::-2])) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)


def s10_key(digits: str) -> str:
    """UPU S10: weights 8 6 4 2 3 5 9 7, modulo 11."""
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(digits, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    return {10: "0", 11: "5"}.get(rest, str(rest))


def looks_right(number: str) -> bool:
    """Whether a number has a known form and its key."""
    if len(number) != 13:  # noqa: PLR2004 (both forms have thirteen signs)
        return False
    if number[0].isdigit() and number[1].isalpha() and number[2:].isdigit():
        return national_key(number[2:12]) == number[12]
    if number[:2].isalpha() and number[2:11].isdigit() and number[11:].isalpha():
        return s10_key(number[2:10]) == number[10]
    return False


def routing(number: str, postcode: str) -> str:
    """Twenty-eight signs: postcode, parcel, service, country, and their check character (ISO 7064, mod 37,36)."""
    body = f"00{postcode:0>5}11{number[:12]}801250"
    return body + _mod_37_36(body)


def _mod_37_36(text: str) -> str:
    check = 36
    for sign in text:
        check = (check + _ALPHABET.index(sign)) % 36 or 36
        check = check * 2 % 37
    return _ALPHABET[(37 - check) % 36]
