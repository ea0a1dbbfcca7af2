"""Reads about imports: what a school knows, to compare with; the list of imports; the lines of one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, column, func, select, table

from portal.accounts.models import Account
from portal.extensions import db
from portal.platform.search import holds
from portal.platform.tables import Page, Wish, paged_at_once
from portal.roster import values
from portal.roster.comparison import GUARDIAN_FIELDS, LINK_FIELDS, STUDENT_FIELDS, Known, KnownRoster, marks
from portal.roster.models import ColumnMapping, Guardian, Guardianship, RosterImport, RosterLine, Student
from portal.roster.reading.records import Source
from portal.roster.states import ImportState, Kind, Verdict

AFTER: Final = 1_000
"""Rows read at once for a file that is sent as it is read."""


def known(school_id: int, source: Source) -> KnownRoster:
    """What a school knows, for a file of one source to be compared with: three statements."""
    found = KnownRoster()
    keys = {Kind.STUDENT: _students(found, school_id, source), Kind.GUARDIAN: _guardians(found, school_id, source)}
    columns = [getattr(Guardianship, name) for name in ("id", "student_id", "guardian_id", *LINK_FIELDS)]
    for row in db.session.execute(select(*columns).where(Guardianship.school_id == school_id)).mappings():
        student, guardian = keys[Kind.STUDENT].get(row["student_id"]), keys[Kind.GUARDIAN].get(row["guardian_id"])
        if student is not None and guardian is not None:
            names = found.guardians[guardian].label, found.students[student].label
            found.links[student, guardian] = Known(
                row["id"], values.of_row(row, LINK_FIELDS), label=" → ".join(names), detail=row["kinship"]
            )
    return found


def _students(found: KnownRoster, school_id: int, source: Source) -> dict[int, str]:
    columns = [getattr(Student, name) for name in (*HEAD, *STUDENT_FIELDS)]
    keys = {}
    for row in db.session.execute(select(*columns).where(Student.school_id == school_id)).mappings():
        known = _known(row, STUDENT_FIELDS)
        known.label = f"{row['given_name']} {row['usage_name'] or row['family_name']}"
        known.detail = row["class_name"]
        _remember(found, Kind.STUDENT, known)
        if row["source"] is source:
            found.students[row["source_id"]] = known
            keys[known.id] = row["source_id"]
    return keys


def _guardians(found: KnownRoster, school_id: int, source: Source) -> dict[int, str]:
    flat = [name for name in GUARDIAN_FIELDS if name != "address"]
    columns = [getattr(Guardian, name) for name in (*HEAD, *flat, *values.ADDRESS_PARTS)]
    keys = {}
    for row in db.session.execute(select(*columns).where(Guardian.school_id == school_id)).mappings():
        known = _known(row, GUARDIAN_FIELDS)
        known.label = row["name"]
        _remember(found, Kind.GUARDIAN, known)
        if row["source"] is source:
            found.guardians[row["source_id"]] = known
            keys[known.id] = row["source_id"]
    return keys


HEAD: Final = ("id", "source", "source_id", "protected", "absent_since", "absent_import")


def _known(row: Mapping[Any, Any], fields: tuple[str, ...]) -> Known:
    return Known(
        row["id"],
        values.of_row(row, (*fields, "absent_since", "absent_import")),
        protected=frozenset(row["protected"] or ()),
        absent=row["absent_since"] is not None,
    )


def _remember(found: KnownRoster, kind: Kind, known: Known) -> None:
    found.by_id[kind, known.id] = known
    for mark in marks(kind, known.values):
        found.same.setdefault((kind.value, *mark), set()).add(known.id)


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


def lines_after(import_id: int, name: str, after: int) -> Sequence[RosterLine]:
    """The next lines of a list, for its file."""
    conditions = _listed(import_id, name, "")
    return db.session.scalars(
        select(RosterLine).where(*conditions, RosterLine.id > after).order_by(RosterLine.id).limit(AFTER)
    ).all()


def undecided(import_id: int) -> int:
    """How many proposed matches wait for an answer."""
    statement = select(func.count()).where(
        RosterLine.import_id == import_id, RosterLine.verdict == Verdict.MATCH, RosterLine.accepted.is_(None)
    )
    return db.session.scalar(statement) or 0


def pairs(school_id: int) -> dict[tuple[int | None, int | None], int]:
    """Who already answers for whom, with the number of each link. Read alone: a join of new tables may be planned badly."""
    rows = db.session.execute(
        select(Guardianship.id, Guardianship.student_id, Guardianship.guardian_id).where(
            Guardianship.school_id == school_id
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


# Loans live above this feature, which reads them by the table's name; students keep it inside the school.
_loan = table("loan", column("student_id"), column("state"), column("reference"), column("public_id"))
OUT: Final = ("in_transit", "lent", "returning")
"""The states of a loan whose device is not at the school."""


def _out(import_id: int) -> Select[Any]:
    statement: Any = (
        select(RosterLine.id, RosterLine.label, RosterLine.detail, Student.public_id, _loan.c.reference)
        .join(Student, Student.id == RosterLine.target_id)
        .join(_loan, _loan.c.student_id == Student.id)
        .where(
            RosterLine.import_id == import_id,
            RosterLine.kind == Kind.STUDENT,
            RosterLine.verdict.in_((Verdict.ABSENT, Verdict.LEFT)),
            _loan.c.state.in_(OUT),
        )
    )
    return statement  # type: ignore[no-any-return]  # of several columns


def devices_out(import_id: int) -> int:
    """How many devices are with students who are absent from the file, or have left."""
    return db.session.scalar(_out(import_id).with_only_columns(func.count(), maintain_column_froms=True)) or 0


def to_recover(import_id: int, wish: Wish) -> Page[Any]:
    """Those devices' loans, by student: one statement."""
    return paged_at_once(_out(import_id), wish, order=[RosterLine.label, _loan.c.reference])
