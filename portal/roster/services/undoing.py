"""The school as it was before an import, as long as nobody has touched what the import wrote."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.words import later
from portal.platform import actor
from portal.platform.work import emit, use_case
from portal.roster import values
from portal.roster.errors import CannotUndo
from portal.roster.events import RosterUndone
from portal.roster.models import Guardian, Guardianship, RosterImport, RosterLine, Student
from portal.roster.queries import imports as queries
from portal.roster.services import applying, history, writing
from portal.roster.services.staging import KEPT_FOR
from portal.roster.states import Kind, Verdict
from portal.schools import services as schools

NAMED: Final = 5
"""How many people a refusal names."""

Removal = Callable[[Sequence[int], Sequence[int]], None]
_removals: list[Removal] = []


def before_removal(hook: Removal) -> Removal:
    """Register a feature above that keeps rows about people whom an undo takes away.

    It is told, inside the undo's transaction, by slices, the numbers of the students and of the guardians who are about
    to go; it drops its own rows, or raises a `DomainError`.
    """
    if hook not in _removals:
        _removals.append(hook)
    return hook


@use_case
def undo(public_id: str) -> RosterImport:
    """Put back what an import changed, and take away what it added; refuses, with names, what was edited since."""
    asked = queries.lock_import(queries.one(public_id).id)
    schools.lock(asked.school_id)
    asked.move("undo")
    asked.undone_at, asked.undone_by = clock.now(), actor.current().account_id
    if asked.asked_at < clock.now() - KEPT_FOR:
        raise CannotUndo(later("Cet import a plus de 30 jours : il ne peut plus être annulé."))
    _refuse(list(islice(chain(_put_back(asked), _corrected(asked)), NAMED + 1)))
    _remove(asked)
    emit(RosterUndone(school_id=asked.school_id, import_id=asked.id))
    return asked


def _put_back(asked: RosterImport) -> Iterator[str]:
    """Old values again; tells what somebody has edited since."""
    for kind in history.TABLES:
        for line, row in history.touched(asked.id, kind, applying.TOUCHING):
            wanted: dict[str, list[Any]] = {name: [new, old] for name, (old, new) in (line.changes or {}).items()}
            strange = [name for name, (now, _) in wanted.items() if history.value_of(row, name) != now]
            if strange:
                yield f"{line.label} ({', '.join(str(values.LABELS.get(name, name)) for name in strange)})"
            else:
                history.change(row, wanted, kind=kind)


def _corrected(asked: RosterImport) -> Iterator[str]:
    """Who, among those that the import brought, was corrected since."""
    for students in _added(asked, Student):
        yield from queries.corrected(students, ())
    for guardians in _added(asked, Guardian):
        yield from queries.corrected((), guardians)


def _added(asked: RosterImport, table: writing.Person) -> Iterator[list[int]]:
    """The numbers of the people that the import brought, by slices."""
    kind = Kind.STUDENT if table is Student else Kind.GUARDIAN
    for lines in applying.new_lines(asked.id, kind, *applying.NEW) if asked.source else ():
        keys = [key for _, key, _ in lines]
        numbers = writing.numbers(table, school_id=asked.school_id, source=applying.source_of(asked), keys=keys)
        if not numbers.keys() >= set(keys):
            raise CannotUndo
        yield list(numbers.values())


def _refuse(edited: list[str]) -> None:
    if edited:
        shown = ", ".join(edited[:NAMED]) + ("…" if len(edited) > NAMED else "")
        raise CannotUndo(
            later("Ces fiches ont été modifiées depuis l’import : %(who)s. Rien n’a été annulé.", who=shown)
        )


def _remove(asked: RosterImport) -> None:
    """What the import added goes, unless something of the portal already rests on it."""
    try:
        for links in _added_links(asked):
            _delete(Guardianship, links)
        for students in _added(asked, Student):
            _tell(students, ())
            _delete(Student, students)
        for guardians in _added(asked, Guardian):
            _tell((), guardians)
            _delete(Guardian, guardians)
    except IntegrityError as used:
        raise CannotUndo from used


def _tell(students: Sequence[int], guardians: Sequence[int]) -> None:
    for hook in _removals:
        hook(students, guardians)


def _added_links(asked: RosterImport) -> Iterator[list[int]]:
    """The numbers of the links that the import brought, by slices."""
    for lines in applying.new_lines(asked.id, Kind.LINK, RosterLine.verdict == Verdict.NEW) if asked.source else ():
        pairs = applying.paired(asked, [key for _, key, _ in lines])
        standing = queries.pairs({student for student, _ in pairs if student})
        yield [standing[pair] for pair in pairs if pair in standing]


def _delete(table: type[history.Row], ids: Sequence[int]) -> None:
    db.session.execute(delete(table).where(table.id.in_(ids)).execution_options(synchronize_session=False))
