"""What was compared becomes what the school knows: one transaction, and the same number of statements for each slice."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select, update

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.values.uai import parse_uai
from portal.platform import actor
from portal.platform.database import learn
from portal.platform.work import emit, use_case
from portal.roster import rules, values
from portal.roster.errors import NeedsConfirmation, RosterOvertaken, Undecided
from portal.roster.events import RosterApplied
from portal.roster.known import BETWEEN
from portal.roster.models import Guardian, Guardianship, RosterImport, RosterLine, Student
from portal.roster.queries import imports as queries
from portal.roster.reading.records import Source
from portal.roster.services import history, writing
from portal.roster.states import Kind, Verdict
from portal.schools import queries as schools_known
from portal.schools import services as schools

REFUSED: Final = and_(RosterLine.verdict == Verdict.MATCH, RosterLine.accepted.is_(False))
NEW: Final = (RosterLine.verdict == Verdict.NEW, REFUSED)
"""Read one after the other: each follows the index, and an `or` of both sorts the whole import for every slice."""
TOUCHING: Final = or_(
    RosterLine.verdict.in_((Verdict.CHANGED, Verdict.ABSENT, Verdict.MATCH)),
    and_(RosterLine.verdict == Verdict.LEFT, RosterLine.target_id.is_not(None)),
)


@use_case
def apply(public_id: str, *, typed: str = "") -> RosterImport:
    """Make the school's students, guardians and links what the file says. `typed` is the UAI, when too much changes."""
    asked = queries.lock_import(queries.one(public_id).id)
    schools.lock(asked.school_id)
    asked.move("apply")
    asked.applied_at, asked.applied_by = clock.now(), actor.current().account_id
    _check(asked, typed)
    for kind in (Kind.STUDENT, Kind.GUARDIAN):
        _change(asked, kind)
        _add(asked, kind)
    learn(Student, Guardian)
    _change(asked, Kind.LINK)
    _add_links(asked)
    emit(RosterApplied(school_id=asked.school_id, import_id=asked.id))
    return asked


def _check(asked: RosterImport, typed: str) -> None:
    if queries.basis(asked.school_id, but=asked.id) != asked.basis:
        raise RosterOvertaken
    if queries.undecided(asked.id):
        raise Undecided
    if rules.dangers((asked.counts or {}).get("students", {}), known=asked.known):
        _confirm(typed, schools_known.one(asked.school_id).uai)


def _confirm(typed: str, uai: str) -> None:
    try:
        read = parse_uai(typed)
    except DomainError:
        read = ""
    if read != uai:
        raise NeedsConfirmation


def _change(asked: RosterImport, kind: Kind) -> None:
    """Rows that the school has: changed, left, absent, or known under another key."""
    for line, row in history.touched(asked.id, kind, TOUCHING):
        protected = frozenset(getattr(row, "protected", None) or ())
        line.changes = history.change(row, _wanted(asked, line, row), kind=kind, protected=protected)


def _wanted(asked: RosterImport, line: RosterLine, row: history.Row) -> history.Changes:
    """What a line asks of its row: field → [before, after]. A person of another kind of file is not missing from this one."""
    today = clock.today().isoformat()
    if line.accepted is False and getattr(row, "source", None) is not asked.source:
        return {}
    if line.verdict is Verdict.ABSENT and line.kind is Kind.LINK:
        return {"ends_on": [None, today]}
    if line.verdict is Verdict.ABSENT or line.accepted is False:
        return {"absent_since": [None, today], "absent_import": [None, asked.number]}
    wanted: dict[str, Sequence[Any]] = dict(line.changes or {})
    if line.verdict is Verdict.MATCH:
        wanted |= {"source": [None, asked.source], "source_id": [None, line.record_key]}
    return wanted


def _add(asked: RosterImport, kind: Kind) -> None:
    table: writing.Person = Student if kind is Kind.STUDENT else Guardian
    for lines in new_lines(asked.id, kind, *NEW):
        rows = [{"source_id": key, **_columns(kind, given)} for _, key, given in lines]
        writing.add_people(table, rows, school_id=asked.school_id, source=source_of(asked))


def _columns(kind: Kind, given: dict[str, Any]) -> dict[str, Any]:
    columns = values.columns(given)
    return columns | {"level": columns["level"] or ""} if kind is Kind.STUDENT else columns


def source_of(asked: RosterImport) -> Source:
    """The kind of file of an import that was compared."""
    if asked.source is None:
        raise RuntimeError("a staged import knows its source")
    return asked.source


def new_lines(import_id: int, kind: Kind, *conditions: ColumnElement[bool]) -> Iterator[Sequence[tuple[int, str, Any]]]:
    """New lines by slices: number, key, values; those of each condition in turn."""
    columns = RosterLine.id, RosterLine.record_key, RosterLine.given
    for condition in conditions:
        which = (RosterLine.import_id == import_id, RosterLine.kind == kind, condition)
        statement, after = select(*columns).where(*which).order_by(RosterLine.id).limit(history.SLICE), 0
        while lines := db.session.execute(statement.where(RosterLine.id > after)).all():
            yield [(number, key, given) for number, key, given in lines]
            after = lines[-1].id
            if len(lines) < history.SLICE:
                break


def _add_links(asked: RosterImport) -> None:
    """Links between people who are now all known. One that already stood between two people is left as it was."""
    for rank, lines in enumerate(new_lines(asked.id, Kind.LINK, RosterLine.verdict == Verdict.NEW)):
        rows, kept = [], []
        pairs = paired(asked, [key for _, key, _ in lines])
        standing = queries.pairs({student for student, _ in pairs if student})
        for (number, _, given), pair in zip(lines, pairs, strict=True):
            if None in pair or pair in standing:
                kept.append(number)
            else:
                rows.append({"student_id": pair[0], "guardian_id": pair[1], **values.columns(given)})
        writing.add_links(rows, school_id=asked.school_id)
        if rank == 0:
            learn(Guardianship)  # the next slices look for their pairs among these
        if kept:
            statement = update(RosterLine).where(RosterLine.id.in_(kept)).values(verdict=Verdict.UNCHANGED)
            db.session.execute(statement.execution_options(synchronize_session=False))


def paired(asked: RosterImport, keys: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """The numbers of the student and of the guardian of each link, from the links' keys: two statements."""
    split = [key.split(BETWEEN) for key in keys]
    where: dict[str, Any] = {"school_id": asked.school_id, "source": source_of(asked)}
    students = writing.numbers(Student, **where, keys={student for student, _ in split})
    guardians = writing.numbers(Guardian, **where, keys={guardian for _, guardian in split})
    return [(students.get(student), guardians.get(guardian)) for student, guardian in split]
