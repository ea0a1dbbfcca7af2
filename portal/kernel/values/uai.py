"""The UAI, which names a lycée: seven digits and the letter that checks them.

Rule: the letter of rank (number modulo 23) in the alphabet without I, O, Q. It was checked on the 5,175 French codes of
the directory (reference/school-data.md, 2.1) and it sees every wrong digit and every swap of neighbours. French lycées
abroad use other codes.
"""

import re

from portal.kernel.errors import DomainError
from portal.kernel.words import later

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_SHAPE = re.compile(r"[0-9]{7}[A-Z]")
_SEPARATORS = re.compile(r"[\s\-.]+")
_NOT_A_SCHOOL = "0000000A"  # « candidat libre »: the letter is right, the lycée does not exist

# The first three digits are the department, except where the Éducation nationale numbers otherwise than INSEE.
_OWN_PREFIXES = {
    "620": "2A",
    "720": "2B",
    "983": "988",  # Nouvelle-Calédonie
    "984": "987",  # Polynésie française
    "987": "986",  # Wallis-et-Futuna
}
_METROPOLITAN = re.compile(r"0(?:0[1-9]|1[0-9]|2[1-9]|[3-8][0-9]|9[0-5])")
_OVERSEAS = re.compile(r"97[1-8]")


class UnreadableUai(DomainError):
    """What was typed is not the code of a French lycée; the message says why."""

    message = later("Un code UAI compte sept chiffres puis une lettre, par exemple 0540001H.")


def parse_uai(text: str) -> str:
    """The UAI in its normal form, `0540001H`; raises `UnreadableUai`. Case, spaces, hyphens and dots are free."""
    uai = _SEPARATORS.sub("", text).upper()
    if not _SHAPE.fullmatch(uai) or uai == _NOT_A_SCHOOL:
        raise UnreadableUai
    expected = check_letter(uai[:7])
    if uai[7] != expected:
        raise UnreadableUai(
            later(
                "Après %(digits)s, la lettre devrait être %(letter)s. Vérifiez les chiffres et la lettre.",
                digits=uai[:7],
                letter=expected,
            )
        )
    return uai


def check_letter(digits: str) -> str:
    """The letter that goes with seven digits."""
    return _LETTERS[int(digits) % len(_LETTERS)]


def department_code(uai: str) -> str | None:
    """The INSEE code of the department or territory (`54`, `2A`, `974`), or None outside France (Monaco is 138)."""
    prefix = uai[:3]
    if prefix in _OWN_PREFIXES:
        return _OWN_PREFIXES[prefix]
    if _METROPOLITAN.fullmatch(prefix):
        return prefix[1:]
    return prefix if _OVERSEAS.fullmatch(prefix) else None
