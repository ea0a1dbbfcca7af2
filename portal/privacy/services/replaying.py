"""Erasures done again after a backup was restored (PRV-2).

A restored database knows again the people who were erased since the backup was made. So each erasure also leaves a line
outside the database, in the file store: the student's public id, which tells nothing of anybody once the file is gone.
A line is kept as long as a backup may be (35 days), with a margin; the purge of each night does what they say.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import NoResultFound

from portal.kernel import clock
from portal.platform import files, scope
from portal.platform.forgetting import Forgetting
from portal.platform.work import use_case
from portal.privacy import rules
from portal.privacy.queries import desk
from portal.privacy.services.purging import substitutes
from portal.privacy.services.rights import erase_student
from portal.roster import queries as roster

KIND: Final = "effacements"
KEPT: Final = timedelta(days=60)
"""Backups are kept 35 days at most."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did: files erased again, those that still were, and those that a person must look at."""

    again: int = 0
    still: int = 0
    refused: int = 0


def note(student: str) -> None:
    """Write an erasure down, outside the database. `student` is the public id."""
    line = {"student": student, "at": clock.now().isoformat()}
    files.keep(json.dumps(line).encode(), kind=KIND, suffix="json")


def replay() -> Replayed:
    """Erase again whoever came back; a loan that is open in the backup is left to a person, and said."""
    found = {"again": 0, "still": 0, "refused": 0}
    with scope.every_school(reason="erasures replayed"):
        for student in _noted():
            found[_erase(student)] += 1
    return Replayed(**found)


def _noted() -> Iterator[str]:
    """The students of the list, whose old lines go."""
    for key in files.kept_under(KIND):
        line = json.loads(files.read(key))
        if datetime.fromisoformat(line["at"]) < clock.now() - KEPT:
            files.forget_if_there(key)
        else:
            yield line["student"]


def _erase(public_id: str) -> str:
    try:
        student = roster.by_public_id(public_id)
    except NoResultFound:
        return "still"
    if student.family_name == substitutes("student")["family_name"]:
        return "still"
    loans = desk.loans_of(student.id)
    if rules.obstacle(loans):
        return "refused"
    _again(student.id).forget_files()
    return "again"


@use_case
def _again(student_id: int) -> Forgetting:
    return erase_student(student_id, desk.loans_of(student_id))
