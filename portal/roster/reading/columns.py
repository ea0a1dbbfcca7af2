"""Which column of a school's table is which: the fields we know, a proposal from the header, and what the school decides.

The synonyms come from SIECLE's spreadsheets (« Ligne Adresse 1 Repr. Lég. », with its trailing space), from PRONOTE's
lists and from what secretaries write. A header is read as a person and a thing: « Responsable 2 : e-mail ».
"""

import json
import re
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from portal.kernel.values.folding import fold, one_line

STUDENT_FIELDS: Final = {
    "family_name": "Nom de famille",
    "given_name": "Prénom",
    "birth_date": "Date de naissance",
    "usage_name": "Nom d’usage",
    "ine": "INE",
    "class_name": "Classe",
    "level": "Niveau ou formation",
    "email": "Adresse électronique",
    "mobile": "Téléphone portable",
    "left_on": "Date de sortie",
    "key": "Identifiant dans le logiciel de l’établissement",
}
GUARDIAN_FIELDS: Final = {
    "family_name": "Nom de famille",
    "given_name": "Prénom",
    "full_name": "Nom et prénom ensemble",
    "kinship": "Lien avec l’élève",
    "legal": "Responsable légal (oui ou non)",
    "email": "Adresse électronique",
    "mobile": "Téléphone portable",
    "line1": "Adresse, ligne 1",
    "line2": "Adresse, ligne 2",
    "line3": "Adresse, ligne 3",
    "line4": "Adresse, ligne 4",
    "postcode": "Code postal",
    "city": "Commune",
    "country": "Pays",
    "key": "Identifiant dans le logiciel de l’établissement",
}
GUARDIANS: Final = ("guardian1", "guardian2")
REQUIRED: Final = ("student.family_name", "student.given_name", "student.birth_date")

FIELDS: Final[dict[str, str]] = {
    **{f"student.{name}": f"Élève\u00a0: {label}" for name, label in STUDENT_FIELDS.items()},
    **{
        f"{guardian}.{name}": f"Responsable {guardian[-1]}\u00a0: {label}"
        for guardian in GUARDIANS
        for name, label in GUARDIAN_FIELDS.items()
    },
}
"""Every field that a column may be, with its label, in the order of the mapping screen."""

_SYNONYMS = {
    "family_name": "NOM DE FAMILLE|NOM|NOM FAMILLE|NOM PATRONYMIQUE|NOM DE NAISSANCE",
    "given_name": "PRENOM|PRENOMS|PRENOM 1|PREMIER PRENOM|PRENOM USUEL",
    "full_name": "NOM PRENOM|NOM ET PRENOM|PRENOM NOM|PRENOM ET NOM|NOM COMPLET|IDENTITE|",
    "birth_date": "DATE DE NAISSANCE|DATE NAISSANCE|DATE NAISS|NE E LE|NE LE|NEE LE|NAISSANCE|DDN",
    "usage_name": "NOM D USAGE|NOM USAGE|NOM USUEL",
    "ine": "INE|ID NATIONAL|IDENTIFIANT NATIONAL|NUMERO NATIONAL|N NATIONAL|NO NATIONAL|N INE|NO INE|NUMERO INE",
    "class_name": "CLASSE|CLASSES|DIVISION|CODE DIVISION|CODE STRUCTURE|CLASSE DE RATTACHEMENT",
    "level": "LIB MEF|LIBELLE MEF|MEF|FORMATION|NIVEAU|LIBELLE FORMATION|CODE MEF",
    "email": "ADRESSE ELECTRONIQUE|ADRESSE E MAIL|ADRESSE EMAIL|ADRESSE MAIL|ADRESSE MEL|E MAIL|EMAIL|MAIL|MEL|COURRIEL",
    "mobile": (
        "TELEPHONE PORTABLE|TEL PORTABLE|TELEPHONE MOBILE|TEL MOBILE|PORTABLE|MOBILE|TELEPHONE SMS|N PORTABLE"
        "|NUMERO PORTABLE|TELEPHONE|TEL|NUMERO DE TELEPHONE"
    ),
    "left_on": "DATE DE SORTIE|DATE SORTIE|SORTI E LE|SORTI LE|SORTIE LE|SORTIE",
    "kinship": "LIEN DE PARENTE|LIEN PARENTE|LIEN|PARENTE|QUALITE|LIEN AVEC",
    "legal": "LEGAL|LEGALE|NIVEAU RESPONSABILITE|NIVEAU DE RESPONSABILITE|RESPONSABILITE|AUTORITE PARENTALE",
    "line1": "LIGNE ADRESSE 1|ADRESSE 1|ADRESSE LIGNE 1|ADRESSE|ADRESSE POSTALE|RUE",
    "line2": "LIGNE ADRESSE 2|ADRESSE 2|ADRESSE LIGNE 2|COMPLEMENT D ADRESSE|COMPLEMENT ADRESSE",
    "line3": "LIGNE ADRESSE 3|ADRESSE 3|ADRESSE LIGNE 3",
    "line4": "LIGNE ADRESSE 4|ADRESSE 4|ADRESSE LIGNE 4",
    "postcode": "CODE POSTAL|CP",
    "city": "LIB POSTAL|LIBELLE POSTAL|VILLE|COMMUNE|LOCALITE",
    "country": "PAYS|LIB PAYS|LIBELLE PAYS",
    "key": "IDENTIFIANT|ELEVE ID|PERSONNE ID|ID|NUMERO INTERNE|N INTERNE|NO INTERNE",
}
_RANKS = {name: {synonym: rank for rank, synonym in enumerate(text.split("|"))} for name, text in _SYNONYMS.items()}
_GUARDIAN = r"(?:RESPONSABLE|RESP|REPRESENTANT|REPR|PARENT|TUTEUR)(?: (?:LEGAL|LEG))?"
_PERSONS = (
    ("guardian2", re.compile(rf"\b(?:{_GUARDIAN} ?2|RL ?2|AUTRE {_GUARDIAN}|PERE)\b")),
    ("guardian1", re.compile(rf"\b(?:{_GUARDIAN}(?: ?1)?|RL ?1?|MERE)\b")),
    ("student", re.compile(r"\b(?:ELEVE|ENFANT)\b(?! ID)")),
)
_LEGAL = re.compile(r"\b(?:LEGAL|LEGALE|LEGAUX|LEG|RL ?[12]?)\b")
_PARENTS = {"MERE": "mère", "PERE": "père"}
_LINKING = re.compile(r"^(?:(?:DU|DE|LA|LE|L|D|A)\b ?)+|(?: ?\b(?:DU|DE|DE L|DE LA|L|LA|LE))+$")


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a school decided: the header of the column of each field. Fields without a column are left out."""

    columns: MappingOf[str, str]

    def missing(self, headers: Sequence[str]) -> tuple[str, ...]:
        """The required fields without a column of this table."""
        return tuple(name for name in REQUIRED if self.columns.get(name) not in headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsMapping:
    """A table whose columns somebody must confirm. `fingerprint` is the same for every table with the same header.

    `headers` are unique: the second « Nom » is « Nom (2) ». `proposals` and a `Mapping` give a header by field of
    FIELDS. `preview` holds the first twenty rows; `missing` the required fields that nothing was proposed for.
    """

    file: str
    headers: tuple[str, ...]
    fingerprint: str
    proposals: dict[str, str]
    preview: tuple[tuple[str, ...], ...]
    missing: tuple[str, ...]
    fields: MappingOf[str, str] = field(default_factory=lambda: FIELDS)


def unique_headers(cells: Sequence[str]) -> tuple[str, ...]:
    """The header on one line each; an empty one is « Colonne 4 », the second « Nom » is « Nom (2) »."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells, start=1):
        name = one_line(cell) or f"Colonne {place}"
        count = 2
        unique = name
        while unique in found:
            unique, count = f"{name} ({count})", count + 1
        found[unique] = place
    return tuple(found)


def fingerprint(headers: Sequence[str]) -> str:
    """64 hexadecimal digits of a header: a mapping names columns as they are written, and is found again only so."""
    return sha256(json.dumps(headers).encode()).hexdigest()


def proposals(headers: Sequence[str]) -> dict[str, str]:
    """The most likely column of each field: the best synonym, and of equals the first column."""
    best: dict[str, tuple[int, str]] = {}
    for header in headers:
        for name, rank in _meanings(header):
            if name in FIELDS and (name not in best or rank < best[name][0]):
                best[name] = (rank, header)
    return {name: best[name][1] for name in FIELDS if name in best}


def is_legal(header: str) -> bool:
    """Whether a header says « légal » of the guardians that its column names."""
    return _LEGAL.search(fold(header)) is not None


def parent(header: str) -> str:
    """The link that a header says of the guardians that its column names: « Nom de la mère »; empty when it does not."""
    return next((kinship for word, kinship in _PARENTS.items() if word in fold(header).split()), "")


def _meanings(header: str) -> list[tuple[str, int]]:
    """The fields that a header may name, each with the rank of its synonym."""
    person, thing = _person_and_thing(fold(header))
    return [(f"{person}.{name}", ranks[thing]) for name, ranks in _RANKS.items() if thing in ranks]


def _person_and_thing(folded: str) -> tuple[str, str]:
    for person, marks in _PERSONS:
        if marks.search(folded):
            return person, _LINKING.sub("", " ".join(marks.sub(" ", folded).split())).strip()
    return "student", folded
