"""Compare what people write: accents, case, ligatures and punctuation do not count."""

import re
import unicodedata
from functools import lru_cache

_LIGATURES = str.maketrans({"Œ": "OE", "Æ": "AE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH"})
_NOT_A_WORD = re.compile(r"[\W_]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def without_accents(text: str) -> str:
    """Capitals without accents: « Œuvre à Łódź » gives « OEUVRE A LODZ ». Other alphabets are left as they are."""
    if text.isascii():  # most lines of most addresses: a list of two hundred checks twelve hundred of them
        return text.upper()
    decomposed = unicodedata.normalize("NFKD", text.upper().translate(_LIGATURES))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


@lru_cache(maxsize=4_096)  # the same given names and classes come back all along a list
def fold(text: str) -> str:
    """The words of a text, in capitals, without accents, separated by one space."""
    return _NOT_A_WORD.sub(" ", without_accents(text)).strip()


def one_line(text: str) -> str:
    """The text on one line, without the spaces, tabs, line ends and controls that forms and spreadsheets leave behind."""
    return " ".join((text if text.isprintable() else _CONTROLS.sub(" ", text)).split())
