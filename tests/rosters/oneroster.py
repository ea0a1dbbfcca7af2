"""The same lycée as a OneRoster 1.1 bulk zip (1EdTech), as an international software exports it."""

import csv
import io
from collections.abc import Iterable, Sequence
from uuid import NAMESPACE_URL, uuid5

from tests.rosters.people import FATHER, MOTHER, Roster, Student
from tests.rosters.tables import zip_bytes

SCHOOL = "org-1"
USERS = [
    "sourcedId",
    "status",
    "dateLastModified",
    "enabledUser",
    "orgSourcedIds",
    "role",
    "username",
    "userIds",
    "givenName",
    "familyName",
    "middleName",
    "identifier",
    "email",
    "sms",
    "phone",
    "agentSourcedIds",
    "grades",
    "password",
]
ROLES = {MOTHER: "parent", FATHER: "parent"}


def members(roster: Roster, *, status: str = "", schools: Sequence[str] = ()) -> dict[str, bytes]:
    """The files by name; a `status` makes a delta, other UAI add schools."""
    classes = sorted({student.division for student in roster.students if student.division})
    return {
        "manifest.csv": _csv(
            "propertyName,value", [("manifest.version", "1.0"), ("file.users", "delta" if status else "bulk")]
        ),
        "orgs.csv": _csv(
            "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
            [(f"org-{n}", "", "", "Lycée", "school", uai, "") for n, uai in enumerate((roster.uai, *schools), 1)],
        ),
        "academicSessions.csv": _csv(
            "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
            [
                (
                    "year",
                    "",
                    "",
                    "Année",
                    "schoolYear",
                    f"{roster.year}-09-01",
                    f"{roster.year + 1}-07-05",
                    "",
                    roster.year + 1,
                )
            ],
        ),
        "classes.csv": _csv(
            "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId",
            [(sourced(name), "", "", name, "", "", name, "homeroom", "", SCHOOL) for name in classes]
            + [("lesson", "", "", "Latin", "", "", "", "scheduled", "", SCHOOL)],
        ),
        "enrollments.csv": _csv(
            "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
            [
                _enrolment(student, place)
                for student in roster.students
                for place in ("lesson", student.division)
                if place
            ],
        ),
        "demographics.csv": _csv(
            "sourcedId,status,dateLastModified,birthDate,sex",
            [(sourced(student.number), "", "", student.born.isoformat(), "") for student in roster.students],
        ),
        "users.csv": _csv(",".join(USERS), _users(roster, status)),
    }


def zipped(roster: Roster, **options: object) -> bytes:
    """The zip that somebody uploads."""
    return zip_bytes(members(roster, **options))


def sourced(key: object) -> str:
    """A GUID, always the same for the same thing."""
    return str(uuid5(NAMESPACE_URL, str(key)))


def _users(roster: Roster, status: str) -> Iterable[Sequence[object]]:
    kinships = {link.guardian: link.kinship for link in roster.links}
    for student in roster.students:
        agents = ",".join(sourced(link.guardian) for link in roster.links if link.student == student.number)
        known = {"givenName": student.given, "familyName": student.family, "identifier": student.ine}
        known |= {"role": "student", "grades": student.mef, "agentSourcedIds": agents}
        yield _user(student.number, status, known)
    for guardian in roster.guardians:
        role = ROLES.get(kinships.get(guardian.number, ""), "guardian")
        known = {"givenName": guardian.given, "familyName": guardian.family, "role": role}
        known |= {"email": guardian.email, "sms": guardian.mobile}
        yield _user(guardian.number, status, known)


def _user(number: int, status: str, known: dict[str, str]) -> list[str]:
    cells = {"sourcedId": sourced(number), "status": status, "enabledUser": "true", "orgSourcedIds": SCHOOL, **known}
    return [cells.get(name, "") for name in USERS]


def _enrolment(student: Student, place: str) -> tuple[str, ...]:
    where = place if place == "lesson" else sourced(place)
    return (f"{student.number}-{place}", "", "", where, SCHOOL, sourced(student.number), "student", "false", "", "")


def _csv(header: str, rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header.split(","), *rows])
    return out.getvalue().encode()
