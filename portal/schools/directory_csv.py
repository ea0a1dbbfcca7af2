"""A directory of lycées from a spreadsheet's CSV: the columns of the national one, and street, telephone, e-mail if there.

Encodings and separators are guessed, headings are known by several names, and what the national directory has repaired
is repaired here too. A row that cannot be read is told with its line; whoever loads the file then corrects it: nothing
is loaded from a file with such a row.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Final

from portal.kernel.errors import DomainError
from portal.kernel.values.emails import parse_email
from portal.kernel.values.folding import fold, one_line
from portal.kernel.values.phones import parse_phone
from portal.kernel.values.uai import parse_uai
from portal.kernel.words import later
from portal.schools.directory import DirectoryEntry, SourceRow, repaired

MOST_ROWS: Final = 20_000
MOST_ERRORS: Final = 200
SEPARATORS: Final = ";,\t|"
MONACO: Final = "138"

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "uai": ("UAI", "NUMERO UAI", "CODE UAI", "CODE ETABLISSEMENT", "IDENTIFIANT DE L ETABLISSEMENT", "RNE"),
    "name": ("NAME", "NOM", "NOM ETABLISSEMENT", "NOM DE L ETABLISSEMENT", "APPELLATION OFFICIELLE", "DENOMINATION PRINCIPALE"),
    "city": ("CITY", "VILLE", "COMMUNE", "NOM COMMUNE", "LIBELLE COMMUNE", "LOCALITE"),
    "zip_code": ("ZIP CODE", "CODE POSTAL", "CP", "POSTCODE"),
    "country": ("COUNTRY", "PAYS"),
    "street": ("STREET", "ADRESSE", "ADRESSE 1", "RUE", "ADRESSE UAI", "VOIE"),
    "phone": ("PHONE", "TELEPHONE", "TEL", "NUMERO TELEPHONE"),
    "email": ("EMAIL", "E MAIL", "MAIL", "COURRIEL", "ADRESSE E MAIL", "ADRESSE ELECTRONIQUE"),
}  # fmt: skip
REQUIRED: Final = {"uai": "UAI", "name": "nom", "city": "ville", "zip_code": "code postal"}
EXTRA: Final = ("street", "phone", "email")


class UnreadableDirectory(DomainError):
    """The file is no such table; the message says what is missing."""


class RefusedDirectory(DomainError):
    """A file with a row that cannot be read loads nothing."""

    message = later("Corrigez d’abord les lignes signalées, puis chargez le fichier de nouveau. Rien n’a été changé.")


@dataclass(frozen=True, slots=True)
class Richer:
    """A lycée, with what the file says beyond the national directory: only the columns that the file has."""

    entry: DirectoryEntry
    extra: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that cannot be loaded: its line in the file, what it says, and why."""

    line: int
    uai: str
    message: str


@dataclass(slots=True)
class DirectoryFile:
    """What was read."""

    rows: int = 0
    entries: list[Richer] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def read_directory_csv(content: bytes) -> DirectoryFile:
    """Every lycée of the file; raises `UnreadableDirectory` when it is no table of lycées."""
    table = list(csv.reader(StringIO(_text(content)), delimiter=_separator(content)))
    if not table:
        raise UnreadableDirectory(later("Ce fichier est vide. Choisissez un fichier CSV avec une ligne de titres."))
    places = _places(table[0])
    if len(table) > MOST_ROWS:
        raise UnreadableDirectory(
            later("Ce fichier a plus de %(limit)d lignes. Chargez-le en plusieurs fois.", limit=MOST_ROWS)
        )
    read, seen = DirectoryFile(), set[str]()
    for line, cells in _filled(table[1:]):
        read.rows += 1
        row = {name: one_line(cells[place]) if place < len(cells) else "" for name, place in places.items()}
        try:
            read.entries.append(_new(_row(row), seen))
        except DomainError as error:
            read.errors.append(RowError(line, row["uai"], error.message))
    return read


def _new(found: Richer, seen: set[str]) -> Richer:
    if found.entry.uai in seen:
        raise DomainError(later("Ce lycée est déjà plus haut dans le fichier."))
    seen.add(found.entry.uai)
    return found


def _filled(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, Sequence[str]]]:
    return ((line, cells) for line, cells in enumerate(rows, start=2) if any(cell.strip() for cell in cells))


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # Excel in France


def _separator(content: bytes) -> str:
    first = _text(content[:20_000]).partition("\n")[0]
    return max(SEPARATORS, key=first.count)


def _places(headings: Sequence[str]) -> dict[str, int]:
    folded = [fold(heading) for heading in headings]
    places = {
        name: folded.index(known)
        for name, names in HEADINGS.items()
        if (known := next((one for one in names if one in folded), None)) is not None
    }
    if missing := [words for name, words in REQUIRED.items() if name not in places]:
        raise UnreadableDirectory(
            later(
                "Il manque une colonne\u00a0: %(names)s. Vérifiez la première ligne du fichier.",
                names=", ".join(missing),
            )
        )
    return places


def _row(row: Mapping[str, str]) -> Richer:
    country = (row.get("country") or "FR").upper()[:2]
    if not row["name"] or not row["city"]:
        raise DomainError(later("Le nom ou la ville manque."))
    source = SourceRow(
        row["uai"].replace(" ", ""), row["name"][:200], row["city"][:80], row["zip_code"][:10], country, 0
    )
    entry, _ = repaired(source, department_number="")
    if entry.country == "FR" and not entry.uai.startswith(MONACO):
        parse_uai(entry.uai)
        if not (entry.postcode.isdigit() and len(entry.postcode) == len("54000")):
            raise DomainError(later("Le code postal compte cinq chiffres, par exemple 54000."))
    elif not 0 < len(entry.uai) <= len("0540001H"):
        raise DomainError(later("Le code UAI manque, ou il est trop long."))
    return Richer(entry, {name: _extra(name, row[name]) for name in EXTRA if name in row})


def _extra(name: str, text: str) -> str | None:
    """A telephone or an address that cannot be read is left out: it is a help, no condition."""
    if not text:
        return None
    try:
        return {"phone": parse_phone, "email": parse_email}.get(name, str)(text)[:120]
    except DomainError:
        return None
