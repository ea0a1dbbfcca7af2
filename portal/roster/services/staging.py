"""From an upload to its comparison with the school. Nothing but the import's own lines is written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from sqlalchemy import delete, select, update

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.platform import actor
from portal.platform.database import insert_many
from portal.platform.work import emit, use_case
from portal.roster import rules
from portal.roster.comparison import Comparison, Line
from portal.roster.errors import Abandoned, NothingRead, StudentsFirst
from portal.roster.events import RosterReceived, RosterRefused, RosterStaged
from portal.roster.models import ColumnMapping, RosterImport, RosterLine
from portal.roster.queries import imports as queries
from portal.roster.reading.records import Header, Reading, StudentRecord
from portal.roster.services.levels import remember_levels
from portal.roster.states import ImportState, Kind, Verdict
from portal.schools import queries as schools_known
from portal.schools import services as schools

CHUNK: Final = 500
"""Lines written at once: short transactions, so that the rest of the portal goes on meanwhile."""

KEPT_FOR: Final = timedelta(days=30)
"""How long an import keeps its lines, and so can be undone."""

COUNTED: Final = {Kind.STUDENT: "students", Kind.GUARDIAN: "guardians", Kind.LINK: "links"}
WORDS: Final = {
    Verdict.NEW: "created",
    Verdict.CHANGED: "changed",
    Verdict.UNCHANGED: "unchanged",
    Verdict.ABSENT: "absent",
    Verdict.LEFT: "left",
    Verdict.MATCH: "matches",
    Verdict.ERROR: "errors",
    Verdict.WARNING: "warnings",
}
"""The names of the counts, for a program that reads them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """A file of the upload: its name, its hash, and where it is kept until it is read (nowhere, from a command line)."""

    name: str
    sha256: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person must say first: which column of a table is which, or what the school calls a MEF.

    `header` is what the file says of itself, if it does: nobody is asked about the file of another lycée.
    """

    asks: Mapping[str, Any]
    header: Header | None = None


Read = Callable[[Mapping[str, str] | None], Reading | Question]
"""Opens the upload, with the columns that a person named if there are any; raises a `DomainError` that refuses it whole."""


@use_case
def receive(*, school_id: int, uploads: Sequence[Uploaded], by_worker: bool) -> RosterImport:
    """Note an upload; the worker reads it, or whoever calls."""
    schools.lock(school_id)
    _forget(school_id)
    asked = RosterImport(
        school_id=school_id,
        number=queries.last_number(school_id) + 1,
        asked_by=actor.current().account_id,
        asked_at=clock.now(),
        files=[asdict(file) for file in uploads],
    )
    db.session.add(asked)
    db.session.flush()  # the event names it
    if by_worker:
        emit(RosterReceived(school_id=school_id, import_id=asked.id))
    return asked


def _forget(school_id: int) -> None:
    """Old imports keep their counts, and forget their people (RGPD, art. 5-1-e)."""
    old = select(RosterImport.id).where(
        RosterImport.school_id == school_id, RosterImport.asked_at < clock.now() - KEPT_FOR
    )
    db.session.execute(
        delete(RosterLine).where(RosterLine.import_id.in_(old)).execution_options(synchronize_session=False)
    )


def compare(import_id: int, *, read: Read, check: Callable[[Header], None]) -> None:
    """Read the upload and compare it with the school, in short transactions. Done twice, it starts again.

    `check` refuses the file of another lycée or another year. A refusal ends the import with its sentence.
    """
    begun = _begin(import_id)
    if begun is None:
        return
    school_id, columns = begun
    try:
        opened = read(columns)
        if opened.header:
            check(opened.header)
        if isinstance(opened, Question):
            _ask(import_id, opened)
        else:
            _stage(import_id, school_id, opened)
    except DomainError as refusal:
        fail(import_id, sentence=refusal.message)


@use_case
def _begin(import_id: int) -> tuple[int, Mapping[str, str] | None] | None:
    asked = queries.lock_import(import_id)
    if asked.state is not ImportState.READING:
        return None
    forget_lines(import_id)
    asked.lines_read = 0
    chosen = (asked.columns or {}).get("chosen")
    return asked.school_id, chosen if isinstance(chosen, dict) else None


def forget_lines(import_id: int) -> None:
    """Drop what an import staged."""
    db.session.execute(
        delete(RosterLine).where(RosterLine.import_id == import_id).execution_options(synchronize_session=False)
    )


def _stage(import_id: int, school_id: int, reading: Reading) -> None:
    basis = queries.basis(school_id)
    known = queries.known(school_id, reading.header.source)
    if StudentRecord not in reading.kinds and not known.students:
        raise StudentsFirst
    comparison = Comparison(known, header=reading.header, kinds=reading.kinds, today=clock.today())
    owner = {"school_id": school_id, "import_id": import_id}
    lines: list[Line] = []
    overruled: list[tuple[Kind, str]] = []
    for line in _lines(reading, comparison):
        lines = _without_overruled(lines, overruled, comparison)
        line.update(owner)
        lines.append(line)
        if len(lines) >= CHUNK:
            _write(import_id, lines, overruled)
            lines, overruled = [], []
    _write(import_id, _without_overruled(lines, overruled, comparison), overruled)
    _finish(import_id, reading, comparison, basis=basis, known=known.living)


def _lines(reading: Reading, comparison: Comparison) -> Iterator[Line]:
    for record in reading.records:
        yield from comparison.take(record)
    if not any(counts.total() for counts in comparison.counts.values()) and not comparison.waits:
        raise NothingRead
    yield from comparison.end()


def _without_overruled(lines: list[Line], gone: list[tuple[Kind, str]], comparison: Comparison) -> list[Line]:
    """Drop the lines of records that another of the same key has replaced; `gone` also names those already written."""
    if not comparison.overruled:
        return lines
    gone += comparison.overruled
    left = [line for line in lines if (line["kind"], line["record_key"]) not in comparison.overruled]
    comparison.overruled.clear()
    return left


@use_case
def _write(import_id: int, lines: Sequence[Line], overruled: Sequence[tuple[Kind, str]]) -> None:
    """One chunk; a reader of the page sees how far it is."""
    asked = queries.lock_import(import_id)
    if asked.state is not ImportState.READING:
        raise Abandoned
    for kind in {kind for kind, _ in overruled}:
        keys = [key for its, key in overruled if its is kind]
        same = (RosterLine.import_id == import_id, RosterLine.kind == kind, RosterLine.record_key.in_(keys))
        db.session.execute(delete(RosterLine).where(*same).execution_options(synchronize_session=False))
    insert_many(RosterLine, lines)
    asked.lines_read += len(lines)


@use_case
def _finish(import_id: int, reading: Reading, comparison: Comparison, *, basis: int, known: int) -> None:
    asked, header = queries.lock_import(import_id), reading.header
    _set_aside(import_id, comparison.lonely())
    remember_levels(school_id=asked.school_id, labels=reading.labels)
    asked.source, asked.uai, asked.year, asked.exported_on = header.source, header.uai, header.year, header.exported_on
    asked.counts = _with_dangers(asked, comparison, known)
    asked.known, asked.basis, asked.columns = known, basis, None
    asked.move("stage")
    emit(RosterStaged(school_id=asked.school_id, import_id=asked.id))


def _with_dangers(asked: RosterImport, comparison: Comparison, known: int) -> dict[str, dict[str, int]]:
    """The counts, with what a person must think about: who holds a device, and what would be too much for this region."""
    counts = {
        name: {**{word: comparison.counts[kind][verdict.value] for verdict, word in WORDS.items()}}
        | {"kept": comparison.counts[kind]["kept"]}
        for kind, name in COUNTED.items()
    }
    limits = rules.limits_of(schools_known.region_of(asked.school_id).profile)
    counts["students"] |= {
        "moved": comparison.moved,
        "most_absent": int(limits.absent * known),
        "most_moved": int(limits.moved * known),
        "to_recover": queries.devices_out(asked.id),
    }
    return counts


def _set_aside(import_id: int, lonely: Iterator[str]) -> None:
    """Guardians of nobody are not brought in; by slices, as an engine takes only so many keys at once."""
    while keys := list(islice(lonely, CHUNK)):
        mine = (
            RosterLine.import_id == import_id,
            RosterLine.kind == Kind.GUARDIAN,
            RosterLine.record_key.in_(keys),
        )
        gone = update(RosterLine).where(*mine).values(verdict=Verdict.LEFT, given=None)
        db.session.execute(gone.execution_options(synchronize_session=False))


@use_case
def _ask(import_id: int, question: Question) -> None:
    asked = queries.lock_import(import_id)
    asked.columns = {"question": dict(question.asks)}
    asked.move("ask_columns")


@use_case
def map_columns(public_id: str, *, chosen: Mapping[str, str], fingerprint: str) -> RosterImport:
    """Say which column is which, for this file and for the next ones with the same header; the worker reads again."""
    asked = queries.lock_import(queries.one(public_id).id)
    asked.columns = {"chosen": dict(chosen)}
    asked.move("map")
    remember_columns(school_id=asked.school_id, fingerprint=fingerprint, columns=chosen)
    emit(RosterReceived(school_id=asked.school_id, import_id=asked.id))
    return asked


@use_case
def remember_columns(*, school_id: int, fingerprint: str, columns: Mapping[str, str]) -> None:
    """Keep a mapping for the school."""
    mine = (ColumnMapping.school_id == school_id, ColumnMapping.fingerprint == fingerprint)
    known = db.session.scalars(select(ColumnMapping).where(*mine)).one_or_none()
    if known is None:
        known = ColumnMapping(school_id=school_id, fingerprint=fingerprint)
        db.session.add(known)
    known.columns, known.confirmed_at = dict(columns), clock.now()


@use_case
def fail(import_id: int, *, sentence: str) -> None:
    """The upload is refused whole: its lines go, its sentence stays."""
    asked = queries.lock_import(import_id)
    if asked.state is not ImportState.READING:
        return
    forget_lines(import_id)
    asked.sentence, asked.columns = sentence[:500], None
    asked.move("fail")
    emit(RosterRefused(school_id=asked.school_id, import_id=asked.id))
