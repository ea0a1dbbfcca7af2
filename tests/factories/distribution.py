"""A day of distribution: its session and classes, its stations, who is expected, and what was scanned."""

from typing import Any

from sqlalchemy import func, select

from portal.distribution.models import (
    Attendance,
    ConditionReport,
    DistributionSession,
    Scan,
    SessionClass,
    Station,
    StudentLabel,
)
from portal.distribution.rules import new_student_code
from portal.distribution.states import AttendanceState, SessionState, Verdict, Workshop
from portal.extensions import db
from portal.kernel import clock
from portal.loans.models import Loan
from portal.roster.models import Student
from portal.schools.models import School
from portal.stock.states import Condition
from tests.factories import people
from tests.factories.roster import student as new_student
from tests.factories.schools import usual_campaign, usual_school
from tests.factories.writing import add, made

CLEARED = frozenset({AttendanceState.CLEARED, AttendanceState.SERVED})


@made
def session(
    school: School | None = None, *, state: SessionState = SessionState.PLANNED, **values: Any
) -> DistributionSession:
    """A session of today; open or closed, it has been so for an hour."""
    ago = clock.after(hours=-1)
    dates = {
        SessionState.PLANNED: {},
        SessionState.OPEN: {"opened_at": ago},
        SessionState.CLOSED: {"opened_at": clock.after(hours=-5), "closed_at": ago},
    }[state]
    usual: dict[str, Any] = {
        "school_id": (school or usual_school()).id,
        "campaign_id": values.pop("campaign_id", None) or usual_campaign().id,
        "name": "Distribution des secondes",
        "day": clock.today(),
        "state": state,
        "made_at": clock.now(),
    }
    return add(DistributionSession(**{**usual, **dates, **values}))


@made
def session_class(of: DistributionSession, name: str = "2de 4", **values: Any) -> SessionClass:
    """A class that the session serves."""
    return add(SessionClass(**{"school_id": of.school_id, "session_id": of.id, "class_name": name, **values}))


@made
def station(of: DistributionSession, workshop: Workshop = Workshop.DEVICE, **values: Any) -> Station:
    """A post; each has the next number of its session."""
    number = (db.session.scalar(select(func.max(Station.number)).where(Station.session_id == of.id)) or 0) + 1
    usual = {"school_id": of.school_id, "session_id": of.id, "number": number, "workshop": workshop}
    return add(Station(**{**usual, **values}))


@made
def attendance(
    of: DistributionSession,
    *,
    student: Student | None = None,
    loan: Loan | None = None,
    state: AttendanceState = AttendanceState.EXPECTED,
    **values: Any,
) -> Attendance:
    """A student's turn, with the code of their label. In a rehearsal, somebody invented."""
    now, n = clock.now(), people.number()
    usual: dict[str, Any] = {"school_id": of.school_id, "session_id": of.id, "state": state}
    if of.rehearsal:
        usual |= {"pretend_name": people.full_name(n), "class_name": "2de 4", "code": new_student_code()}
    else:
        pupil = student or new_student(school_id=of.school_id)
        usual |= {"student_id": pupil.id, "class_name": pupil.class_name, "code": student_label(pupil).code}
    if loan is not None:
        usual["loan_id"] = loan.id
    if state in CLEARED:
        usual["cleared_at"] = now
    if state is AttendanceState.SERVED:
        usual |= {"served_at": now, "asset_tag": f"FP-{n:06d}"}
    return add(Attendance(**{**usual, **values}))


@made
def student_label(student: Student, **values: Any) -> StudentLabel:
    """The code of a student: the one they have, or a new one."""
    if known := db.session.scalars(select(StudentLabel).where(StudentLabel.student_id == student.id)).first():
        return known
    usual = {"school_id": student.school_id, "student_id": student.id, "made_at": clock.now()}
    return add(StudentLabel(**{**usual, "code": new_student_code(), **values}))


@made
def scan(at: Station, *, of: Attendance | None = None, verdict: Verdict = Verdict.ACCEPTED, **values: Any) -> Scan:
    """A scan at a station, accepted unless told otherwise."""
    now, n = clock.now(), people.number()
    usual: dict[str, Any] = {
        "school_id": at.school_id,
        "session_id": at.session_id,
        "station_id": at.id,
        "key": f"{n:036d}",
        "attendance_id": of.id if of else None,
        "scanned_at": now,
        "received_at": now,
        "verdict": verdict,
        "reason": None if verdict is Verdict.ACCEPTED else "unknown",
    }
    if verdict is Verdict.SETTLED:
        usual["settled_at"] = now
    return add(Scan(**{**usual, **values}))


@made
def condition_report(of: Loan, **values: Any) -> ConditionReport:
    """How the kit of a loan looked when it was handed over: as new, unless told otherwise."""
    usual = {"school_id": of.school_id, "loan_id": of.id, "student_id": of.student_id, "noted_at": clock.now()}
    return add(ConditionReport(**{**usual, "condition": Condition.NEW, "missing": [], **values}))
