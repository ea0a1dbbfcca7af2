"""What a region sees of its lycées: one line each, in one statement.

Students, loans and devices live in features above this one; their tables are read here by name, to be counted and
nothing else. Only a role that sees every school may ask.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, column, func, select, table

from portal.platform import scope
from portal.platform.scope import OutOfScope
from portal.platform.search import holds
from portal.platform.tables import Page, Wish, paged_at_once
from portal.schools.models import School

_student = table("student", column("school_id"), column("left_on"))
_loan = table("loan", column("school_id"), column("state"), column("charter"))
_device = table("device", column("school_id"), column("state"), column("pool"))

_ASKED = ("submitted", "waitlisted", "approved", "preparing", "in_transit", "awaiting_pickup", "lent", "returning")
"""The states of a loan in which a charter should be signed."""

FILTERS = ("recherche", "attente")


def _ones(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _by_school(statement: Select[Any], source: Any, name: str) -> Subquery:
    return statement.group_by(source.c.school_id).subquery(name)


def _counts() -> tuple[Subquery, Subquery, Subquery]:
    students = select(_student.c.school_id, func.count().label("students")).where(_student.c.left_on.is_(None))
    asked = _loan.c.state.in_(_ASKED)
    loans = select(
        _loan.c.school_id,
        _ones(_loan.c.state == "submitted").label("to_decide"),
        _ones(asked).label("asked"),
        _ones(asked & (_loan.c.charter == "signed")).label("signed"),
    )
    free = _device.c.state == "in_stock"
    devices = select(
        _device.c.school_id,
        _ones(free & (_device.c.pool == "allotment")).label("free"),
        _ones(_device.c.state == "lent").label("lent"),
        _ones(free & (_device.c.pool == "emergency")).label("emergency"),
        _ones(_device.c.pool == "emergency").label("emergency_total"),
    )
    return (
        _by_school(students, _student, "students"),
        _by_school(loans, _loan, "loans"),
        _by_school(devices, _device, "devices"),
    )


def _columns() -> tuple[Mapping[str, ColumnElement[Any]], Select[Any]]:
    students, loans, devices = _counts()
    figures = {
        "students": func.coalesce(students.c.students, 0),
        "to_decide": func.coalesce(loans.c.to_decide, 0),
        "signed": func.coalesce(100 * loans.c.signed / func.nullif(loans.c.asked, 0), -1),
        "free": func.coalesce(devices.c.free, 0),
        "lent": func.coalesce(devices.c.lent, 0),
        "emergency": func.coalesce(devices.c.emergency, 0),
        "emergency_total": func.coalesce(devices.c.emergency_total, 0),
    }
    labelled = [figure.label(name) for name, figure in figures.items()]
    statement: Any = (
        select(School.public_id, School.uai, School.name, School.city, *labelled)
        .outerjoin(students, students.c.school_id == School.id)
        .outerjoin(loans, loans.c.school_id == School.id)
        .outerjoin(devices, devices.c.school_id == School.id)
    )
    return figures, statement


SORTS = ("lycee", "ville", "eleves", "demandes", "signees", "libres", "pretes", "fup")
_FIGURES = dict(zip(SORTS[2:], ("students", "to_decide", "signed", "free", "lent", "emergency"), strict=True))


def schools(wish: Wish) -> Page[Any]:
    """The lycées that take part, one line each, in one statement.

    `signed` is the share of charters signed, in %, or -1 without any request; `free` and `lent` count devices; the
    emergency pool is what is left of it and its size.
    """
    if (seen := scope.current()) is None or seen.schools is not None:
        raise OutOfScope("only a role that sees every school may count them")
    figures, statement = _columns()
    if words := wish.query.get("recherche"):
        statement = statement.where(holds(School.name + " " + func.coalesce(School.city, "") + " " + School.uai, words))
    if wish.query.get("attente"):
        statement = statement.where(figures["to_decide"] > 0)
    named: dict[str, Any] = {"lycee": School.name, "ville": School.city}
    key = named.get(wish.sort, figures[_FIGURES[wish.sort]] if wish.sort in _FIGURES else School.name)
    order = [key.desc() if wish.descending else key.asc(), School.name.asc(), School.id.asc()]
    return paged_at_once(statement, wish, order=order)
