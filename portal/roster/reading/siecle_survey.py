"""A first reading of SIECLE's files: every fault that refuses them whole, and what must be known before the records.

A student's class, a guardian's address and the labels of the MEF stand elsewhere than the records that need them, and
SIECLE does not promise an order. Only keys and short texts are kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from portal.kernel.errors import DomainError
from portal.kernel.values.uai import parse_uai
from portal.platform.reading.damage import check_text
from portal.platform.reading.parts import Part
from portal.platform.reading.refusals import Refused
from portal.roster.reading import markup
from portal.roster.reading.kinship import SERVICE
from portal.roster.reading.markup import fields_of
from portal.roster.reading.records import Course, Header, Source
from portal.roster.reading.values import LONGEST_LEVEL, parse_day

STUDENTS: Final = "BEE_ELEVES"
GUARDIANS: Final = "BEE_RESPONSABLES"
LABELS: Final = "BEE_NOMENCLATURES"
USELESS: Final = frozenset({"BEE_STRUCTURES", "BEE_COMMUN", "BEE_COMMUNS", "BEE_GEOGRAPHIQUE", "BEE_ETABLISSEMENTS"})
"""Exports of SIECLE that people send with the others, and that hold nobody."""

_SHOWN = {
    STUDENTS: "ElevesSansAdresses.xml",
    GUARDIANS: "ResponsablesAvecAdresses.xml",
    LABELS: "Nomenclature.xml",
}
_CONTAINERS = {
    STUDENTS: ("ELEVES", "STRUCTURES"),
    GUARDIANS: ("PERSONNES", "RESPONSABLES", "ADRESSES"),
    LABELS: ("MEFS",),
}
_WORDS = (
    "NOM", "NOM_DE_FAMILLE", "NOM_USAGE", "PRENOM", "LIGNE1_ADRESSE", "LIGNE2_ADRESSE", "LIGNE3_ADRESSE",
    "LIGNE4_ADRESSE", "LIBELLE_POSTAL", "COMMUNE_ETRANGERE", "LIBELLE_EDITION", "LIBELLE_LONG",
)  # fmt: skip
_MEF_LABELS = ("LIBELLE_EDITION", "LIBELLE_LONG", "FORMATION")
_UNASSIGNED = "INACTIFS"
_YEAR_DIGITS = 4


@dataclass(slots=True)
class Survey:
    """What the first reading learned. `files` are by root element."""

    files: dict[str, Part]
    header: Header = field(default_factory=lambda: Header(source=Source.SIECLE))
    divisions: dict[str, str] = field(default_factory=dict)
    also_in: dict[str, str] = field(default_factory=dict)
    known_levels: Mapping[str, str] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    unnamed: dict[str, list[str]] = field(default_factory=dict)
    students: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    addresses: dict[str, dict[str, str]] = field(default_factory=dict)

    def note(self, container: str, node: Any) -> None:
        """Keep what the records will need of one element."""
        given = fields_of(node)
        match container:
            case "ELEVES":
                self._note_student(given.get("ELEVE_ID", ""), given.get("CODE_MEF", ""))
            case "STRUCTURES":
                self._note_class(given.get("ELEVE_ID", ""), node)
            case "PERSONNES":
                self.people.add(given.get("PERSONNE_ID", ""))
            case "ADRESSES":
                self.addresses[given.get("ADRESSE_ID", "")] = given
            case "MEFS":
                self.levels[given.get("CODE_MEF", "")] = _label(given)
            case _:
                if given.get("CODE_PARENTE") == SERVICE:
                    self.services.add(given.get("PERSONNE_ID", ""))

    def level(self, mef: str) -> str:
        """The label of the nomenclature; failing that, what the school calls it; failing that, the code."""
        return self.levels.get(mef) or self.known_levels.get(mef) or mef

    def courses(self) -> list[Course]:
        """The MEF that nothing names, with the classes of those who follow them: the largest first."""
        found = [
            Course(
                mef, len(students), tuple(sorted({self.divisions[one] for one in students if one in self.divisions}))
            )
            for mef, students in self.unnamed.items()
        ]
        return sorted(found, key=lambda course: (-course.students, course.code))

    def _note_student(self, student: str, mef: str) -> None:
        """The nomenclature is read first: a MEF that it names is not asked about."""
        self.students.add(student)
        if mef and not self.levels.get(mef) and mef not in self.known_levels:
            self.unnamed.setdefault(mef, []).append(student)

    def _note_class(self, student: str, node: Any) -> None:
        """The first division of a student; another one is a warning. `Inactifs` is where SIECLE puts those without one."""
        for structure in node.iter("STRUCTURE"):
            given = fields_of(structure)
            division = given.get("CODE_STRUCTURE", "")
            if given.get("TYPE_STRUCTURE") != "D" or not division or division.upper() == _UNASSIGNED:
                continue
            if self.divisions.setdefault(student, division) != division:
                self.also_in.setdefault(student, division)


def survey(parts: Iterable[Part], *, known_levels: Mapping[str, str]) -> Survey:
    """Read every file once; raises `Refused` for all that refuses them whole."""
    found = Survey(_by_root(parts), known_levels=known_levels)
    headers = [_read(part, root, found) for root, part in found.files.items()]
    found.header = _agreed(headers)
    if STUDENTS in found.files and not found.students:
        raise Refused(f"«\u00a0{found.files[STUDENTS].name}\u00a0» ne contient aucun élève. Exportez-le de nouveau.")
    if GUARDIANS in found.files and not found.people:
        raise Refused(
            f"«\u00a0{found.files[GUARDIANS].name}\u00a0» ne contient aucun responsable. Exportez-le de nouveau."
        )
    return found


def _by_root(parts: Iterable[Part]) -> dict[str, Part]:
    files: dict[str, Part] = {}
    for part in parts:
        root = markup.root_of(part)
        if root in USELESS:
            continue
        if root not in _CONTAINERS:
            raise Refused(
                f"«\u00a0{part.name}\u00a0» n’est pas un export de SIECLE que nous lisons. "
                "Déposez ElevesSansAdresses.xml et ResponsablesAvecAdresses.xml."
            )
        if root in files:
            raise Refused(f"{_SHOWN[root]} est déposé deux fois. Gardez seulement le plus récent.")
        files[root] = part
    if not files.keys() & {STUDENTS, GUARDIANS}:
        raise Refused("Ces fichiers ne contiennent ni élève ni responsable. Ajoutez ElevesSansAdresses.xml.")
    return {root: files[root] for root in (LABELS, STUDENTS, GUARDIANS) if root in files}


def _read(part: Part, root: str, found: Survey) -> Header:
    header: Header | None = None
    for container, node in markup.records(part, markup.HEADER, *_CONTAINERS[root]):
        if container == markup.HEADER:
            header = _header(fields_of(node), part)
            continue
        given = fields_of(node)
        for tag in _WORDS:
            if tag in given:
                check_text(given[tag], file=part.name, line=node.sourceline)
        found.note(container, node)
    if header is None:
        raise _anonymous(part)
    return header


def _header(given: dict[str, str], part: Part) -> Header:
    uai, year = given.get("UAJ", ""), given.get("ANNEE_SCOLAIRE", "")[:_YEAR_DIGITS]
    if not uai or not year.isdecimal():
        raise _anonymous(part)
    return Header(source=Source.SIECLE, uai=_tidy(uai), year=int(year), exported_on=_day(given.get("DATE_EXPORT", "")))


def _anonymous(part: Part) -> Refused:
    return Refused(
        f"«\u00a0{part.name}\u00a0» ne dit pas de quel lycée ni de quelle année il vient. Exportez-le de nouveau."
    )


def _agreed(headers: list[Header]) -> Header:
    """What the files say together; the oldest export day, since the whole is as old as its oldest part."""
    schools = sorted({header.uai or "" for header in headers})
    years = sorted({header.year or 0 for header in headers})
    if len(schools) > 1:
        raise Refused(
            f"Ces fichiers viennent de deux lycées\u00a0: {schools[0]} et {schools[1]}. Déposez ceux d’un seul."
        )
    if len(years) > 1:
        raise Refused(f"Ces fichiers sont de deux années\u00a0: {years[0]} et {years[1]}. Déposez ceux d’une seule.")
    days = [header.exported_on for header in headers if header.exported_on]
    return Header(source=Source.SIECLE, uai=schools[0], year=years[0], exported_on=min(days, default=None))


def _tidy(uai: str) -> str:
    """The normal form, or what is written: a wrong code is the code of another lycée, and is refused as such."""
    try:
        return parse_uai(uai)
    except DomainError:
        return uai.upper()


def _day(text: str) -> date | None:
    try:
        return parse_day(text)
    except DomainError:
        return None


def _label(mef: dict[str, str]) -> str:
    """The longest label that lists can show; failing that, the first one."""
    labels = [mef[tag] for tag in _MEF_LABELS if tag in mef]
    return next((label for label in labels if len(label) <= LONGEST_LEVEL), labels[0] if labels else "")
