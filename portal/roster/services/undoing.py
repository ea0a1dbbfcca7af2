"""The school as it was before an import, as long as nobody has touched what the import wrote."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.words import later
from portal.platform import actor
from portal.platform.work import emit, use_case
from portal.roster import values
from portal.roster.comparison import BETWEEN
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

    It is told, inside the undo's transaction, the numbers of the students and of the guardians who are about to go; it
    drops its own rows, or raises a `DomainError`.
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
    edited = [told for kind in history.TABLES for told in _put_back(asked, kind)]
    added = {kind: _added(asked, kind) for kind in (Kind.STUDENT, Kind.GUARDIAN)}
    _refuse([*edited, *queries.corrected(added[Kind.STUDENT], added[Kind.GUARDIAN])])
    _remove(asked, added[Kind.STUDENT], added[Kind.GUARDIAN])
    emit(RosterUndone(school_id=asked.school_id, import_id=asked.id))
    return asked


def _put_back(asked: RosterImport, kind: Kind) -> list[str]:
    """Old values again; returns what somebody has edited since."""
    edited = []
    for line, row in history.touched(asked.id, kind, applying.TOUCHING):
        wanted: dict[str, list[Any]] = {name: [new, old] for name, (old, new) in (line.changes or {}).items()}
        strange = [name for name, (now, _) in wanted.items() if history.value_of(row, name) != now]
        if strange:
            edited.append(f"{line.label} ({', '.join(str(values.LABELS.get(name, name)) for name in strange)})")
        else:
            history.change(row, wanted, kind=kind)
    return edited


def _added(asked: RosterImport, kind: Kind) -> list[int]:
    """The numbers of the people that the import brought."""
    if asked.source is None:
        return []
    table: writing.Person = Student if kind is Kind.STUDENT else Guardian
    numbers = writing.numbers(table, school_id=asked.school_id, source=asked.source)
    keys = [key for lines in applying.new_lines(asked.id, kind, applying.NEW) for _, key, _ in lines]
    if not numbers.keys() >= set(keys):
        raise CannotUndo
    return [numbers[key] for key in keys]


def _refuse(edited: list[str]) -> None:
    if edited:
        shown = ", ".join(edited[:NAMED]) + ("…" if len(edited) > NAMED else "")
        raise CannotUndo(
            later("Ces fiches ont été modifiées depuis l’import : %(who)s. Rien n’a été annulé.", who=shown)
        )


def _remove(asked: RosterImport, students: list[int], guardians: list[int]) -> None:
    """What the import added goes, unless something of the portal already rests on it."""
    for hook in _removals:
        hook(students, guardians)
    try:
        _delete(Guardianship, _added_links(asked))
        _delete(Student, students)
        _delete(Guardian, guardians)
    except IntegrityError as used:
        raise CannotUndo from used


def _added_links(asked: RosterImport) -> list[int]:
    """The numbers of the links that the import brought."""
    if asked.source is None:
        return []
    students = writing.numbers(Student, school_id=asked.school_id, source=asked.source)
    guardians = writing.numbers(Guardian, school_id=asked.school_id, source=asked.source)
    standing = queries.pairs(asked.school_id)
    found = []
    for lines in applying.new_lines(asked.id, Kind.LINK, RosterLine.verdict == Verdict.NEW):
        for _, key, _ in lines:
            student, _, guardian = key.partition(BETWEEN)
            pair = (students.get(student), guardians.get(guardian))
            if pair in standing:
                found.append(standing[pair])
    return found


def _delete(table: type[history.Row], ids: Sequence[int]) -> None:
    for start in range(0, len(ids), applying.SLICE):
        mine = delete(table).where(table.id.in_(ids[start : start + applying.SLICE]))
        db.session.execute(mine.execution_options(synchronize_session=False))
