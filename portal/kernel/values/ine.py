"""The INE, which names a student in France. Only its shape is checked: no published rule gives its last letter.

Shapes: INE-RNIE since 2018 (nine digits, two letters), INE-BEA before (ten digits, one letter), apprentices (four
digits, A, five digits, one letter). The CNED gives seven digits and one letter while it waits for the real one.
"""

import re

_SEPARATORS = re.compile(r"[\s\-.]+")
_SHAPE = re.compile(r"[0-9]{9}[A-Z]{2}|[0-9]{10}[A-Z]|[0-9]{4}A[0-9]{5}[A-Z]")
_STAND_IN = re.compile(r"[0-9]{7}[A-Z]")


def tidy_ine(text: str) -> str:
    """What was typed in capitals, without spaces, hyphens or dots."""
    return _SEPARATORS.sub("", text).upper()


def looks_like_ine(ine: str) -> bool:
    """Whether a tidy INE has one of the three national shapes."""
    return _SHAPE.fullmatch(ine) is not None


def is_stand_in(ine: str) -> bool:
    """Whether a tidy INE is what the CNED writes while a student has none."""
    return _STAND_IN.fullmatch(ine) is not None
