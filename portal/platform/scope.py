"""Which rows this unit of work may see. No scope, no rows: the query raises.

Measured limits, therefore rules: a Core select on a table and raw SQL pass this filter untouched, so they are kept
inside `platform/`; a row already loaded is returned by `get()` without a query, so a scope is set once and kept.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from sqlalchemy import event, false, inspect
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, UOWTransaction, mapped_column, with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.schema import ForeignKey

log = structlog.get_logger()


class OutOfScope(RuntimeError):
    """A query without a scope, or a row of somebody else: always a bug, never an empty list."""


class SchoolScoped:
    """A row that belongs to one school. Use one of the two kinds below."""

    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)


class StaffScoped(SchoolScoped):
    """A row that only the school's staff see."""


class FamilyScoped(SchoolScoped):
    """A row that the student's family sees too: it names the student (or, for a guardian, the account)."""

    student_id: Mapped[int] = mapped_column()


class OwnAccount(SchoolScoped):
    """A row that a person of the family sees only if it is their own: no parent reads the other's address."""

    account_id: Mapped[int | None] = mapped_column()


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be seen: every school, some schools, or the students of one family account."""

    schools: frozenset[int] | None
    students: frozenset[int] | None = None
    account_id: int | None = None

    def admits(self, kind: type[SchoolScoped], named: Callable[[str], set[object]]) -> bool:
        """Whether a row may be written here; `named` gives what it names: the value before the change and the one after.

        A family may let go of what was its own (a device that it gives back then names nobody).
        """
        owners: frozenset[int | None] | frozenset[int]
        if self.students is None:
            if self.schools is None:
                return True
            name, owners = "school_id", self.schools
        elif issubclass(kind, FamilyScoped):
            name, owners = "student_id", self.students
        elif issubclass(kind, OwnAccount):
            name, owners = "account_id", frozenset({self.account_id})
        else:
            return False
        return bool(named(name)) and named(name) <= owners

    def options(self) -> list[LoaderCriteriaOption]:
        """The conditions that SQLAlchemy adds to every statement, aliases and subqueries included."""
        if self.students is not None:
            students, account_id = tuple(self.students), self.account_id
            return [
                with_loader_criteria(FamilyScoped, lambda cls: cls.student_id.in_(students), include_aliases=True),
                with_loader_criteria(OwnAccount, lambda cls: cls.account_id == account_id, include_aliases=True),
                with_loader_criteria(StaffScoped, lambda _cls: false(), include_aliases=True),
            ]
        schools = tuple(self.schools or ())
        return [with_loader_criteria(SchoolScoped, lambda cls: cls.school_id.in_(schools), include_aliases=True)]


_current: ContextVar[Scope | None] = ContextVar("scope", default=None)
EVERYTHING = Scope(schools=None)


@contextmanager
def _set(scope: Scope) -> Iterator[None]:
    token = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(token)


def schools(*ids: int) -> AbstractContextManager[None]:
    """See the rows of these schools."""
    return _set(Scope(schools=frozenset(ids)))


def family(account_id: int, students: frozenset[int]) -> AbstractContextManager[None]:
    """See these students' rows and, of the guardians, only the account's own."""
    return _set(Scope(schools=frozenset(), students=students, account_id=account_id))


def every_school(*, reason: str) -> AbstractContextManager[None]:
    """See everything; for jobs and for the region. The reason is logged."""
    log.debug("scope.every_school", reason=reason)
    return _set(EVERYTHING)


def current() -> Scope | None:
    """The scope in force, if any."""
    return _current.get()


def _scoped(state: ORMExecuteState) -> list[type]:
    return [mapper.class_ for mapper in state.all_mappers if issubclass(mapper.class_, SchoolScoped)]


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    scope = _current.get()
    if scope is EVERYTHING or state.is_column_load or state.is_relationship_load:
        return
    if scope is None:
        if kinds := _scoped(state):
            raise OutOfScope(f"no scope is set for {kinds}")
        state.statement = state.statement.options(
            with_loader_criteria(SchoolScoped, lambda _cls: false(), include_aliases=True)
        )
        return
    if state.is_insert:
        rows: Any = state.parameters
        check_rows(_scoped(state), rows if isinstance(rows, list) else [rows or {}])
        return
    if scope.students is not None and (kinds := [kind for kind in _scoped(state) if issubclass(kind, StaffScoped)]):
        raise OutOfScope(f"a family asks for rows of the staff: {kinds}")
    if state.is_update and _scoped(state):
        _check_change(state)
    state.statement = state.statement.options(*scope.options())


def check_rows(kinds: Iterable[type], rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows written in bulk pass no flush; raises `OutOfScope`. A family adds to the staff's histories, which it cannot read."""
    scope = _current.get()
    if scope is None:
        raise OutOfScope(f"no scope is set for {kinds}")
    owners = [dict(zip(OWNERS, values, strict=True)) for values in {tuple(map(row.get, OWNERS)) for row in rows}]
    for kind in kinds:
        if scope.students is not None and issubclass(kind, StaffScoped):
            continue
        if not all(scope.admits(kind, partial(_said_by, row)) for row in owners):
            raise OutOfScope(f"rows of {kind.__name__} are out of scope, or do not say whose they are")


def _said_by(row: Mapping[str, Any], name: str) -> set[Any]:
    return {row.get(name)} - {None}


def _check_change(state: ORMExecuteState) -> None:
    """A bulk update by keys passes no filter, and one that sets these columns would move a row to somebody else."""
    if isinstance(state.parameters, list):
        raise OutOfScope("a bulk update by keys is not narrowed: use where()")
    set_columns = {getattr(column, "key", column) for column in getattr(state.statement, "_values", None) or ()}
    if set_columns & OWNERS:
        raise OutOfScope(f"a bulk update does not change {sorted(set_columns & OWNERS)}")


OWNERS = frozenset({"school_id", "student_id", "account_id"})
"""The columns that say whose a row is."""


@event.listens_for(Session, "before_flush")
def _guard(session: Session, _context: UOWTransaction, _instances: object) -> None:
    scope = _current.get()
    if scope is EVERYTHING:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, SchoolScoped) and (scope is None or not scope.admits(type(row), partial(_named_by, row))):
            raise OutOfScope(f"{type(row).__name__} of school {row.school_id} is out of scope")


def _named_by(row: SchoolScoped, name: str) -> set[object]:
    """What a row named when it was read, and what it names now."""
    state = inspect(row)
    synonym = state.mapper.synonyms.get(name)
    history = state.attrs[synonym.name if synonym else name].load_history()
    return {*history.deleted, *history.unchanged, *history.added} - {None}
