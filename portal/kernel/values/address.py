"""Postal addresses in the six lines of NF Z10-011 (La Poste, Service national de l'adresse).

1 the person; 2 apartment, floor, staircase, « chez »; 3 building, entrance, residence; 4 number and street; 5 hamlet or
post office box; 6 postcode and town. At most 38 characters a line, no blank line; from line 4 on, capitals without
punctuation. A part that is too long runs over the free lines around it and no word is lost: when six lines are not
enough, `problems` says so before a label is made.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from portal.kernel.values.address_lines import capitals, placed, street_lines, text_lines, town_line
from portal.kernel.values.countries import country_names
from portal.kernel.values.folding import one_line, without_accents
from portal.kernel.words import later

NORM_WIDTH: Final = 38
COLISSIMO_WIDTH: Final = 35  # each line of Colissimo's shipping service (SLS)

ADDRESS_PARTS: Final = ("recipient", "line2", "line3", "street", "locality", "postcode", "city")
"""The parts of an address in France, in the order of its lines."""

_LINES_ABOVE_THE_TOWN = 5
_PARTS = ADDRESS_PARTS[:_LINES_ABOVE_THE_TOWN]
_FRENCH_POSTCODE = re.compile(r"[0-9]{5}")
_CEDEX = re.compile(r"\bCEDEX\b")
_LETTERS = frozenset({"Lu", "Ll", "Lo"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an address cannot be used as it is: the name of the field to correct and a French sentence."""

    field: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """An address as a person typed it; `line2` and `line3` are those of the norm, `country` is an ISO 3166-1 code.

    Overseas territories are `FR`: their postcode says the rest. Whether the town goes with the postcode is a question
    for `postcodes.check`, since the answer is never a refusal.
    """

    recipient: str
    line2: str = ""
    line3: str = ""
    street: str = ""
    locality: str = ""
    postcode: str
    city: str
    country: str = "FR"

    @property
    def is_cedex(self) -> bool:
        """Whether a mail office receives this mail, and not a home: no parcel is left there."""
        return bool(_CEDEX.search(capitals(self.city)))

    def lines(self, *, width: int = NORM_WIDTH) -> list[str]:
        """What to print, from the person to the town (and the country, abroad); `COLISSIMO_WIDTH` for Colissimo.

        Never more than six lines of `width` characters, plus the country, when `problems(width=…)` is empty.
        """
        return [line for line in self.rows(width=width) if line]

    def rows(self, *, width: int = NORM_WIDTH) -> list[str]:
        """The same lines, each at its rank in the norm, blanks included: the form that a carrier's fields want."""
        parts = self._wrapped(width)
        above = placed(parts, _LINES_ABOVE_THE_TOWN) or [line for part in parts for line in part]
        town = town_line(one_line(self.postcode), self.city, width)
        return [*above, town, *([] if self.country == "FR" else [self._country_line()])]

    def problems(self, *, width: int = NORM_WIDTH) -> list[Problem]:
        """All that stops a letter or a parcel, in the order of the form; empty when the address can be used."""
        return [*self._missing(), *self._unreadable(), *self._too_long(width)]

    def _wrapped(self, width: int) -> list[list[str]]:
        recipient, line2, line3 = (
            text_lines(one_line(text), width) for text in (self.recipient, self.line2, self.line3)
        )
        return [recipient, line2, line3, street_lines(self.street, width), street_lines(self.locality, width)]

    def _country_line(self) -> str:
        return capitals(country_names().get(self.country, self.country))

    def _missing(self) -> Iterator[Problem]:
        if not one_line(self.recipient):
            yield Problem("recipient", later("Indiquez le prénom et le nom du destinataire."))
        if not (capitals(self.street) or capitals(self.locality) or self.is_cedex):
            yield Problem("street", later("Indiquez le numéro et le nom de la rue, ou le lieu-dit."))
        if self.country == "FR" and not _FRENCH_POSTCODE.fullmatch(one_line(self.postcode)):
            yield Problem("postcode", later("Le code postal compte cinq chiffres, par exemple 54000."))
        if not capitals(self.city):
            yield Problem("city", later("Indiquez la commune."))
        if self.country not in country_names():
            yield Problem("country", later("Choisissez un pays dans la liste."))

    def _unreadable(self) -> Iterator[Problem]:
        for field in (*_PARTS, "city"):
            if not _is_latin(getattr(self, field)):
                yield Problem(
                    field, later("Écrivez cette ligne en lettres latines, pour que le facteur puisse la lire.")
                )

    def _too_long(self, width: int) -> Iterator[Problem]:
        parts = dict(zip(_PARTS, self._wrapped(width), strict=True))
        for field in _PARTS:
            if any(len(word) > width for word in getattr(self, field).split()):
                yield Problem(field, later("Un mot dépasse %(width)d caractères. Raccourcissez-le.", width=width))
        if placed(list(parts.values()), _LINES_ABOVE_THE_TOWN) is None:
            longest = max(_PARTS, key=lambda field: len(parts[field]))
            yield Problem(longest, later("L’adresse ne tient pas sur six lignes. Raccourcissez cette partie."))
        if len(town_line(one_line(self.postcode), self.city, width)) > width:
            yield Problem(
                "city", later("La commune dépasse la ligne de %(width)d caractères. Raccourcissez-la.", width=width)
            )


def _is_latin(text: str) -> bool:
    if text.isascii():
        return True
    letters = (sign for sign in without_accents(text) if unicodedata.category(sign) in _LETTERS)
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
