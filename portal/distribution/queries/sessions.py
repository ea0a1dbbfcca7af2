"""Reads of the sessions: the list of them, one with its classes, who is expected, what the roster says today."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from portal.distribution.models import Attendance, DistributionSession, SessionClass, Station, StudentLabel
from portal.distribution.states import AttendanceState, SessionState, Workshop
from portal.extensions import db
from portal.kernel.clock import PARIS
from portal.loans.models import Loan
from portal.loans.states import OUT, Delivery, LoanState
from portal.platform.database import held
from portal.roster.models import Student

TO_SERVE = (
    LoanState.AWAITING_PICKUP,
    LoanState.PREPARING,
    LoanState.APPROVED,
    LoanState.WAITLISTED,
    LoanState.SUBMITTED,
)
"""The loans that a session may serve, the furthest on first."""


@dataclass(frozen=True, slots=True)
class Overview:
    """A session in the list: how many are expected, and how many were served."""

    session: DistributionSession
    expected: int
    served: int


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)


def sessions() -> list[Overview]:
    """Every session in scope, the latest day first; one statement."""
    called = and_(Attendance.id.is_not(None), Attendance.state != AttendanceState.DROPPED)
    rows = db.session.execute(
        select(DistributionSession, _count(called), _count(Attendance.state == AttendanceState.SERVED))
        .outerjoin(Attendance, Attendance.session_id == DistributionSession.id)
        .group_by(DistributionSession.id)
        .order_by(DistributionSession.day.desc(), DistributionSession.id.desc())
    )
    return [Overview(session, int(expected), int(served)) for session, expected, served in rows]


def one(public_id: str) -> DistributionSession:
    """A session in scope; raises `NoResultFound`."""
    return db.session.execute(
        select(DistributionSession).where(DistributionSession.public_id == public_id)
    ).scalar_one()


def by_id(session_id: int) -> DistributionSession:
    """The same by its number, for the worker."""
    return db.session.execute(select(DistributionSession).where(DistributionSession.id == session_id)).scalar_one()


def lock(public_id: str) -> DistributionSession:
    """A session in scope, held until the use-case ends; raises `NoResultFound`."""
    statement = held(select(DistributionSession).where(DistributionSession.public_id == public_id))
    return db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one()


def due(*, today: date, within: timedelta) -> list[str]:
    """The real sessions in scope that are near, and whose list is older than that."""
    statement = select(DistributionSession).where(
        DistributionSession.state == SessionState.PLANNED,
        DistributionSession.rehearsal.is_(False),
        DistributionSession.day.between(today, today + within),
    )
    near = db.session.scalars(statement.order_by(DistributionSession.id))
    return [one.public_id for one in near if _refreshed_on(one) < one.day - within]


def _refreshed_on(session: DistributionSession) -> date:
    return (session.refreshed_at or session.made_at).astimezone(PARIS).date()


def classes(session_id: int) -> list[SessionClass]:
    """The classes of a session, in the order in which they are called."""
    found = db.session.scalars(select(SessionClass).where(SessionClass.session_id == session_id))
    return sorted(found, key=lambda one: (one.called_at is None, one.called_at, one.class_name))


def stations(session_id: int) -> list[Station]:
    """The posts of a session, by number."""
    statement = select(Station).where(Station.session_id == session_id).order_by(Station.number)
    return list(db.session.scalars(statement))


def stations_of(session_id: int) -> Mapping[Workshop, int]:
    """How many posts each workshop has."""
    statement = select(Station.workshop, func.count()).where(Station.session_id == session_id)
    found = {row.workshop: row[1] for row in db.session.execute(statement.group_by(Station.workshop))}
    return {workshop: found.get(workshop, 0) for workshop in Workshop}


def classes_of_school(*, on: date) -> list[tuple[str, int]]:
    """The classes of the roster on a day, with how many students each has."""
    statement = (
        select(Student.class_name, func.count())
        .where(*_present(on))
        .group_by(Student.class_name)
        .order_by(Student.class_name)
    )
    return [(name, number) for name, number in db.session.execute(statement)]


def _present(on: date) -> tuple[ColumnElement[bool], ...]:
    return Student.absent_since.is_(None), or_(Student.left_on.is_(None), Student.left_on > on)


@dataclass(frozen=True, slots=True)
class Pupil:
    """A student whom a session should call: the label's code if there is one, and the loan to serve if there is one."""

    student_id: int
    class_name: str
    code: str | None
    loan_id: int | None


def roster(class_names: Collection[str], *, school_id: int, on: date) -> list[Pupil]:
    """The students of these classes who come for a device, by class and name; two statements.

    Not those who have theirs, nor those to whom La Poste brings it. The worker sees every lycée: the classes of one
    are asked for.
    """
    by_post = and_(Loan.state.in_(TO_SERVE), Loan.delivery == Delivery.HOME)
    elsewhere = exists().where(Loan.student_id == Student.id, or_(Loan.state.in_(OUT), by_post))
    rows = db.session.execute(
        select(Student.id, Student.class_name, StudentLabel.code)
        .outerjoin(StudentLabel, StudentLabel.student_id == Student.id)
        .where(Student.school_id == school_id, Student.class_name.in_(class_names), *_present(on), ~elsewhere)
        .order_by(Student.class_name, Student.family_name, Student.given_name, Student.id)
    ).all()
    loans = _loans_to_serve(class_names, school_id)
    return [Pupil(row.id, row.class_name, row.code, loans.get(row.id)) for row in rows]


def _loans_to_serve(class_names: Collection[str], school_id: int) -> dict[int, int]:
    """By student, the loan that is furthest on."""
    rows = db.session.execute(
        select(Loan.student_id, Loan.id, Loan.state)
        .join(Student, Student.id == Loan.student_id)
        .where(Student.school_id == school_id, Student.class_name.in_(class_names), Loan.state.in_(TO_SERVE))
        .order_by(Loan.id)
    ).all()
    rows = sorted(rows, key=lambda row: TO_SERVE.index(row.state), reverse=True)
    return {row.student_id: row.id for row in rows}


def turns(session_id: int) -> list[Attendance]:
    """Every turn of a session, held until the use-case ends, in the order of their numbers."""
    statement = held(select(Attendance).where(Attendance.session_id == session_id).order_by(Attendance.id))
    return list(db.session.scalars(statement))
