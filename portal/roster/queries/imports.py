"""Reads about imports: what a school knows, to compare with; the list of imports; the lines of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, Select, func, select

from portal.accounts.models import Account
from portal.extensions import db
from portal.kernel.values.address import ADDRESS_PARTS
from portal.platform.search import holds
from portal.platform.tables import Page, Wish, paged_at_once
from portal.roster import values
from portal.roster.comparison import GUARDIAN_FIELDS, LINK_FIELDS, STUDENT_FIELDS
from portal.roster.known import Known, KnownRoster, pair_key
from portal.roster.models import ColumnMapping, Guardian, Guardianship, RosterImport, RosterLine, Student
from portal.roster.queries.loans import OUT, loan
from portal.roster.reading.records import Source
from portal.roster.states import ImportState, Kind, Verdict

AFTER: Final = 1_000
"""Rows read at once for a file that is sent as it is read."""


def known(school_id: int, source: Source) -> KnownRoster:
    """What a school knows, for a file of one source to be compared with: three statements, read as streams."""
    found = KnownRoster()
    _people(
        found, Kind.STUDENT, select(*_columns(Student, STUDENT_FIELDS)).where(Student.school_id == school_id), source
    )
    flat = [name for name in GUARDIAN_FIELDS if name != "address"]
    guardians = select(*_columns(Guardian, (*flat, *ADDRESS_PARTS))).where(Guardian.school_id == school_id)
    _people(found, Kind.GUARDIAN, guardians, source)
    for row in _streamed(_links(school_id, source)):
        found.links.put(_link(row))
    return found


def _columns(table: type[Student | Guardian], names: tuple[str, ...] | list[str]) -> list[Any]:
    return [getattr(table, name) for name in (*HEAD, *names)]


def _streamed(statement: Select[Any]) -> Iterable[RowMapping]:
    return db.session.execute(statement.execution_options(yield_per=AFTER)).mappings()


HEAD: Final = ("id", "source", "source_id", "protected", "absent_since", "absent_import")


def _people(found: KnownRoster, kind: Kind, statement: Select[Any], source: Source) -> None:
    fields = STUDENT_FIELDS if kind is Kind.STUDENT else GUARDIAN_FIELDS
    for row in _streamed(statement):
        known = Known(
            row["id"],
            values.of_row(row, (*fields, "absent_since", "absent_import")),
            key=row["source_id"] if row["source"] is source else None,
            label=row["name"]
            if kind is Kind.GUARDIAN
            else f"{row['given_name']} {row['usage_name'] or row['family_name']}",
            detail="" if kind is Kind.GUARDIAN else row["class_name"],
            protected=frozenset(row["protected"] or ()),
            absent=row["absent_since"] is not None,
        )
        found.remember(kind, known)
        if kind is Kind.STUDENT and known.key is not None:
            found.living += not (known.absent or row["left_on"])


def _links(school_id: int, source: Source) -> Select[Any]:
    """Links between two people of the source, with what a person reads of both."""
    columns = [getattr(Guardianship, name) for name in ("id", *LINK_FIELDS)]
    student = Student.source_id.label("student"), Student.given_name, Student.usage_name, Student.family_name
    statement: Select[Any] = (
        select(*columns, *student, Guardian.source_id.label("guardian"), Guardian.name)
        .join(Student, Student.id == Guardianship.student_id)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardianship.school_id == school_id, Student.source == source, Guardian.source == source)
    )
    return statement


def _link(row: RowMapping) -> Known:
    label = f"{row['name']} → {row['given_name']} {row['usage_name'] or row['family_name']}"
    key = pair_key(row["student"], row["guardian"])
    return Known(row["id"], values.of_row(row, LINK_FIELDS), key=key, label=label, detail=row["kinship"])


def lock_import(import_id: int) -> RosterImport:
    """One import, nobody else moving it meanwhile."""
    return db.session.execute(
        select(RosterImport)
        .where(RosterImport.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def one(public_id: str) -> RosterImport:
    """An import in scope, by what the URL shows; raises `NoResultFound`."""
    return db.session.execute(select(RosterImport).where(RosterImport.public_id == public_id)).scalar_one()


def basis(school_id: int, *, but: int = 0) -> int:
    """How many times imports of the school were applied or undone, all `but` one."""
    counts = func.count(RosterImport.applied_at) + func.count(RosterImport.undone_at)
    return db.session.scalar(select(counts).where(RosterImport.school_id == school_id, RosterImport.id != but)) or 0


def last_number(school_id: int) -> int:
    """The number of the school's latest import."""
    return db.session.scalar(select(func.max(RosterImport.number)).where(RosterImport.school_id == school_id)) or 0


def earlier(school_id: int, digests: Iterable[str]) -> int | None:
    """The number of the import in which exactly these files were last applied."""
    wanted = sorted(digests)
    rows = db.session.execute(
        select(RosterImport.number, RosterImport.files)
        .where(RosterImport.school_id == school_id, RosterImport.state == ImportState.APPLIED)
        .order_by(RosterImport.number.desc())
        .limit(20)
    )
    return next((number for number, files in rows if sorted(file["sha256"] for file in files) == wanted), None)


def imports(wish: Wish) -> Page[Any]:
    """The imports in scope, latest first, with who asked: one statement."""
    statement: Any = select(RosterImport, Account.name.label("by")).outerjoin(
        Account, Account.id == RosterImport.asked_by
    )
    return paged_at_once(statement, wish, order=[RosterImport.asked_at.desc(), RosterImport.id.desc()], size=20)


def mapping(school_id: int, fingerprint: str) -> dict[str, str] | None:
    """The columns that the school once confirmed for this header."""
    return db.session.scalar(
        select(ColumnMapping.columns).where(
            ColumnMapping.school_id == school_id, ColumnMapping.fingerprint == fingerprint
        )
    )


@dataclass(frozen=True, slots=True)
class List:
    """One list of the preview: what it holds, and what its file is called."""

    kind: Kind | None
    verdicts: tuple[Verdict, ...]


LISTS: Final = {
    "rapprochements": List(None, (Verdict.MATCH,)),
    "erreurs": List(Kind.FINDING, (Verdict.ERROR,)),
    "avertissements": List(Kind.FINDING, (Verdict.WARNING,)),
    "nouveaux": List(Kind.STUDENT, (Verdict.NEW,)),
    "modifies": List(Kind.STUDENT, (Verdict.CHANGED,)),
    "absents": List(Kind.STUDENT, (Verdict.ABSENT,)),
    "partis": List(Kind.STUDENT, (Verdict.LEFT,)),
    "inchanges": List(Kind.STUDENT, (Verdict.UNCHANGED,)),
    "responsables-nouveaux": List(Kind.GUARDIAN, (Verdict.NEW,)),
    "responsables-modifies": List(Kind.GUARDIAN, (Verdict.CHANGED,)),
    "responsables-absents": List(Kind.GUARDIAN, (Verdict.ABSENT,)),
    "responsables-partis": List(Kind.GUARDIAN, (Verdict.LEFT,)),
    "responsables-inchanges": List(Kind.GUARDIAN, (Verdict.UNCHANGED,)),
    "liens-nouveaux": List(Kind.LINK, (Verdict.NEW,)),
    "liens-modifies": List(Kind.LINK, (Verdict.CHANGED,)),
    "liens-disparus": List(Kind.LINK, (Verdict.ABSENT,)),
    "liens-inchanges": List(Kind.LINK, (Verdict.UNCHANGED,)),
}
PROTECTED: Final = "proteges"
"""The list of what the file says otherwise, and which the school or the family had corrected."""


def _listed(import_id: int, name: str, words: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [RosterLine.import_id == import_id]
    if name == PROTECTED:
        conditions.append(RosterLine.kept.is_not(None))
    else:
        wanted = LISTS[name]
        conditions.append(RosterLine.verdict.in_(wanted.verdicts))
        if wanted.kind is not None:
            conditions.append(RosterLine.kind == wanted.kind)
    if words:
        conditions.append(holds(RosterLine.label, words))
    return conditions


def lines(import_id: int, name: str, wish: Wish) -> Page[Any]:
    """One page of a list, in one statement."""
    statement: Select[Any] = select(RosterLine).where(*_listed(import_id, name, wish.query.get("recherche", "")))
    return paged_at_once(statement, wish, order=[RosterLine.label, RosterLine.id])


def lines_after(import_id: int, name: str, after: int, *, words: str = "") -> Sequence[RosterLine]:
    """The next lines of a list, or of those that were searched in it, for its file."""
    conditions = _listed(import_id, name, words)
    return db.session.scalars(
        select(RosterLine).where(*conditions, RosterLine.id > after).order_by(RosterLine.id).limit(AFTER)
    ).all()


def undecided(import_id: int) -> int:
    """How many proposed matches wait for an answer."""
    statement = select(func.count()).where(
        RosterLine.import_id == import_id, RosterLine.verdict == Verdict.MATCH, RosterLine.accepted.is_(None)
    )
    return db.session.scalar(statement) or 0


def pairs(student_ids: Iterable[int]) -> dict[tuple[int | None, int | None], int]:
    """Who already answers for these students, with the number of each link: one statement.

    Read alone: a join of new tables may be planned badly.
    """
    rows = db.session.execute(
        select(Guardianship.id, Guardianship.student_id, Guardianship.guardian_id).where(
            Guardianship.student_id.in_(list(student_ids))
        )
    )
    return {(row.student_id, row.guardian_id): row.id for row in rows}


def corrected(student_ids: Sequence[int], guardian_ids: Sequence[int]) -> list[str]:
    """The names, among these people, of those whose file the school or the family has corrected."""
    names: list[str] = []
    people: tuple[tuple[Any, Sequence[int]], ...] = ((Student, student_ids), (Guardian, guardian_ids))
    for kind, ids in people:
        for start in range(0, len(ids), AFTER):
            mine = select(kind).where(kind.id.in_(ids[start : start + AFTER]), kind.protected.is_not(None))
            names += [one.name for one in db.session.scalars(mine)]
    return names


def by_id(import_id: int) -> RosterImport:
    """An import in scope, as the database has it now."""
    statement = select(RosterImport).where(RosterImport.id == import_id).execution_options(populate_existing=True)
    return db.session.execute(statement).scalar_one()


def _out(import_id: int) -> Select[Any]:
    statement: Any = (
        select(RosterLine.id, RosterLine.label, RosterLine.detail, Student.public_id, loan.c.reference)
        .join(Student, Student.id == RosterLine.target_id)
        .join(loan, loan.c.student_id == Student.id)
        .where(
            RosterLine.import_id == import_id,
            RosterLine.kind == Kind.STUDENT,
            RosterLine.verdict.in_((Verdict.ABSENT, Verdict.LEFT)),
            loan.c.state.in_(OUT),
        )
    )
    return statement  # type: ignore[no-any-return]  # of several columns


def devices_out(import_id: int) -> int:
    """How many devices are with students who are absent from the file, or have left."""
    return db.session.scalar(_out(import_id).with_only_columns(func.count(), maintain_column_froms=True)) or 0


def to_recover(import_id: int, wish: Wish) -> Page[Any]:
    """Those devices' loans, by student: one statement."""
    return paged_at_once(_out(import_id), wish, order=[RosterLine.label, loan.c.reference])
