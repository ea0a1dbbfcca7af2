"""A session from its plan to its end: who is expected, when it opens, who was missing."""

from datetime import date, timedelta
from typing import Final

from sqlalchemy import delete, insert
from sqlalchemy.exc import NoResultFound

from portal.distribution.errors import ALREADY_BEGUN, ALREADY_OVER, NO_CAMPAIGN, NOBODY_EXPECTED, TOO_EARLY, NotNow
from portal.distribution.events import ListRefreshed, SessionClosed, SessionOpened, SessionPlanned, SessionRemoved
from portal.distribution.models import (
    Attendance,
    DistributionSession,
    Scan,
    SessionClass,
    Station,
    StudentLabel,
)
from portal.distribution.queries import sessions as queries
from portal.distribution.queries.sessions import Pupil
from portal.distribution.rules import Plan, new_student_code
from portal.distribution.states import AttendanceState, SessionState
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.values.references import new_public_id
from portal.platform import scope
from portal.platform.work import emit, use_case
from portal.schools import queries as school_queries
from portal.schools import services as schools

NEAR: Final = timedelta(days=2)
"""How long before its day the worker refreshes the list of a session."""


@use_case
def plan(wanted: Plan, *, school_id: int, by: int) -> str:
    """Plan a session, its list made from today's roster; returns its public id. Raises `NotNow` without a campaign."""
    schools.lock(school_id)
    session = new_session(wanted.name, wanted.day, school_id=school_id, by=by)
    _lay_out(session, wanted)
    _refresh(session)
    emit(SessionPlanned(school_id=school_id, session_id=session.id))
    return session.public_id


def new_session(name: str, day: date, *, school_id: int, by: int, rehearsal: bool = False) -> DistributionSession:
    """A session without anything yet, inside the caller's use-case; raises `NotNow` without a campaign."""
    session = DistributionSession(
        public_id=new_public_id(),
        school_id=school_id,
        campaign_id=_campaign(school_id, day),
        name=name,
        day=day,
        rehearsal=rehearsal,
        made_by=by,
        made_at=clock.now(),
    )
    db.session.add(session)
    db.session.flush()  # its classes, stations and turns name it
    return session


def _campaign(school_id: int, day: date) -> int:
    try:
        return school_queries.current_campaign(school_id, on=day).id
    except NoResultFound:
        raise NotNow(NO_CAMPAIGN) from None


@use_case
def replan(public_id: str, wanted: Plan) -> None:
    """Change what was planned; raises `NotNow` once the session was opened."""
    session = _still_planned(public_id)
    session.name, session.day, session.campaign_id = wanted.name, wanted.day, _campaign(session.school_id, wanted.day)
    db.session.execute(delete(SessionClass).where(SessionClass.session_id == session.id))
    if queries.stations_of(session.id) != wanted.stations:
        db.session.execute(delete(Station).where(Station.session_id == session.id))
    _lay_out(session, wanted)
    _refresh(session)
    emit(SessionPlanned(school_id=session.school_id, session_id=session.id))


def _still_planned(public_id: str) -> DistributionSession:
    session = locked(public_id)
    if session.state is not SessionState.PLANNED:
        raise NotNow(ALREADY_BEGUN)
    return session


def locked(public_id: str) -> DistributionSession:
    """The school first, as everywhere, then the session."""
    schools.lock(queries.one(public_id).school_id)
    return queries.lock(public_id)


def _lay_out(session: DistributionSession, wanted: Plan) -> None:
    """Its classes, and its stations unless they are there."""
    own = {"school_id": session.school_id, "session_id": session.id}
    rows = [{**own, "class_name": name, "called_at": at} for name, at in wanted.classes.items()]
    db.session.execute(insert(SessionClass), rows)
    if not queries.stations(session.id):
        add_stations(session, wanted)


def add_stations(session: DistributionSession, wanted: Plan) -> None:
    """Numbered in the order in which a student meets them: the first workshop, then the second."""
    own = {"school_id": session.school_id, "session_id": session.id, "waiting": 0}
    order = [workshop for workshop, count in wanted.stations.items() for _ in range(count)]
    rows = [{**own, "number": rank, "workshop": workshop} for rank, workshop in enumerate(order, 1)]
    db.session.execute(insert(Station), rows)


@use_case
def refresh(public_id: str) -> ListRefreshed:
    """Follow the roster: who is new, who is gone, who has changed class. A constant number of statements.

    Whoever was served stays as they are. Raises `NotNow` for a closed session.
    """
    session = locked(public_id)
    if session.state is SessionState.CLOSED or session.rehearsal:
        raise NotNow(ALREADY_OVER)
    told = _refresh(session)
    emit(told)
    return told


def refresh_due() -> int:
    """Refresh the list of every session that is two days away; run twice, it changes nothing. Returns how many."""
    with scope.every_school(reason="lists of the distributions to come"):
        near = queries.due(today=clock.today(), within=NEAR)
        for public_id in near:
            refresh(public_id)
    return len(near)


def _refresh(session: DistributionSession) -> ListRefreshed:
    names = [one.class_name for one in queries.classes(session.id)]
    pupils = queries.roster(names, school_id=session.school_id, on=session.day)
    wanted = {pupil.student_id: pupil for pupil in pupils}
    known = {turn.student_id: turn for turn in queries.turns(session.id) if turn.student_id is not None}
    moved = [student for student, turn in known.items() if _followed(turn, wanted.get(student))]
    gone = [student for student, turn in known.items() if student not in wanted and _dropped(turn)]
    back = [student for student in wanted if student in known and _expected_again(known[student])]
    new = [pupil for student, pupil in wanted.items() if student not in known]
    _add(session, new)
    session.refreshed_at = clock.now()
    added = [*back, *(pupil.student_id for pupil in new)]
    return ListRefreshed(school_id=session.school_id, session_id=session.id, added=added, gone=gone, moved=moved)


def _followed(turn: Attendance, pupil: Pupil | None) -> bool:
    """Take over the class and the loan of today; whether the class has changed."""
    if pupil is None or turn.state is AttendanceState.SERVED:
        return False
    turn.loan_id, before = pupil.loan_id, turn.class_name
    turn.class_name = pupil.class_name
    return before != pupil.class_name and turn.state is not AttendanceState.DROPPED


def _dropped(turn: Attendance) -> bool:
    if not turn.can("drop"):
        return False
    turn.move("drop")
    return True


def _expected_again(turn: Attendance) -> bool:
    if turn.state is not AttendanceState.DROPPED:
        return False
    turn.move("expect")
    return True


def _add(session: DistributionSession, new: list[Pupil]) -> None:
    codes = {pupil.student_id: pupil.code or new_student_code() for pupil in new}
    now = clock.now()
    labels = [
        {"school_id": session.school_id, "student_id": one.student_id, "code": codes[one.student_id], "made_at": now}
        for one in new
        if one.code is None
    ]
    if labels:
        db.session.execute(insert(StudentLabel), labels)
    add_turns(
        session,
        [
            {
                "student_id": one.student_id,
                "loan_id": one.loan_id,
                "class_name": one.class_name,
                "code": codes[one.student_id],
            }
            for one in new
        ],
    )


def add_turns(session: DistributionSession, turns: list[dict[str, object]]) -> None:
    """Write the turns of a session in one statement."""
    own = {"school_id": session.school_id, "session_id": session.id}
    if turns:
        db.session.execute(insert(Attendance), [{**own, **turn} for turn in turns])


@use_case
def remove(public_id: str) -> None:
    """Remove a session that never opened, or a rehearsal with all its scans; the students keep their labels."""
    session = locked(public_id)
    if session.state is not SessionState.PLANNED and not session.rehearsal:
        raise NotNow(ALREADY_BEGUN)
    for table in (Scan, Attendance, Station, SessionClass):
        db.session.execute(delete(table).where(table.session_id == session.id))
    emit(SessionRemoved(school_id=session.school_id, session_id=session.id))
    db.session.delete(session)


@use_case
def open_session(public_id: str) -> None:
    """The stations may scan. Raises `NotNow` before its day, or without anybody to serve."""
    session = locked(public_id)
    if session.day > clock.today():
        raise NotNow(TOO_EARLY)
    if not any(turn.state is AttendanceState.EXPECTED for turn in queries.turns(session.id)):
        raise NotNow(NOBODY_EXPECTED)
    session.move("open")
    session.opened_at = clock.now()
    emit(SessionOpened(school_id=session.school_id, session_id=session.id))


@use_case
def close_session(public_id: str) -> None:
    """The day is over: whoever did not leave with a device is absent, and the stations are closed."""
    session = locked(public_id)
    session.move("close")
    session.closed_at = clock.now()
    for turn in queries.turns(session.id):
        if turn.can("miss"):
            turn.move("miss")
    for station in queries.stations(session.id):
        station.closed_at = session.closed_at
    emit(SessionClosed(school_id=session.school_id, session_id=session.id))


@use_case
def reopen_session(public_id: str) -> None:
    """Go on: the absent are expected again, those who had their sleeve keep it."""
    session = locked(public_id)
    session.move("reopen")
    session.closed_at = None
    for turn in queries.turns(session.id):
        if turn.state is AttendanceState.ABSENT:
            turn.move("clear" if turn.cleared_at else "expect")
    for station in queries.stations(session.id):
        station.closed_at = None
    emit(SessionOpened(school_id=session.school_id, session_id=session.id))
