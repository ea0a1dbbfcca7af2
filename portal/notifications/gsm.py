"""The alphabet of SMS: 160 characters in the GSM 7-bit alphabet (3GPP TS 23.038, 6.2.1), 70 as soon as one is not in it."""

import unicodedata
from typing import Final

LONGEST: Final = 160
LOST: Final = "¿"
"""Stands for a character that SMS cannot write; French uses it nowhere else."""

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("^{}\\[~]|€")
_READ_AS: Final = str.maketrans(
    {"’": "'", "‘": "'", "«": '"', "»": '"', "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "œ": "oe", "Œ": "OE"}
)


def fold(text: str) -> str:
    """The text in the alphabet of SMS: « prêt » becomes "pret", « é » stays. Line breaks become spaces."""
    plain = " ".join(text.split()).translate(_READ_AS)
    return "".join(_folded(character) for character in plain)


def _folded(character: str) -> str:
    if character in _BASIC or character in _EXTENDED:
        return character
    bare = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    return "".join(part if part in _BASIC else LOST for part in bare)


def length(text: str) -> int:
    """Units of 7 bits; characters of the extension table count for two. `text` is folded."""
    return sum(2 if character in _EXTENDED else 1 for character in text)


def fits(text: str) -> bool:
    """Whether a folded text is one SMS, with nothing lost in folding."""
    return length(text) <= LONGEST and LOST not in text
