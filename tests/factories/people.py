"""Invented names, addresses and telephones, as varied as a school's file: accents, hyphens, apostrophes, one-letter names."""

import unicodedata

from tests.factories.writing import numbers

GIVEN = (
    "Inès",
    "Yanis",
    "Chloé",
    "Mehdi",
    "Anne-Gaëlle",
    "Loïc",
    "Fatoumata",
    "D’Artagnan",
    "Léa",
    "Ömer",
    "Zoé",
    "Noé",
)
FAMILY = ("Lefèvre", "Benali", "N’Guyen-Lambert", "Traoré", "Weiß", "de La Tour", "O", "Çelik", "Fontaine", "Le Goff")
STREETS = ("3 rue de l’Église", "12 bis avenue du Général-Leclerc", "1 place Saint-Epvre", "48 chemin des Noiseraies")
TOWNS = (
    ("54000", "Nancy"),
    ("88000", "Épinal"),
    ("51100", "Reims"),
    ("67000", "Strasbourg"),
    ("08000", "Charleville-Mézières"),
)


def number() -> int:
    """A number that no other row of this test has."""
    return next(numbers)


def given_name(n: int) -> str:
    return GIVEN[n % len(GIVEN)]


def family_name(n: int) -> str:
    return FAMILY[n % len(FAMILY)]


def full_name(n: int) -> str:
    return f"{given_name(n)} {family_name(n)}"


def email(name: str, n: int) -> str:
    """`ines.lefevre.12@example.org`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return f"{'.'.join(plain.split())}.{n}@example.org"


def mobile(n: int) -> str:
    """One of the numbers kept for fiction, 06 39 98 00 00 to 99 99 (ARCEP, decision 2018-0881), in E.164."""
    return f"+3363998{n % 10_000:04d}"


def address(n: int, recipient: str) -> dict[str, str]:
    """The columns of a postal address."""
    postcode, city = TOWNS[n % len(TOWNS)]
    return {"recipient": recipient, "street": STREETS[n % len(STREETS)], "postcode": postcode, "city": city}
