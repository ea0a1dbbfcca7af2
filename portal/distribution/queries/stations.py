"""Reads of the stations: two statements for a verdict, whatever the size of the session.

What each scan asks is written once, when the module is loaded: putting a statement together costs more than running it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Account
from portal.distribution.gate import Earlier, Machine, Read, Reason, Turn, pretend_machine, remote_state
from portal.distribution.models import Attendance, DistributionSession, Scan, Station
from portal.distribution.rules import pretend_tag
from portal.distribution.states import AttendanceState, SessionState, Verdict, Workshop
from portal.extensions import db
from portal.loans.models import Loan
from portal.platform.database import held
from portal.roster.models import Student
from portal.schools.models import School
from portal.stock.models import Device
from portal.stock.states import DeviceState

ON_THE_SHELF: Final = (DeviceState.IN_STOCK, DeviceState.RESERVED)
LAST: Final = 5
"""Scans that a station may undo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A station with its session, and who takes it."""

    id: int
    public_id: str
    number: int
    workshop: Workshop
    school_id: int
    session_id: int
    session_public_id: str
    session_name: str
    session_state: SessionState
    rehearsal: bool
    account_id: int | None
    holder: str | None

    @property
    def is_open(self) -> bool:
        """Whether scans are accepted as they come."""
        return self.session_state is SessionState.OPEN


def _posts() -> Select[Any]:
    columns: list[Any] = [
        Station.id, Station.public_id, Station.number, Station.workshop, Station.school_id, Station.session_id,
        Station.account_id, Account.name.label("holder"),
        DistributionSession.public_id.label("session_public_id"), DistributionSession.name.label("session_name"),
        DistributionSession.state.label("session_state"), DistributionSession.rehearsal,
    ]  # fmt: skip
    return (
        select(*columns)
        .select_from(Station)
        .join(DistributionSession, DistributionSession.id == Station.session_id)
        .join(School, School.id == Station.school_id)
        .outerjoin(Account, Account.id == Station.account_id)
    )


def posts() -> list[Post]:
    """The stations of the sessions that are open, by number; the session that was opened last comes first."""
    statement = _posts().where(DistributionSession.state == SessionState.OPEN)
    rows = db.session.execute(statement.order_by(DistributionSession.id.desc(), Station.number))
    return [Post(**row) for row in rows.mappings()]


_POST: Final = _posts().where(Station.public_id == bindparam("public_id"))
_LOCKED_POST: Final = _POST.with_for_update(of=School, key_share=True)


def post(public_id: str) -> Post:
    """A station of the school; raises `NoResultFound`."""
    return Post(**db.session.execute(_POST, {"public_id": public_id}).mappings().one())


def lock_post(public_id: str) -> Post:
    """The same, its school held as `schools.lock` does: a device is decided upon by one person at a time."""
    return Post(**db.session.execute(_LOCKED_POST, {"public_id": public_id}).mappings().one())


def station(station_id: int) -> Station:
    """The row of a station; raises `NoResultFound`."""
    return db.session.execute(select(Station).where(Station.id == station_id)).scalar_one()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that decides a scan, read at once."""

    turn: Turn | None
    machine: Machine | None
    earlier: Earlier | None
    latest: Earlier | None


_Owner, _Named, _Latest, _Taken = aliased(Loan), aliased(Attendance), aliased(Scan), aliased(Attendance)

_SCAN: Final = ("verdict", "reason", "attendance_id", "asset_tag", "received_at", "undone_at")
_TURN: Final[dict[str, Any]] = {
    "attendance_id": Attendance.id, "code": Attendance.code, "state": Attendance.state,
    "name": func.coalesce(Student.given_name, Attendance.pretend_name), "class_name": Attendance.class_name,
    "asset_tag": Attendance.asset_tag, "pretend": Attendance.pretend_name.is_not(None), "loan_id": Loan.id,
    "loan_public_id": Loan.public_id, "loan_state": Loan.state, "charter": Loan.charter, "delivery": Loan.delivery,
    "kind": Loan.kind,
}  # fmt: skip
_MACHINE: Final[dict[str, Any]] = {
    "asset_tag": Device.asset_tag, "state": Device.state, "kind": Device.kind, "holder_loan": _Owner.id,
    "holder_state": _Owner.state,
}  # fmt: skip


def _labelled(prefix: str, columns: dict[str, Any]) -> list[Any]:
    return [column.label(f"{prefix}_{name}") for name, column in columns.items()]


def _scan_columns(prefix: str, kind: Any, code: Any) -> list[Any]:
    return _labelled(prefix, {**{name: getattr(kind, name) for name in _SCAN}, "code": code})


def _all_facts() -> Select[Any]:
    newest = select(func.max(Scan.id)).where(Scan.station_id == bindparam("station")).scalar_subquery()
    said = aliased(Attendance)
    return (
        select(
            *_labelled("turn", _TURN),
            *_labelled("machine", _MACHINE),
            *_scan_columns("earlier", Scan, _Named.code),
            *_scan_columns("latest", _Latest, said.code),
            _Taken.id.label("taken"),
        )
        .select_from(Station)
        .outerjoin(Attendance, and_(Attendance.session_id == Station.session_id, Attendance.code == bindparam("code")))
        .outerjoin(Student, Student.id == Attendance.student_id)
        .outerjoin(Loan, Loan.id == Attendance.loan_id)
        .outerjoin(Device, Device.asset_tag == bindparam("tag"))
        .outerjoin(_Owner, _Owner.id == Device.loan_id)
        .outerjoin(_Taken, and_(_Taken.session_id == Station.session_id, _Taken.asset_tag == bindparam("tag")))
        .outerjoin(Scan, and_(Scan.station_id == Station.id, Scan.key == bindparam("key")))
        .outerjoin(_Named, _Named.id == Scan.attendance_id)
        .outerjoin(_Latest, _Latest.id == newest)
        .outerjoin(said, said.id == _Latest.attendance_id)
        .where(Station.id == bindparam("station"))
    )


_FACTS: Final = _all_facts()


def facts(at: Post, read: Read, *, key: str) -> Facts:
    """The turn, the device, the scan that already has this key, and the station's latest: one statement.

    In a rehearsal the device is invented: what it says is whether somebody of the session has it.
    """
    asked = {"station": at.id, "code": read.code, "tag": read.tag, "key": key}
    return _read(dict(db.session.execute(_FACTS, asked).mappings().one()), at, read)


def _read(row: dict[str, Any], at: Post, read: Read) -> Facts:
    turn = _part(row, "turn", Turn)
    machine = _part(row, "machine", Machine)
    if at.rehearsal:
        machine = pretend_machine(read.tag, taken=row["taken"] is not None)
    return Facts(turn, machine, _part(row, "earlier", Earlier), _part(row, "latest", Earlier))


Part = TypeVar("Part")


def _part(row: dict[str, Any], prefix: str, kind: type[Part]) -> Part | None:
    """The columns of one joined table, or None when nothing was joined: its first column is never empty."""
    values = {name.removeprefix(f"{prefix}_"): value for name, value in row.items() if name.startswith(f"{prefix}_")}
    return kind(**values) if next(iter(values.values())) is not None else None


def attendance(attendance_id: int) -> Attendance:
    """The row of a turn, held until the use-case ends; raises `NoResultFound`."""
    return db.session.execute(held(select(Attendance).where(Attendance.id == attendance_id))).scalar_one()


def _turns() -> Select[Any]:
    return (
        select(*[column.label(name) for name, column in _TURN.items()])
        .select_from(Attendance)
        .outerjoin(Student, Student.id == Attendance.student_id)
        .outerjoin(Loan, Loan.id == Attendance.loan_id)
    )


def turn(attendance_id: int) -> Turn:
    """A turn as the stations see it; raises `NoResultFound`."""
    return Turn(**db.session.execute(_turns().where(Attendance.id == attendance_id)).mappings().one())


@dataclass(frozen=True, slots=True)
class Line:
    """One of the station's last scans, which it may undo."""

    public_id: str
    name: str
    class_name: str
    asset_tag: str | None
    loan_public_id: str | None


def _last() -> Select[Any]:
    return (
        select(Scan.public_id, _TURN["name"], Attendance.class_name, Scan.asset_tag, Loan.public_id)
        .select_from(Scan)
        .join(Station, Station.id == Scan.station_id)
        .join(Attendance, Attendance.id == Scan.attendance_id)
        .outerjoin(Student, Student.id == Attendance.student_id)
        .outerjoin(Loan, Loan.id == Attendance.loan_id)
        .where(Station.public_id == bindparam("public_id"), Scan.verdict == Verdict.ACCEPTED, Scan.undone_at.is_(None))
        .order_by(Scan.id.desc())
        .limit(LAST)
    )


_LAST: Final = _last()


def last(public_id: str) -> list[Line]:
    """What the station did last, the newest first."""
    return [Line(*row) for row in db.session.execute(_LAST, {"public_id": public_id})]


def lock_post_of(scan_public_id: str) -> Post:
    """The station where a scan was made, its school held; raises `NoResultFound`."""
    statement = _posts().join(Scan, Scan.station_id == Station.id).where(Scan.public_id == scan_public_id)
    return Post(**db.session.execute(statement.with_for_update(of=School, key_share=True)).mappings().one())


def scan(public_id: str) -> Scan:
    """A scan of the school; raises `NoResultFound`."""
    return db.session.execute(select(Scan).where(Scan.public_id == public_id)).scalar_one()


def concerned(at: Post, *, attendance_id: int, asset_tag: str) -> list[Turn]:
    """The turns already served that a conflict is about: whoever has the device, and the student with another one."""
    statement = select(Attendance.id).where(
        Attendance.session_id == at.session_id,
        Attendance.state == AttendanceState.SERVED,
        or_(Attendance.asset_tag == asset_tag, Attendance.id == attendance_id),
    )
    return [turn(found) for found in db.session.scalars(statement)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What a station may take through a network cut: each student's code with what may be done, and the free labels."""

    students: dict[str, str]
    devices: list[str]


def remembered(at: Post) -> Remembered:
    """Two statements, whatever the size of the session."""
    rows = db.session.execute(_turns().where(Attendance.session_id == at.session_id)).mappings()
    students = {row["code"]: remote_state(Turn(**row)) for row in rows}
    if at.rehearsal:
        return Remembered(students=students, devices=[pretend_tag(rank) for rank in range(1, len(students) + 1)])
    free = select(Device.asset_tag).where(Device.school_id == at.school_id, Device.state.in_(ON_THE_SHELF))
    return Remembered(students=students, devices=list(db.session.scalars(free)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A scan that could not stand: who claims what, and who has it."""

    public_id: str
    session_name: str
    number: int
    scanned_at: datetime
    reason: Reason
    asset_tag: str | None
    claimant: str | None
    class_name: str | None
    own_tag: str | None
    holder: str | None
    holder_class: str | None


def conflicts() -> list[Conflict]:
    """What waits for a person, the oldest first: one statement."""
    other, pupil = aliased(Attendance), aliased(Student)
    columns: list[Any] = [
        Scan.public_id, DistributionSession.name.label("session_name"), Station.number, Scan.scanned_at, Scan.reason,
        Scan.asset_tag, _full_name(Student, Attendance).label("claimant"), Attendance.class_name,
        Attendance.asset_tag.label("own_tag"), _full_name(pupil, other).label("holder"),
        other.class_name.label("holder_class"),
    ]  # fmt: skip
    statement = (
        select(*columns)
        .select_from(Scan)
        .join(Station, Station.id == Scan.station_id)
        .join(DistributionSession, DistributionSession.id == Scan.session_id)
        .outerjoin(Attendance, Attendance.id == Scan.attendance_id)
        .outerjoin(Student, Student.id == Attendance.student_id)
        .outerjoin(other, and_(other.session_id == Scan.session_id, other.asset_tag == Scan.asset_tag))
        .outerjoin(pupil, pupil.id == other.student_id)
        .where(Scan.verdict == Verdict.CONFLICT)
        .order_by(Scan.id)
    )
    return [Conflict(**row) for row in db.session.execute(statement).mappings()]


def _full_name(pupil: Any, of: Any) -> Any:
    return func.coalesce(pupil.given_name + " " + pupil.family_name, of.pretend_name)


def how_many_conflicts(session_id: int) -> int:
    """How many scans of a session wait for a person."""
    statement = select(func.count()).select_from(Scan)
    return db.session.scalar(statement.where(Scan.session_id == session_id, Scan.verdict == Verdict.CONFLICT)) or 0
