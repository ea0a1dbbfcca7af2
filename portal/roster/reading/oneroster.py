"""OneRoster 1.1 in CSV (1EdTech): a zip of bulk files, as private lycées with an international software have.

It holds no postal address and no notion of a legal guardian: nobody may sign until the school says who. Guardians are
the users that a student names in `agentSourcedIds`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from zipfile import ZipFile

from portal.kernel.errors import DomainError
from portal.kernel.values.folding import one_line
from portal.kernel.values.ine import looks_like_ine, tidy_ine
from portal.kernel.values.uai import parse_uai
from portal.platform.reading import tables
from portal.platform.reading.parts import Content, Part
from portal.platform.reading.refusals import Refused
from portal.platform.reading.tables import Row, Text
from portal.roster.reading import values
from portal.roster.reading.duplicates import RepeatedInes
from portal.roster.reading.records import (
    GuardianRecord,
    Header,
    LinkRecord,
    Place,
    Reading,
    Record,
    Source,
    StudentRecord,
)
from portal.roster.reading.remarks import Remarks

GUARDIAN_ROLES: Final = {"guardian": "responsable", "parent": "parent", "relative": "autre membre de la famille"}

_REQUIRED = ("users", "orgs", "demographics")
_READ = (*_REQUIRED, "manifest", "classes", "enrollments", "academicSessions")
_HOMEROOM = "homeroom"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a member: its number, and its cells by the names of the header."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "").strip()


@dataclass(slots=True)
class _Survey:
    """What must be known before the users are read."""

    header: Header
    born: dict[str, str]
    classes: dict[str, str]
    roles: dict[str, str]


def open_oneroster(archive: Part) -> Reading:
    """One reading of a bulk zip; raises `Refused` for a delta, a missing file, or several schools."""
    members = _members(archive)
    if missing := [name for name in _REQUIRED if name not in members]:
        raise Refused(
            f"Il manque {missing[0]}.csv dans «\u00a0{archive.name}\u00a0». Exportez la base complète au format OneRoster 1.1."
        )
    _refuse_delta(members, archive)
    header = Header(source=Source.ONEROSTER, uai=_uai(members["orgs"]), year=_year(members.get("academicSessions")))
    users = members["users"]
    roles = {line["sourcedId"]: line["role"].lower() for line in _lines(users)}
    if "student" not in roles.values():
        raise Refused(f"«\u00a0{archive.name}\u00a0» ne contient aucun élève. Exportez-le de nouveau.")
    found = _Survey(
        header=header,
        born={line["sourcedId"]: line["birthDate"] for line in _lines(members["demographics"])},
        classes=_classes(members),
        roles=roles,
    )
    kinds = frozenset({StudentRecord, GuardianRecord, LinkRecord})
    return Reading(header=header, kinds=kinds, records=_records(users, found))


def _members(archive: Part) -> dict[str, Text]:
    """The files that we read, each read once for the faults that refuse the whole."""
    with ZipFile(archive.path) as opened:
        names = {PurePosixPath(name).stem: name for name in opened.namelist() if name.lower().endswith(".csv")}
    return {
        stem: tables.open_text(Part(f"{stem}.csv", Content.TEXT, archive.path, names[stem]), separator=",")
        for stem in _READ
        if stem in names
    }


def _lines(text: Text) -> Iterator[_Line]:
    rows = tables.rows(text)
    header = [one_line(cell) for cell in next(rows, Row(1, [])).cells]
    for row in rows:
        yield _Line(row.line, dict(zip(header, row.cells, strict=False)))


def _refuse_delta(members: dict[str, Text], archive: Part) -> None:
    """A delta says what changed: all that it does not name would look absent."""
    manifest = (
        {line["propertyName"]: line["value"] for line in _lines(members["manifest"])} if "manifest" in members else {}
    )
    statuses = (line["status"] for line in _lines(members["users"]))
    if "delta" in manifest.values() or any(statuses):
        raise Refused(
            f"«\u00a0{archive.name}\u00a0» ne contient que des différences. Exportez la base complète («\u00a0bulk\u00a0»)."
        )


def _uai(orgs: Text) -> str | None:
    """The identifier of the only school, when it is a UAI."""
    found = {
        uai for line in _lines(orgs) if line["type"].lower() == "school" and (uai := _parsed_uai(line["identifier"]))
    }
    if len(found) > 1:
        first, second, *_ = sorted(found)
        raise Refused(f"Ce fichier réunit deux lycées\u00a0: {first} et {second}. Exportez celui d’un seul.")
    return next(iter(found), None)


def _parsed_uai(text: str) -> str | None:
    try:
        return parse_uai(text)
    except DomainError:
        return None


def _year(sessions: Text | None) -> int | None:
    """The first year of the school year: OneRoster's `schoolYear` is the one in which it ends."""
    lines = _lines(sessions) if sessions else ()
    years = {int(line["schoolYear"]) - 1 for line in lines if line["schoolYear"].isdecimal()}
    if len(years) > 1:
        raise Refused("Ce fichier réunit plusieurs années scolaires. Exportez une seule année.")
    return next(iter(years), None)


def _classes(members: dict[str, Text]) -> dict[str, str]:
    """The home class of each student: a lesson's class is not one."""
    if not {"classes", "enrollments"} <= members.keys():
        return {}
    titles = {line["sourcedId"]: line["title"] for line in _lines(members["classes"]) if line["classType"] == _HOMEROOM}
    found: dict[str, str] = {}
    for line in _lines(members["enrollments"]):
        if line["role"].lower() == "student" and line["classSourcedId"] in titles:
            found.setdefault(line["userSourcedId"], titles[line["classSourcedId"]])
    return found


def _records(users: Text, found: _Survey) -> Iterator[Record]:
    """Students, then guardians, then links, as for every format."""
    students, guardians = set[str](), set[str]()
    yield from _people(users, found, students, guardians)
    yield from _links(users, found, students, guardians)


def _people(users: Text, found: _Survey, students: set[str], guardians: set[str]) -> Iterator[Record]:
    ines = RepeatedInes()
    for line in _lines(users):
        role = line["role"].lower()
        if role != "student" and role not in GUARDIAN_ROLES:
            continue
        key = line["sourcedId"]
        remarks = _remarks(line, users)
        record = _student(line, found, remarks) if role == "student" else _guardian(line, remarks)
        if key in students or key in guardians:
            remarks.key = None
            remarks.fail(
                "Identifiant", key, "Cet identifiant est déjà celui d’une autre ligne. Nous gardons la première."
            )
        if record and not remarks.failed:
            (students if role == "student" else guardians).add(key)
            yield record
            yield from ines.noted(record.ine, remarks) if isinstance(record, StudentRecord) else ()
        yield from remarks.findings


def _student(line: _Line, found: _Survey, remarks: Remarks) -> StudentRecord | None:
    key = values.source_key(line["sourcedId"], remarks, field="Identifiant")
    family = values.required_name(line["familyName"], remarks, field="Nom de famille")
    first = values.required_name(line["givenName"], remarks, field="Prénom")
    born = values.birth_date(found.born.get(key, ""), remarks)
    if born is None or remarks.failed:
        return None
    ine = tidy_ine(line["identifier"])
    return StudentRecord(
        source_id=key,
        family_name=family,
        given_name=first,
        birth_date=born,
        ine=ine if looks_like_ine(ine) else None,
        class_name=values.class_name(found.classes.get(key, ""), remarks),
        level=values.level(line["grades"], remarks),
        email=values.email(line["email"], remarks),
        mobile=_mobile(line, remarks),
        place=remarks.place,
    )


def _guardian(line: _Line, remarks: Remarks) -> GuardianRecord:
    return GuardianRecord(
        source_id=values.source_key(line["sourcedId"], remarks, field="Identifiant"),
        name=values.full_name(_name(line), remarks),
        email=values.email(line["email"], remarks),
        mobile=_mobile(line, remarks),
        place=remarks.place,
    )


def _links(users: Text, found: _Survey, students: set[str], guardians: set[str]) -> Iterator[Record]:
    for line in _lines(users):
        student = line["sourcedId"]
        if student not in students or line["role"].lower() != "student":
            continue
        remarks = _remarks(line, users)
        remarks.about, remarks.key = LinkRecord, None
        for agent in dict.fromkeys(filter(None, map(str.strip, line["agentSourcedIds"].split(",")))):
            if agent in guardians:
                kinship = GUARDIAN_ROLES[found.roles[agent]]
                yield LinkRecord(student=student, guardian=agent, kinship=kinship, may_sign=None, place=remarks.place)
            elif found.roles.get(agent, "guardian") in GUARDIAN_ROLES:
                remarks.fail("Responsable", agent, "Ce responsable n’est pas dans le fichier, ou n’a pas pu être lu.")
        yield from remarks.findings


def _remarks(line: _Line, users: Text) -> Remarks:
    key = line["sourcedId"]
    about = StudentRecord if line["role"].lower() == "student" else GuardianRecord
    place, subject = Place(users.part.name, line.number), _name(line) or key or f"ligne {line.number}"
    return Remarks(place, about=about, subject=subject, key=key)


def _name(line: _Line) -> str:
    return " ".join(filter(None, (line["givenName"], line["familyName"])))


def _mobile(line: _Line, remarks: Remarks) -> str | None:
    """`sms` is the mobile; `phone` may be one."""
    return values.mobile([line["sms"], line["phone"]], remarks, postcode=None)
