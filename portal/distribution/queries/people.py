"""Who is expected at a session, and what stands in each one's way: one statement for a whole lycée's year."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, literal, or_, select

from portal.access.queries.people import last_adult_birth
from portal.distribution import rules
from portal.distribution.models import Attendance, DistributionSession, SessionClass
from portal.distribution.rules import Missing, Readiness, Standing
from portal.distribution.states import AttendanceState
from portal.extensions import db
from portal.kernel import clock
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.platform.audit import AuditLine
from portal.roster.models import Guardian, Guardianship, Student
from portal.stock.models import Device
from portal.stock.states import DeviceKind, DeviceState, Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One student's turn, with what the loan and the roster say now. Somebody invented has neither."""

    public_id: str
    student_id: int | None
    student_public_id: str | None
    given_name: str
    family_name: str
    class_name: str
    called_at: time | None
    code: str
    state: AttendanceState
    asset_tag: str | None
    cleared_at: datetime | None
    served_at: datetime | None
    loan_id: int | None
    loan_public_id: str | None
    loan_state: LoanState | None
    kind: DeviceKind | None
    has_device: bool
    emergency: bool
    readiness: Readiness

    @property
    def name(self) -> str:
        """As one says it."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def expected(self) -> bool:
        """Whether the session counts on them."""
        return self.state is not AttendanceState.DROPPED

    @property
    def may_use_pool(self) -> bool:
        """Whether a device of the emergency pool can be set aside: absent, with a loan that nothing stops or packs."""
        ready = self.loan_state is LoanState.APPROVED and not self.emergency
        return self.missing is Missing.ABSENT and ready

    @property
    def missing(self) -> Missing | None:
        """Why they have no device, if they have none."""
        return rules.missing(self.state, self.readiness)

    @property
    def why(self) -> Missing | Readiness | None:
        """The same, and for whom something stops, what."""
        return self.readiness if self.missing is Missing.STOPPED else self.missing


def of_session(session_id: int) -> list[Line]:
    """Every turn of a session by class and name, in one statement."""
    columns: list[Any] = [
        Attendance.public_id, Attendance.student_id, Attendance.pretend_name, Attendance.class_name, Attendance.code,
        Attendance.state, Attendance.asset_tag, Attendance.cleared_at, Attendance.served_at, Attendance.loan_id,
        SessionClass.called_at, Student.given_name, Student.family_name, Student.usage_name,
        Student.public_id.label("student_public_id"), Loan.public_id.label("loan_public_id"),
        Loan.state.label("loan_state"), Loan.kind, Loan.charter, Device.pool, _reachable().label("reachable"),
    ]  # fmt: skip
    called = and_(SessionClass.session_id == Attendance.session_id, SessionClass.class_name == Attendance.class_name)
    statement = (
        select(*columns)
        .select_from(Attendance)
        .outerjoin(SessionClass, called)
        .outerjoin(Student, Student.id == Attendance.student_id)
        .outerjoin(Loan, Loan.id == Attendance.loan_id)
        .outerjoin(Device, Device.loan_id == Loan.id)
        .where(Attendance.session_id == session_id)
    )
    return sorted((_line(row) for row in db.session.execute(statement).mappings()), key=_by_class_and_name)


def _by_class_and_name(line: Line) -> tuple[bool, time, str, str, str]:
    """The class that is called first, first; those without an hour after them."""
    return line.called_at is None, line.called_at or time(), line.class_name, line.family_name, line.given_name


def _line(row: Any) -> Line:
    given, _, family = (row["pretend_name"] or "").partition(" ")
    pretend = row["student_id"] is None
    return Line(
        **{name: row[name] for name in _AS_READ},
        given_name=given if pretend else row["given_name"],
        family_name=family if pretend else row["usage_name"] or row["family_name"],
        has_device=row["pool"] is not None,
        emergency=row["pool"] is Pool.EMERGENCY,
        readiness=_pretended(family) if pretend else rules.readiness(_standing(row)),
    )


_AS_READ = (
    "public_id", "student_id", "student_public_id", "class_name", "called_at", "code", "state", "asset_tag",
    "cleared_at", "served_at", "loan_id", "loan_public_id", "loan_state", "kind",
)  # fmt: skip


def _pretended(name: str) -> Readiness:
    return Readiness.UNSIGNED if rules.pretends_unsigned(name) else Readiness.READY


def _standing(row: Any) -> Standing:
    return Standing(row["loan_state"], row["charter"], bool(row["reachable"]))


def _reachable() -> ColumnElement[bool]:
    """Whether somebody who may sign for the student can be written to: a guardian, or the student of age."""
    today = clock.today()
    alone = or_(Student.emancipated, Student.birth_date <= last_adult_birth(today))
    own = or_(Student.email.is_not(None), Student.mobile.is_not(None))
    guardian = (
        select(Guardian.id)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .where(
            Guardianship.student_id == Student.id,
            Guardianship.may_sign.is_(True),
            or_(Guardianship.ends_on.is_(None), Guardianship.ends_on > today),
            or_(Guardian.email.is_not(None), Guardian.mobile.is_not(None), Guardian.account_id.is_not(None)),
        )
        .correlate(Student)
    )
    return or_(and_(alone, own), and_(~alone, exists(guardian)))


@dataclass(frozen=True, slots=True)
class Lane:
    """A class: how many are expected, had their sleeve, left with a device; and why the others did not."""

    name: str
    lines: Sequence[Line]

    @property
    def expected(self) -> int:
        """How many the class sends."""
        return len(self.lines)

    @property
    def served(self) -> int:
        """How many left with a device."""
        return sum(line.state is AttendanceState.SERVED for line in self.lines)

    @property
    def cleared(self) -> int:
        """How many stand between the two workshops."""
        return sum(line.state is AttendanceState.CLEARED for line in self.lines)

    @property
    def why(self) -> list[tuple[Missing | Readiness, int]]:
        """Why some have no device, each reason with its number; who has simply not come yet is not counted."""
        told: list[Missing | Readiness] = [line.why for line in self.lines if line.why and line.why != Missing.COMING]
        return Counter(told).most_common()


@dataclass(frozen=True, slots=True)
class Board:
    """A session, its stock, its people, and the last changes of its list."""

    session: DistributionSession
    in_stock: int
    lines: Sequence[Line]
    changes: dict[str, list[int]]

    @property
    def expected(self) -> list[Line]:
        """Those on whom the session counts."""
        return [line for line in self.lines if line.expected]

    def count(self, ready: Readiness) -> int:
        """How many of them stand there."""
        return sum(line.readiness == ready for line in self.to_serve)

    @property
    def to_serve(self) -> list[Line]:
        """Those who have no device yet."""
        return [line for line in self.expected if line.state is not AttendanceState.SERVED]

    @property
    def served(self) -> int:
        """How many have theirs."""
        return sum(line.state is AttendanceState.SERVED for line in self.lines)

    @property
    def devices(self) -> int:
        """The devices there are for those who have none: free ones, and those set aside for them."""
        return self.in_stock + sum(line.has_device for line in self.to_serve)

    def changed(self, how: str) -> list[Line]:
        """The students who were added, gone or moved when the list was last refreshed."""
        ids = set(self.changes.get(how, ()))
        return [line for line in self.lines if line.student_id in ids]


def board(public_id: str) -> Board:
    """A session in scope with its people, in two statements; raises `NoResultFound`."""
    subject = literal("distribution:") + cast(DistributionSession.id, String)
    changes = (
        select(AuditLine.payload)
        .where(AuditLine.subject == subject, AuditLine.kind == "ListRefreshed")
        .order_by(AuditLine.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    free = (
        select(func.count(Device.id))
        .where(
            Device.school_id == DistributionSession.school_id,
            Device.state == DeviceState.IN_STOCK,
            Device.pool == Pool.ALLOTMENT,
        )
        .scalar_subquery()
    )
    statement = select(DistributionSession, free, changes).where(DistributionSession.public_id == public_id)
    session, in_stock, payload = db.session.execute(statement).one()
    return Board(session, in_stock, of_session(session.id), payload or {})


def unsigned(public_id: str, class_name: str) -> list[str]:
    """The loans of a class whose charter is to be signed, by their public ids; raises `NoResultFound`."""
    waiting = (Readiness.UNSIGNED, Readiness.UNREACHABLE)
    lines = [line for line in board(public_id).to_serve if line.class_name == class_name and line.readiness in waiting]
    return [line.loan_public_id for line in lines if line.loan_public_id]


def by_class(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """The same lines, class by class, in their order."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.class_name, []).append(line)
    return found


def labelled(session_id: int, class_name: str) -> list[Line]:
    """Those for whom labels are printed: of one class, or of all (empty), by class and name."""
    return [line for line in of_session(session_id) if line.expected and class_name in {"", line.class_name}]


def by_reason(lines: Iterable[Line]) -> dict[Missing | Readiness, list[Line]]:
    """Those who have no device, by reason: the absent first, then the most frequent."""
    found: dict[Missing | Readiness, list[Line]] = {}
    for line in lines:
        if line.why:
            found.setdefault(line.why, []).append(line)
    return dict(sorted(found.items(), key=lambda item: (item[0] != Missing.ABSENT, -len(item[1]))))


def lanes(lines: Iterable[Line]) -> list[Lane]:
    """The same lines as lanes."""
    return [Lane(name, found) for name, found in by_class(lines).items()]
