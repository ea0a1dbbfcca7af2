"""The rows of a school's table as records: one row per student and guardian, or guardian 1 and guardian 2 side by side.

A table has few keys of its own. A student's is the INE, else one derived from names and birth date, which only proposes
a match. A guardian's is derived from the student and the guardian's name, so that brothers and sisters never share a
guardian on the strength of a name: the family asks for that, and the school confirms it.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from hashlib import blake2b
from typing import Final

from portal.kernel.values.folding import fold, one_line
from portal.kernel.values.ine import tidy_ine
from portal.platform.reading.tables import Row
from portal.roster.reading import kinship, postal, values
from portal.roster.reading.columns import GUARDIAN_FIELDS, GUARDIANS, STUDENT_FIELDS
from portal.roster.reading.records import GuardianRecord, LinkRecord, Place, Record, StudentRecord
from portal.roster.reading.remarks import Remarks
from portal.roster.scratch import Scratch, Shelf

DERIVED: Final = "nom:"
"""How a key begins that was made of names and a birth date: it proposes a match, and a person decides."""

_DIGEST_BYTES = 16
_ADDRESS_LINES = ("line1", "line2", "line3", "line4")
_BY_NAME = "Nous reconnaissons l’élève à son nom et à sa date de naissance."
_SAME_INE = "Un autre élève du fichier a le même INE. Vérifiez les deux fiches."

Cells = Mapping[str, str]
"""The text of each field of a person in a row; empty when the field has no column."""


@dataclass(frozen=True, slots=True)
class Person:
    """A guardian's place in the columns, and what the header itself says of whoever is named there."""

    name: str
    kinship: str = ""
    legal: bool | None = None


@dataclass(frozen=True)
class Table:
    """How to read the rows: the file's name, the number of columns of the header, the rank of each field's column."""

    file: str
    width: int
    columns: Mapping[str, int]
    guardians: Sequence[Person] = ()

    @property
    def keyed(self) -> bool:
        """Whether a column may say which student a row is about, more surely than names do."""
        return not self.columns.keys().isdisjoint({"student.ine", "student.key"})

    @cached_property
    def needed(self) -> int:
        """How many cells a row must have for none of the fields to be missing."""
        return max(self.columns.values()) + 1

    def cells_of(self, person: str, cells: Sequence[str]) -> dict[str, str]:
        """What a row says of one person."""
        return self._empty[person] | {name: cells[rank] for name, rank in self._ranks[person]}

    @cached_property
    def _ranks(self) -> dict[str, list[tuple[str, int]]]:
        """The fields of each person that have a column, with its rank."""
        found: dict[str, list[tuple[str, int]]] = {person: [] for person in self._empty}
        for field, rank in self.columns.items():
            person, _, name = field.partition(".")
            found[person].append((name, rank))
        return found

    @cached_property
    def _empty(self) -> dict[str, dict[str, str]]:
        """Every field of each person, without a text."""
        return {
            "student": dict.fromkeys(STUDENT_FIELDS, ""),
            **{one: dict.fromkeys(GUARDIAN_FIELDS, "") for one in GUARDIANS},
        }


class _Known:
    """What the rows above said; not in memory, for a region's list has 200,000 rows."""

    def __init__(self) -> None:
        scratch = Scratch()
        self.students: Shelf[list[int]] = scratch.shelf()
        """Of each student the first row: its line, a number for who it is about, and one for all that it says."""

        self.guardians: Shelf[int] = scratch.shelf()
        self.links: Shelf[str] = scratch.shelf()
        """The kinship by pair: a father and a mother of the same name are two people."""

        self.flagged: Shelf[int] = scratch.shelf()


def read_rows(rows: Iterator[Row], table: Table) -> Iterator[Record]:
    """The records of each row in turn: a student when first met, then guardians and links."""
    known = _Known()
    if not table.keyed:
        remarks = Remarks(Place(table.file, 1), about=None, subject="tableau")
        remarks.warn("INE", "", f"Ce tableau n’a ni INE ni identifiant. {_BY_NAME} Vérifiez les homonymes.")
        yield from remarks.findings
    for row in rows:
        remarks = Remarks(Place(table.file, row.line), about=StudentRecord, subject=f"ligne {row.line}")
        _check_width(row, table, remarks)
        key = None
        if not remarks.failed:
            key = yield from _student(table, table.cells_of("student", row.cells), known, remarks)
        yield from remarks.findings
        for person in table.guardians if key else ():
            yield from _guardian(table.cells_of(person.name, row.cells), person, key or "", known, remarks)


def _check_width(row: Row, table: Table, remarks: Remarks) -> None:
    """A row cut short is left out, for what it lacks would look like an erased value; so is one that overflows."""
    if len(row.cells) < table.needed:
        text = f"Cette ligne est coupée\u00a0: {len(row.cells)} colonnes sur {table.width}. Exportez le fichier de nouveau."
        remarks.fail("Ligne", " ".join(row.cells), text)
    elif any(row.cells[table.width :]):
        text = f"Cette ligne a trop de colonnes\u00a0: {len(row.cells)} au lieu de {table.width}. Corrigez-la."
        remarks.fail("Ligne", " ".join(row.cells), text)


def _student(table: Table, cell: Cells, known: _Known, remarks: Remarks) -> Generator[Record, None, str | None]:
    """Give the student when first met; return the key of the row's student, None when it cannot be read."""
    student = _read_student(cell, remarks)
    if student is None:
        return None
    if table.keyed and student.source_id.startswith(DERIVED):
        remarks.warn("INE", "", f"Ni INE ni identifiant sur cette ligne. {_BY_NAME} Vérifiez-le.")
    identity = hash((fold(student.family_name), fold(student.given_name), student.birth_date))
    first = known.students.get(student.source_id)
    if first and first[1] != identity and student.source_id == student.ine:
        yield from _flag_both(student, first, known, remarks)
        key = _derived(student.family_name, student.given_name, student.birth_date)
        student = replace(student, source_id=key)
        first = known.students.get(student.source_id)
    content = hash(student)
    if first is None:
        known.students[student.source_id] = [remarks.place.line, identity, content]
        yield student
        return student.source_id
    remarks.findings.clear()  # said of the first row already
    line, who, said = first
    if who != identity:
        remarks.key = None  # whoever has this key is not left out
        remarks.fail("Identifiant", student.source_id, f"Cet identifiant est déjà ligne {line}, pour un autre élève.")
        return None
    if said != content:
        text = f"Cette ligne contredit la ligne {line} pour le même élève. Nous gardons la première."
        remarks.warn("Élève", student.class_name or "", text)
    return student.source_id


def _read_student(cell: Cells, remarks: Remarks) -> StudentRecord | None:
    remarks.subject = " ".join(filter(None, (cell["given_name"], cell["family_name"]))) or remarks.subject
    remarks.key = one_line(cell["key"]) or tidy_ine(cell["ine"]) or None
    family = values.required_name(cell["family_name"], remarks, field="Nom de famille")
    first = values.required_name(cell["given_name"], remarks, field="Prénom")
    usage = values.optional_name(cell["usage_name"], remarks, field="Nom d’usage")
    born = values.birth_date(cell["birth_date"], remarks)
    own_key = _own_key(cell, remarks)
    if born is None or remarks.failed:
        return None
    ine = values.ine(cell["ine"], remarks) if cell["ine"] else None
    return StudentRecord(
        source_id=own_key or ine or _derived(family, first, born),
        family_name=family,
        given_name=first,
        birth_date=born,
        usage_name=usage,
        ine=ine,
        class_name=values.class_name(cell["class_name"], remarks),
        level=values.level(cell["level"], remarks),
        email=values.email(cell["email"], remarks),
        mobile=values.mobile([cell["mobile"]], remarks, postcode=None),
        left_on=values.exit_date(cell["left_on"], remarks),
        place=remarks.place,
    )


def _flag_both(student: StudentRecord, first: list[int], known: _Known, remarks: Remarks) -> Iterator[Record]:
    """Two students with one INE: both are kept and flagged, and the second gets a derived key."""
    ine = student.source_id
    remarks.warn("INE", ine, _SAME_INE)
    if ine not in known.flagged:
        known.flagged[ine] = 1
        about = Remarks(
            Place(remarks.place.file, first[0]), about=StudentRecord, subject=f"élève de la ligne {first[0]}"
        )
        about.warn("INE", ine, _SAME_INE)
        yield from about.findings


def _guardian(cell: Cells, person: Person, student: str, known: _Known, row: Remarks) -> Iterator[Record]:
    """Give a guardian of the row when first met, and the link."""
    full = " ".join(filter(None, (cell["given_name"], cell["family_name"]))) or cell["full_name"]
    written = _address(cell)
    if not full and written.empty and not cell["email"] and not cell["mobile"]:
        return
    remarks = Remarks(row.place, about=GuardianRecord, subject=full or f"responsable de {row.subject}")
    name = values.full_name(full, remarks)
    kin = kinship.as_written(cell["kinship"] or person.kinship)
    key = _own_key(cell, remarks) or _guardian_key(student, name, kin, known)
    if not remarks.failed:
        if key not in known.guardians:
            known.guardians[key] = 1
            yield _read_guardian(cell, key, name, written, remarks)
        yield from _link(
            LinkRecord(
                student=student,
                guardian=key,
                kinship=kin,
                may_sign=_may_sign(cell["legal"], kin, person, remarks),
                place=remarks.place,
            ),
            known,
            remarks,
        )
    yield from remarks.findings


def _guardian_key(student: str, name: str, kin: str, known: _Known) -> str:
    """Made of the student and the name; and of the kinship, when somebody of that name is already another parent."""
    key = _digest("resp:", student, fold(name))
    same = known.links.get(_pair(student, key)) in {None, kin}
    return key if same else _digest("resp:", student, fold(name), fold(kin))


def _pair(student: str, guardian: str) -> str:
    return f"{student}\n{guardian}"


def _read_guardian(cell: Cells, key: str, name: str, written: postal.Written, remarks: Remarks) -> GuardianRecord:
    address, abroad = postal.read_address(written, recipient=name, remarks=remarks)
    return GuardianRecord(
        source_id=key,
        name=name,
        email=values.email(cell["email"], remarks),
        mobile=values.mobile([cell["mobile"]], remarks, postcode=written.postcode or None),
        address=address,
        abroad=abroad,
        place=remarks.place,
    )


def _link(link: LinkRecord, known: _Known, remarks: Remarks) -> Iterator[Record]:
    pair = _pair(link.student, link.guardian)
    if pair in known.links:
        text = "Ce responsable est déjà écrit pour cet élève. Nous gardons la première fois."
        remarks.warn("Responsable", remarks.subject, text)
        return
    known.links[pair] = link.kinship
    yield link


def _may_sign(written: str, kin: str, person: Person, remarks: Remarks) -> bool | None:
    """The row's own answer; without one, the header's: « Repr. Lég. » names legal guardians only."""
    if kin == kinship.KINSHIPS[kinship.OWN_GUARDIAN]:
        return False
    return kinship.may_sign_as_written(written, remarks) if written else person.legal


def _address(cell: Cells) -> postal.Written:
    return postal.Written(
        lines=[cell[name] for name in _ADDRESS_LINES],
        postcode=cell["postcode"],
        town=cell["city"],
        country=cell["country"],
    )


def _own_key(cell: Cells, remarks: Remarks) -> str:
    """The key of the school's own software, when it has a column and this row fills it."""
    return values.source_key(cell["key"], remarks, field="Identifiant") if cell["key"] else ""


def _derived(family_name: str, given_name: str, born: date) -> str:
    return _digest(DERIVED, fold(family_name), fold(given_name), born.isoformat())


def _digest(prefix: str, *texts: str) -> str:
    """A key of at most forty signs that does not say the names."""
    return prefix + blake2b("\n".join(texts).encode(), digest_size=_DIGEST_BYTES).hexdigest()
