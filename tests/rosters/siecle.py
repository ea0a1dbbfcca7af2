"""Write what SIECLE exports: `python -m tests.rosters.siecle --uai 0670001M --students 300 --year 2026 --out DIR`.

ElevesSansAdresses.xml, ResponsablesAvecAdresses.xml and Nomenclature.xml, bare and in one zip. `--variant` gives the
files that somebody uploads by mistake, and the ones of a later day. The usual variant adds a CSV and a OneRoster zip.
"""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from tests.rosters import oneroster, people, tables
from tests.rosters.people import Address, Guardian, Link, Roster, Student

STUDENTS, GUARDIANS, LABELS = "ElevesSansAdresses.xml", "ResponsablesAvecAdresses.xml", "Nomenclature.xml"
ZIP = "ExportXML.zip"
ENCODING = "iso-8859-15"

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Tags:
    """SIECLE's words: those of today, and those of before 2016."""

    family: str = "NOM_DE_FAMILLE"
    level: str = "NIVEAU_RESPONSABILITE"
    encoding: str = ENCODING


NEW, OLD = Tags(), Tags(family="NOM", level="RESP_LEGAL")


def files(roster: Roster, *, tags: Tags = NEW) -> Files:
    """The three exports, by name."""
    return {
        STUDENTS: students(roster, tags=tags),
        GUARDIANS: guardians(roster, tags=tags),
        LABELS: labels(roster, tags=tags),
    }


def students(roster: Roster, *, tags: Tags = NEW) -> bytes:
    rows = [_student(student, tags) for student in roster.students]
    classes = [_class(student) for student in roster.students if student.division]
    return document("BEE_ELEVES", roster, {"ELEVES": rows, "STRUCTURES": classes}, encoding=tags.encoding)


def guardians(roster: Roster, *, tags: Tags = NEW) -> bytes:
    homes = {
        address: rank
        for rank, address in enumerate(dict.fromkeys(one.address for one in roster.guardians), 1)
        if address
    }
    containers = {
        "PERSONNES": [_guardian(guardian, homes, tags) for guardian in roster.guardians],
        "RESPONSABLES": [_link(link, tags) for link in roster.links],
        "ADRESSES": [_address(address, number) for address, number in homes.items()],
    }
    return document("BEE_RESPONSABLES", roster, containers, encoding=tags.encoding)


def labels(roster: Roster, *, tags: Tags = NEW) -> bytes:
    mefs = [
        element("MEF", {"CODE_MEF": code}, FORMATION=short, LIBELLE_LONG=long.upper(), LIBELLE_EDITION=long)
        for code, (short, long) in people.MEFS.items()
    ]
    return document("BEE_NOMENCLATURES", roster, {"MEFS": mefs}, encoding=tags.encoding)


def document(root: str, roster: Roster, containers: dict[str, list[str]], *, encoding: str = ENCODING) -> bytes:
    """A whole file; signs that its encoding does not have become « ? », as in SIECLE."""
    header = element(
        "PARAMETRES",
        UAJ=roster.uai,
        ANNEE_SCOLAIRE=str(roster.year),
        DATE_EXPORT=f"{roster.exported_on:%d/%m/%Y}",
        HORODATAGE=f"{roster.exported_on:%d/%m/%Y} 08:00:00",
    )
    data = "\n".join("\n".join([f"<{name}>", *rows, f"</{name}>"]) for name, rows in containers.items())
    text = (
        f'<?xml version="1.0" encoding="{encoding.upper()}"?>\n'
        f'<{root} VERSION="3.1">\n{header}\n<DONNEES>\n{data}\n</DONNEES>\n</{root}>\n'
    )
    return text.encode(encoding, errors="replace")


def element(name: str, attributes: dict[str, str] | None = None, *inside: str, **children: str) -> str:
    """An element with a line per child; a child without a text is left out, as SIECLE does."""
    start = "".join(f" {key}={quoteattr(value)}" for key, value in (attributes or {}).items())
    lines = [f"<{key}>{escape(value)}</{key}>" for key, value in children.items() if value]
    return "\n".join([f"<{name}{start}>", *lines, *inside, f"</{name}>"])


def _student(student: Student, tags: Tags) -> str:
    return element(
        "ELEVE",
        {"ELEVE_ID": str(student.number), "ELENOET": str(student.number % 10_000)},
        ID_NATIONAL=student.ine,
        **{tags.family: student.family},
        NOM_USAGE=student.usage,
        PRENOM=student.given,
        DATE_NAISS=f"{student.born:%d/%m/%Y}",
        CODE_PAYS="100",
        CODE_PAYS_NAT="100",
        MEL=student.email,
        TEL_PORTABLE=student.mobile,
        CODE_MEF=student.mef,
        CODE_STATUT="ST",
        DATE_SORTIE=f"{student.left:%d/%m/%Y}" if student.left else "",
    )


def _class(student: Student) -> str:
    group = element("STRUCTURE", CODE_STRUCTURE="ANG1", TYPE_STRUCTURE="G")
    division = element("STRUCTURE", CODE_STRUCTURE=student.division or "", TYPE_STRUCTURE="D")
    return element("STRUCTURES_ELEVE", {"ELEVE_ID": str(student.number)}, group, division)


def _guardian(guardian: Guardian, homes: dict[Address, int], tags: Tags) -> str:
    return element(
        "PERSONNE",
        {"PERSONNE_ID": str(guardian.number)},
        **{tags.family: guardian.family},
        PRENOM=guardian.given,
        TEL_PERSONNEL=guardian.home_phone,
        TEL_PORTABLE=guardian.mobile,
        MEL=guardian.email,
        ADRESSE_ID=str(homes[guardian.address]) if guardian.address else "",
    )


def _link(link: Link, tags: Tags) -> str:
    level = {"1": "1", "2": "0", "3": "0"}[link.level] if tags.level == OLD.level else link.level
    return element(
        "RESPONSABLE_ELEVE",
        ELEVE_ID=str(link.student),
        PERSONNE_ID=str(link.guardian),
        **{tags.level: level},
        CODE_PARENTE=link.kinship,
    )


def _address(address: Address, number: int) -> str:
    return element(
        "ADRESSE",
        {"ADRESSE_ID": str(number)},
        **{f"LIGNE{rank}_ADRESSE": line for rank, line in enumerate(address.lines, 1)},
        CODE_POSTAL=address.postcode,
        LIBELLE_POSTAL=address.town,
        LL_PAYS=address.country,
        COMMUNE_ETRANGERE=address.foreign_town,
    )


VARIANTS: dict[str, Callable[[Roster], Files]] = {
    "usual": files,
    "old-tags": lambda roster: files(roster, tags=OLD),
    "later": lambda roster: files(people.later(roster)),
    "fewer": lambda roster: files(people.fewer(roster)),
    "other-school": lambda roster: files(replace(roster, uai="0680001G")),
    "last-year": lambda roster: files(replace(roster, year=roster.year - 1)),
    "saved-again": lambda roster: {name: saved_again(data) for name, data in files(roster).items()},
    "truncated": lambda roster: {name: data[: len(data) * 2 // 3] for name, data in files(roster).items()},
    "doctype": lambda roster: {name: with_doctype(data) for name, data in files(roster).items()},
}
"""The files of a good day, of a later day, and those that must be refused whole."""


def saved_again(data: bytes) -> bytes:
    """What a text editor leaves: the bytes are UTF-8, the declaration still says ISO-8859-15."""
    return data.decode(ENCODING).encode()


def with_doctype(data: bytes) -> bytes:
    """A billion laughs, cut short: the door through which bombs come."""
    head, _, body = data.partition(b"\n")
    return head + b'\n<!DOCTYPE x [<!ENTITY a "a"><!ENTITY b "&a;&a;&a;&a;">]>\n' + body


def zipped(members: Iterable[tuple[str, bytes]], path: Path) -> Path:
    """A zip of these files."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def write(folder: Path, made: Files) -> list[Path]:
    """The files, bare and in one zip."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return [*(folder / name for name in made), zipped(made.items(), folder / ZIP)]


def main() -> None:
    """Write the files that were asked for, and say where."""
    read = argparse.ArgumentParser(prog="python -m tests.rosters.siecle", description=__doc__)
    read.add_argument("--uai", default="0670001M")
    read.add_argument("--students", type=int, default=300)
    read.add_argument("--year", type=int, default=2026, help="the first of the school year")
    read.add_argument("--variant", choices=VARIANTS, default="usual")
    read.add_argument("--out", type=Path, required=True)
    given = read.parse_args()
    roster = people.roster(uai=given.uai, students=given.students, year=given.year)
    made = write(given.out, VARIANTS[given.variant](roster))
    if given.variant == "usual":  # the same people in the other formats
        made.append(tables.write_csv(given.out / "eleves.csv", tables.rows(roster)))
        made.append(given.out / "OneRoster.zip")
        made[-1].write_bytes(oneroster.zipped(roster))
    print("\n".join(map(str, made)))  # noqa: T201  # a command answers


if __name__ == "__main__":
    main()
