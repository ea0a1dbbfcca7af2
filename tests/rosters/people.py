"""An invented lycée: its students, their guardians, and every oddity that a real file has. Nobody here exists."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from unicodedata import normalize

GIVEN = [
    "Adam",
    "Aïcha",
    "Anaïs",
    "Baptiste",
    "Camille",
    "Chloé",
    "Clément",
    "Dilara",
    "Élise",
    "Emma",
    "Enzo",
    "Fatou",
    "François",
    "Gabriel",
    "Hugo",
    "Inaya",
    "Inès",
    "Jean-Loup",
    "Jeanne",
    "Jules",
    "Kenza",
    "Léa",
    "Lina",
    "Louis",
    "Maël",
    "Manon",
    "Mathéo",
    "Mehdi",
    "Nina",
    "Noé",
    "Ousmane",
    "Quentin",
    "Raphaël",
    "Romane",
    "Sacha",
    "Salomé",
    "Sofia",
    "Théo",
    "Tiago",
    "Valentine",
    "Wassim",
    "Yanis",
    "Zoé",
]
FAMILY = [
    "ANTUNES",
    "AUBERT",
    "BAUER",
    "BENALI",
    "BERTHELOT",
    "CŒURDOUX",
    "CHEVALIER",
    "COSTA",
    "DIALLO",
    "DUBOIS",
    "FISCHER",
    "GARÇON",
    "GIRARD",
    "HOFFMANN",
    "HUBER",
    "JUNG",
    "KAYA",
    "KELLER",
    "L'HÔTE",
    "LAMBERT",
    "LEFÈVRE",
    "MARCHAL",
    "MARTIN",
    "MÜLLER",
    "N'DIAYE",
    "NOËL",
    "PETIT",
    "PERRIN",
    "ROUSSEL",
    "SCHMITT",
    "SIMON",
    "TRAORÉ",
    "VASSEUR",
    "WAGNER",
    "WEBER",
    "YAHIA",
    "ZIMMERMANN",
]
STREETS = ("RUE DES TILLEULS", "RUE DE LA RÉPUBLIQUE", "AVENUE DE LA PAIX", "RUE DU MOULIN", "PLACE DU MARCHÉ")
TOWNS = (
    ("67000", "STRASBOURG"),
    ("67300", "SCHILTIGHEIM"),
    ("67800", "BISCHHEIM"),
    ("67400", "ILLKIRCH GRAFFENSTADEN"),
)
MEFS = {
    "20010018110": ("2NDE GT", "Seconde générale et technologique"),
    "20110019110": ("1RE GENE", "Première générale"),
    "20210019110": ("TLE GENE", "Terminale générale"),
}
DIVISIONS = (("2DE A", "20010018110"), ("2DE B", "20010018110"), ("1RE A", "20110019110"), ("TLE A", "20210019110"))
AGES = (15, 15, 16, 17)
MOTHER, FATHER, SERVICE, STUDENT = "10", "20", "51", "70"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """As SIECLE writes it: loose lines, and a town, or a town abroad."""

    lines: tuple[str, ...]
    postcode: str = ""
    town: str = ""
    country: str = "FRANCE"
    foreign_town: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """`division` is None for a student without a class."""

    number: int
    family: str
    given: str
    born: date
    ine: str
    division: str | None
    mef: str
    usage: str = ""
    email: str = ""
    mobile: str = ""
    left: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardian:
    """A person, or a service without a given name."""

    number: int
    family: str
    given: str
    email: str = ""
    mobile: str = ""
    home_phone: str = ""
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Who answers for whom; `level` 1 may sign."""

    student: int
    guardian: int
    kinship: str
    level: str = "1"


@dataclass(slots=True)
class Roster:
    """All that a lycée exports on one day."""

    uai: str
    year: int
    exported_on: date
    students: list[Student] = field(default_factory=list)
    guardians: list[Guardian] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def roster(*, uai: str = "0670001M", students: int = 300, year: int = 2026, seed: int = 4) -> Roster:
    """A lycée with the oddities first, then ordinary families; the same for the same arguments."""
    town = _Town(Roster(uai, year, date(year, 9, 1)), Random(f"{uai} {year} {seed}"))
    for oddity in ODDITIES:
        oddity(town)
    while len(town.roster.students) < students:
        town.family()
    return town.roster


def later(before: Roster) -> Roster:
    """The same lycée a month after: somebody new, somebody gone, somebody in another class, a new e-mail, a lost link."""
    after = replace_roster(before, exported_on=before.exported_on + timedelta(days=30))
    gone = after.students.pop()
    after.links = [link for link in after.links if link.student != gone.number]
    after.students[-1] = replace(
        after.students[-1], division="2DE B" if after.students[-1].division == "2DE A" else "2DE A"
    )
    after.guardians[-1] = replace(after.guardians[-1], email="nouvelle.adresse@example.org")
    after.links.remove(next(link for link in after.links if link.kinship == FATHER))
    newcomer = _Town(after, Random("later"), first=90_000)
    newcomer.family()
    return after


def fewer(before: Roster) -> Roster:
    """The same lycée with a fifth of its students missing: a filter was left on in SIECLE."""
    after = replace_roster(before)
    after.students = after.students[: len(after.students) * 4 // 5]
    kept = {student.number for student in after.students}
    after.links = [link for link in after.links if link.student in kept]
    return after


def replace_roster(before: Roster, *, exported_on: date | None = None) -> Roster:
    return Roster(
        before.uai,
        before.year,
        exported_on or before.exported_on,
        [*before.students],
        [*before.guardians],
        [*before.links],
    )


def email(given: str, family: str, number: int) -> str:
    plain = normalize("NFKD", f"{given}.{family}").encode("ascii", "ignore").decode().lower()
    return f"{''.join(sign for sign in plain if sign.isalnum() or sign == '.')}.{number}@example.org"


def mobile(number: int) -> str:
    """One of the numbers kept for fiction, 06 39 98 00 00 to 99 99 (Arcep)."""
    digits = f"{number % 10_000:04d}"
    return f"06 39 98 {digits[:2]} {digits[2:]}"


class _Town:
    """Makes families, one after the other, with numbers of their own."""

    def __init__(self, roster: Roster, rng: Random, *, first: int = 10_000) -> None:
        self.roster, self.rng, self.next = roster, rng, first

    def number(self) -> int:
        self.next += 1
        return self.next

    def student(self, **known: object) -> Student:
        """A student, ordinary but for what is said."""
        number, rank = self.number(), self.rng.randrange(len(DIVISIONS))
        division, mef = DIVISIONS[rank]
        born = date(self.roster.year - AGES[rank], 1, 1) + timedelta(days=self.rng.randrange(240))
        ordinary = Student(
            number=number,
            family=self.rng.choice(FAMILY),
            given=self.rng.choice(GIVEN),
            born=born,
            ine=f"{number:09d}{self.rng.choice('ABCDEFGH')}{self.rng.choice('ABCDEFGH')}",
            division=division,
            mef=mef,
        )
        self.roster.students.append(replace(ordinary, **known))
        return self.roster.students[-1]

    def guardian(self, student: Student, kinship: str, *, level: str = "1", **known: object) -> Guardian:
        """A guardian of a student, ordinary but for what is said."""
        number = self.number()
        given = GIVEN[number % len(GIVEN)]
        ordinary = Guardian(
            number=number,
            family=student.family,
            given=given,
            email=email(given, student.family, number),
            mobile=mobile(number),
            address=self.address(),
        )
        self.roster.guardians.append(replace(ordinary, **known))
        self.link(student, self.roster.guardians[-1], kinship, level=level)
        return self.roster.guardians[-1]

    def link(self, student: Student, guardian: Guardian, kinship: str, *, level: str = "1") -> None:
        self.roster.links.append(Link(student=student.number, guardian=guardian.number, kinship=kinship, level=level))

    def address(self) -> Address:
        postcode, town = self.rng.choice(TOWNS)
        lines = (f"{self.rng.randint(1, 120)} {self.rng.choice(STREETS)}",)
        return Address(lines=lines, postcode=postcode, town=town)

    def family(self, **known: object) -> Student:
        """A student with a mother, most often a father at the same address, sometimes somebody to call."""
        student = self.student(**known)
        mother = self.guardian(student, MOTHER)
        if self.rng.random() < 0.75:
            self.guardian(student, FATHER, address=mother.address)
        if self.rng.random() < 0.1:
            self.guardian(student, "38", level="3", email="")
        return student


def _twins(town: _Town) -> None:
    born = date(town.roster.year - 16, 2, 29 if (town.roster.year - 16) % 4 == 0 else 28)
    first = town.family(family="MARTIN", given="Léa", born=born)
    second = town.student(family="MARTIN", given="Zoé", born=born)
    for link in [link for link in town.roster.links if link.student == first.number]:
        town.roster.links.append(replace(link, student=second.number))


def _homonyms(town: _Town) -> None:
    for day in (3, 4):
        town.family(family="DUBOIS", given="Emma", born=date(town.roster.year - 15, 5, day))


def _missing_ine(town: _Town) -> None:
    town.family(ine="")


def _same_ine(town: _Town) -> None:
    ine = town.family().ine
    town.family(ine=ine)


def _stand_in_for_an_ine(town: _Town) -> None:
    town.family(ine="1234567A")


def _service(town: _Town) -> None:
    address = Address(
        lines=("SERVICE ENFANCE", "2 PLACE DU QUARTIER BLANC"), postcode="67964", town="STRASBOURG CEDEX 9"
    )
    student = town.student(given="Tiago")
    town.guardian(student, SERVICE, family="AIDE SOCIALE À L'ENFANCE DU BAS-RHIN", given="", address=address)


def _abroad(town: _Town) -> None:
    student = town.student(given="Dilara")
    address = Address(lines=("HAUPTSTRASSE 12",), country="ALLEMAGNE", foreign_town="77694 KEHL")
    town.guardian(student, MOTHER, address=address)


def _adult(town: _Town) -> None:
    student = town.student(born=date(town.roster.year - 19, 3, 8), division="TLE A", mef="20210019110")
    town.guardian(student, STUDENT, family=student.family, given=student.given)
    town.guardian(student, MOTHER, level="2")


def _left(town: _Town) -> None:
    town.family(left=date(town.roster.year, 7, 4))


def _leaving(town: _Town) -> None:
    town.family(left=date(town.roster.year + 1, 7, 4))


def _siblings(town: _Town) -> None:
    elder = town.family(family="TRAORÉ", given="Fatou")
    younger = town.student(family="TRAORÉ", given="Ousmane", born=elder.born + timedelta(days=500))
    for link in [link for link in town.roster.links if link.student == elder.number]:
        town.roster.links.append(replace(link, student=younger.number))


def _separated(town: _Town) -> None:
    student = town.student(family="SIMON", given="Noé")
    town.guardian(student, MOTHER, family="KELLER")
    town.guardian(
        student,
        FATHER,
        address=Address(lines=("APPARTEMENT 12", "8 RUE DU MOULIN"), postcode="67800", town="BISCHHEIM"),
    )


def _mobile_only(town: _Town) -> None:
    town.guardian(town.student(), MOTHER, email="", home_phone="", address=None)


def _shared_email(town: _Town) -> None:
    student = town.student(family="PERRIN")
    for kinship in (MOTHER, FATHER):
        town.guardian(student, kinship, email="famille.perrin@example.org")


def _parents_of_one_name(town: _Town) -> None:
    student = town.student(family="LAMBERT")
    for kinship in (MOTHER, FATHER):
        town.guardian(student, kinship, given="Camille")


def _two_emails(town: _Town) -> None:
    town.guardian(town.student(), MOTHER, email="maison.une@example.org ; maison.deux@example.org")


def _without_class(town: _Town) -> None:
    town.family(division=None)
    town.family(division="Inactifs")


def _damaged_name(town: _Town) -> None:
    town.family(family="GÜNEŞ", given="Elif")  # Latin-9 has no Ş


def _lost_zero(town: _Town) -> None:
    address = Address(lines=("4 RUE HAUTE",), postcode="1000", town="BOURG EN BRESSE")
    town.guardian(town.student(), MOTHER, address=address)


ODDITIES = (
    _twins, _homonyms, _missing_ine, _same_ine, _stand_in_for_an_ine, _service, _abroad, _adult, _left, _leaving,
    _siblings, _separated, _mobile_only, _shared_email, _parents_of_one_name, _two_emails, _without_class, _damaged_name, _lost_zero,
)  # fmt: skip
"""Each makes one or two families that a real file has, and that an import must not trip over."""
