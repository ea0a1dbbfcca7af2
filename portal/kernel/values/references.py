"""References that a person reads over the phone, codes that a scanner reads, ids that nobody can guess.

Symbols are Douglas Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O or U, and what is read as one
of the first three is understood. The check character is ours. Crockford's needs five more symbols, which no one can
dictate, so we use Damm's scheme (H. M. Damm, *Total anti-symmetrische Quasigruppen*, Marburg, 2004) over the field of 32
elements. It finds every wrong character and every swap of two neighbours. Tests prove both, exhaustively.
"""

import re
import secrets
import unicodedata
from collections.abc import Sequence
from typing import Protocol

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_READ_AS = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—_.·]+")  # people copy every kind of hyphen
_FIELD_POLYNOMIAL = 0b100101  # x⁵ + x² + 1, primitive over GF(2)

_REFERENCE_PREFIX = "FP"
_REFERENCE_LENGTH = 8
_CODE_LENGTH = 12


class Chooser(Protocol):
    """Where chance comes from: the `secrets` module, or a seeded `random.Random` for the demonstration."""

    def choice(self, seq: Sequence[str], /) -> str:
        """One element of `seq`."""
        ...


def new_reference(rng: Chooser = secrets) -> str:
    """A reference to say aloud, such as `FP-7K3M-2Q9T`: seven random characters (35 bits), then the check character.

    Two of them may be equal: the column that keeps them is unique, and the caller draws again.
    """
    body = _checked(_draw(_REFERENCE_LENGTH - 1, rng))
    return f"{_REFERENCE_PREFIX}-{body[:4]}-{body[4:]}"


def parse_reference(text: str) -> str | None:
    """The reference that a person meant, in its normal form, or None when it cannot be one of ours.

    Case, spaces, hyphens and the prefix are free; O reads as 0, I and L as 1.
    """
    symbols = _symbols(text)
    if len(symbols) == len(_REFERENCE_PREFIX) + _REFERENCE_LENGTH:
        symbols = symbols.removeprefix(_REFERENCE_PREFIX)
    if len(symbols) != _REFERENCE_LENGTH or not _is_sound(symbols):
        return None
    return f"{_REFERENCE_PREFIX}-{symbols[:4]}-{symbols[4:]}"


def new_opaque_code(prefix: str, rng: Chooser = secrets) -> str:
    """A code for a bar code: one letter for the kind of thing, ten random characters (50 bits), the check character.

    The letter is under the check too. It says nothing of the person or the parcel. `P` marks a parcel.
    """
    if len(prefix) != 1 or prefix not in ALPHABET:
        message = f"A prefix is one symbol of {ALPHABET}, not {prefix!r}"
        raise ValueError(message)
    return _checked(prefix + _draw(_CODE_LENGTH - 2, rng))


def parse_opaque_code(text: str, prefix: str | None = None) -> str | None:
    """The code that was scanned or typed, or None; with `prefix`, only a code of that kind."""
    symbols = _symbols(text)
    if len(symbols) != _CODE_LENGTH or not symbols.startswith(prefix or "") or not _is_sound(symbols):
        return None
    return symbols


def new_public_id() -> str:
    """An id for an address bar: 128 bits from the system, in 22 characters that need no escaping."""
    return secrets.token_urlsafe(16)


def _draw(length: int, rng: Chooser) -> str:
    return "".join(rng.choice(ALPHABET) for _ in range(length))


def _symbols(text: str) -> str:
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_READ_AS)


def _checked(symbols: str) -> str:
    return symbols + ALPHABET[_damm(symbols)]


def _is_sound(symbols: str) -> bool:
    return all(symbol in _VALUES for symbol in symbols) and _damm(symbols) == 0


def _damm(symbols: str) -> int:
    """The interim digit after `symbols`: the check character to append, and 0 once it has been appended."""
    interim = 0
    for symbol in symbols:
        interim = (interim ^ _VALUES[symbol]) << 1
        if interim > len(_VALUES) - 1:
            interim ^= _FIELD_POLYNOMIAL
    return interim
