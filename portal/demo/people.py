"""The people of the demo: invented, at example.org, with numbers kept for fiction (06 39 98 xx xx, ARCEP)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from portal.kernel.values.address import PostalAddress
from portal.kernel.values.folding import fold
from portal.roster.services import NewGuardian, NewLink, NewStudent

GIVEN_NAMES = (
    "Adam Aïcha Anaïs Baptiste Camille Chloé Clément Dilara Elif Emma Enzo Fatou Gabriel Giulia Hugo Inaya Ibrahim Jade "
    "Jeanne Jules Kenza Léa Lina Louis Maël Manon Mathis Mehdi Nina Noah Noé Ousmane Paul Quentin Raphaël Rayan Romane "
    "Sacha Salomé Samuel Sofia Théo Tiago Valentine Victor Wassim Yanis Yasmine Zoé"
)
FAMILY_NAMES = (
    "Antunes Aubert Bauer Becker Benali Bernard Berthelot Boulanger Çelik Chevalier Colin Costa Diallo Dubois Durand "
    "Fischer Fontaine Garnier Girard Hoffmann Huber Jacob Jung Kaya Keller Klein Lambert Lefèvre Legrand Lemoine Marchal "
    "Martin Mercier Meyer Moreau Muller N’Diaye Nguyễn Noël Petit Perrin Pierre Roussel Schmitt Schneider Simon Thomas "
    "Traoré Vasseur Wagner Weber Yılmaz Zimmermann"
)
GIVEN, FAMILY = tuple(GIVEN_NAMES.split()), tuple(FAMILY_NAMES.split())
STREETS = (
    "rue des Tilleuls",
    "rue de la République",
    "avenue de la Paix",
    "rue du Moulin",
    "place du Marché",
    "rue Haute",
)
KINSHIPS = ("mère", "père")
CLASSES = (("2DE A", "2de GT"), ("2DE B", "2de GT"), ("1RE A", "1re générale"), ("TLE A", "Tle générale"))
AGES = {"2de GT": 15, "1re générale": 16, "Tle générale": 17}
LONE_GUARDIANS = 4
"""One student in four has a single guardian."""

IN_FLATS, REACHABLE = 0.3, 0.9
"""Shares of the families that live in a flat, and of the guardians whose e-mail the school knows."""


@dataclass(frozen=True, slots=True)
class Town:
    """Where a lycée's families live."""

    postcode: str
    name: str


def mobile(number: int) -> str:
    """A mobile number reserved for fiction, in E.164."""
    return f"+3363998{number % 10_000:04d}"


def home(name: str, town: Town, rng: Random) -> PostalAddress:
    """A plausible address in a real town."""
    flat = f"Appartement {rng.randint(1, 48)}" if rng.random() < IN_FLATS else ""
    return PostalAddress(
        recipient=name,
        line2=flat,
        street=f"{rng.randint(1, 120)} {rng.choice(STREETS)}",
        postcode=town.postcode,
        city=town.name,
    )


@dataclass(frozen=True, slots=True)
class Household:
    """A student with the guardians and links of the school's file."""

    student: NewStudent
    guardians: tuple[NewGuardian, ...]
    links: tuple[NewLink, ...]


def households(*, prefix: str, town: Town, per_class: int, today: date, rng: Random) -> Iterator[Household]:
    """The ordinary families of a lycée, class by class; the same for the same seed."""
    number = 0
    for class_name, level in CLASSES:
        for _ in range(per_class):
            number += 1
            yield _household(f"{prefix}{number:04d}", class_name, level, town, today, rng)


def _mobile(source: str, index: int) -> str:
    """A number that nobody else has: two people who share one are a question for the lycée."""
    return mobile(1000 + 2000 * (ord(source[0]) - ord("A")) + 2 * int(source[1:]) + index)


def _household(source: str, class_name: str, level: str, town: Town, today: date, rng: Random) -> Household:
    family, given = rng.choice(FAMILY), rng.choice(GIVEN)
    birth = today.replace(month=1, day=1) - timedelta(days=365 * AGES[level] + rng.randint(0, 364))
    student = NewStudent(
        source_id=source, family_name=family, given_name=given, birth_date=birth, class_name=class_name, level=level
    )
    count = 2 if rng.randrange(LONE_GUARDIANS) else 1
    first = home(f"{rng.choice(('M.', 'Mme'))} {family}", town, rng)
    guardians, links = [], []
    for index in range(count):
        name = f"{rng.choice(GIVEN)} {family}"
        key = f"{source}-{index + 1}"
        reachable = rng.random() < REACHABLE
        guardians.append(
            NewGuardian(
                source_id=key,
                name=name,
                address=first if index == 0 else home(name, town, rng),
                email=f"{fold(name).lower().replace(' ', '.')}.{source.lower()}@example.org" if reachable else None,
                mobile=_mobile(source, index) if reachable or rng.randrange(100) % 2 else None,
            )
        )
        links.append(NewLink(student=source, guardian=key, kinship=KINSHIPS[index]))
    return Household(student, tuple(guardians), tuple(links))
