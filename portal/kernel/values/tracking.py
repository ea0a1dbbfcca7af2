"""Tracking numbers of La Poste and of the posts of the world.

Two keys are known. UPU S10 (*S10, Identification of postal items*): weights 8 6 4 2 3 5 9 7, modulo 11. La Poste's
national numbers (Colissimo, lettre suivie): weights 3 and 1 from the right over ten digits, modulo 10; the two
characters of the product stay outside the key. Other numbers that the Suivi service takes (11 to 15 letters and digits)
have no key that we could confirm.

A wrong format is not a tracking number. A wrong key is a doubt and no refusal: La Poste's own documentation and sandbox
hold such numbers. The caller asks for a second entry.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from portal.kernel.values.countries import country_names

_SEPARATORS = re.compile(r"[\s\-.]+")
_S10 = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
_NATIONAL = re.compile(r"[0-9][A-Z][0-9]{11}")
# Any other number has a digit; what begins like one of the two above must be whole.
_OTHER = re.compile(r"(?![A-Z]{2}[0-9]|[0-9][A-Z])(?=[A-Z]*[0-9])[A-Z0-9]{11,15}")
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


class TrackingKind(StrEnum):
    """Which numbering a tracking number follows."""

    S10 = "s10"
    NATIONAL = "national"
    OTHER = "other"


_GROUPS = {TrackingKind.S10: (2, 3, 3, 3, 2), TrackingKind.NATIONAL: (2, 5, 5, 1), TrackingKind.OTHER: (5, 5, 5)}


@dataclass(frozen=True, slots=True)
class TrackingNumber:
    """A tracking number in capitals without spaces; `key_ok` is None where no key is known."""

    number: str
    kind: TrackingKind
    key_ok: bool | None

    def __str__(self) -> str:
        return self.number

    def display(self) -> str:
        """In groups that a person can compare with a label: `6A 15984 04033 1`, `RB 123 456 785 GB`."""
        groups, start = [], 0
        for length in _GROUPS[self.kind]:
            groups.append(self.number[start : start + length])
            start += length
        return " ".join(filter(None, groups))


def read_tracking_number(text: str) -> TrackingNumber | None:
    """The tracking number that was scanned or typed, or None when the format is of no post we know."""
    number = _SEPARATORS.sub("", text).upper()
    if _S10.fullmatch(number):
        known = number[-2:] in country_names()
        return TrackingNumber(number, TrackingKind.S10, _s10_key(number[2:10]) == number[10]) if known else None
    if _NATIONAL.fullmatch(number):
        return TrackingNumber(number, TrackingKind.NATIONAL, _national_key(number[2:12]) == number[12])
    return TrackingNumber(number, TrackingKind.OTHER, key_ok=None) if _OTHER.fullmatch(number) else None


def _s10_key(serial: str) -> str:
    remainder = 11 - sum(weight * int(digit) for weight, digit in zip(_S10_WEIGHTS, serial, strict=True)) % 11
    return {10: "0", 11: "5"}.get(remainder, str(remainder))


def _national_key(serial: str) -> str:
    total = 3 * sum(map(int, serial[-1::-2])) + sum(map(int, serial[-2::-2]))
    return str(-total % 10)
