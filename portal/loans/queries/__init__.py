"""Reads of loans."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, false, null, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import contains_eager

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.values.dates import is_adult
from portal.loans.models import Loan
from portal.loans.rules import Answers
from portal.loans.states import ENDED, Arrival, LoanState
from portal.platform.database import held
from portal.roster.models import Guardian, Guardianship, Student
from portal.schools.models import Campaign, School
from portal.stock.models import Device, DeviceModel
from portal.stock.states import DeviceKind


def one(public_id: str) -> Loan:
    """A loan in scope with its student, by what the URL shows; raises `NoResultFound`."""
    statement = select(Loan).join(Loan.student).options(contains_eager(Loan.student)).where(Loan.public_id == public_id)
    return db.session.execute(statement).scalar_one()


def id_of(public_id: str) -> ScalarSelect[int]:
    """The number of a loan, for use inside another statement."""
    return select(Loan.id).where(Loan.public_id == public_id).scalar_subquery()


def by_id(loan_id: int) -> Loan:
    """A loan in scope with its student, by its number: for events, which carry numbers."""
    statement = select(Loan).join(Loan.student).options(contains_eager(Loan.student)).where(Loan.id == loan_id)
    return db.session.execute(statement).scalar_one()


def lock(loan_id: int) -> Loan:
    """A loan in scope, held until the use-case ends; raises `NoResultFound`."""
    return db.session.execute(held(select(Loan).where(Loan.id == loan_id))).scalar_one()


def lock_many(loan_ids: Iterable[int]) -> list[Loan]:
    """Loans in scope, held until the use-case ends, oldest request first. Always locked in the order of their ids."""
    statement = held(select(Loan).where(Loan.id.in_(list(loan_ids))).order_by(Loan.id))
    loans = list(db.session.scalars(statement))
    return sorted(loans, key=lambda loan: (loan.submitted_at or loan.started_at, loan.id))


def schools_of(loan_ids: Iterable[int]) -> list[int]:
    """The schools of some loans in scope, in the order of their ids."""
    statement = select(Loan.school_id).where(Loan.id.in_(list(loan_ids))).distinct().order_by(Loan.school_id)
    return list(db.session.scalars(statement))


def open_loan(student_id: int, kind: DeviceKind) -> Loan | None:
    """The student's open loan of that kind, if any: the database allows only one."""
    statement = select(Loan).where(Loan.student_id == student_id, Loan.kind == kind, Loan.state.not_in(ENDED))
    return db.session.execute(statement).scalar_one_or_none()


def of_students(student_ids: Iterable[int]) -> list[Loan]:
    """The loans of a family, newest first, with their students."""
    statement = (
        select(Loan)
        .join(Loan.student)
        .options(contains_eager(Loan.student))
        .where(Loan.student_id.in_(list(student_ids)))
        .order_by(Loan.started_at.desc(), Loan.id.desc())
    )
    return list(db.session.scalars(statement))


def answers(loan: Loan) -> Answers:
    """What the family has answered so far."""
    return Answers(
        delivery=loan.delivery,
        has_address=loan.address is not None,
        contact_email=loan.contact_email,
        contact_mobile=loan.contact_mobile,
    )


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything a family page shows of one loan. `guardian` is the reader, as this school's roster knows them."""

    loan: Loan
    student: Student
    school: School
    campaign: Campaign
    device: Device | None
    model: DeviceModel | None
    guardian: Guardian | None
    may_sign: bool
    signed: bool
    due_on: date | None
    arrival: Arrival | None

    def asked_by(self, account_id: int) -> bool:
        """Whether this account asked: its address and contacts are shown to nobody else of the family."""
        return self.loan.requested_by == account_id

    def reader(self, account_id: int) -> Student | Guardian | None:
        """The reader in this school's roster, with their own contacts."""
        return self.student if self.student.account_id == account_id else self.guardian

    def signs(self, account_id: int, *, on: date) -> bool:
        """Whether the reader is somebody who may sign this charter."""
        return _signs(self.student, self.may_sign, account_id, on)


def _signs(student: Student, may_sign: bool, account_id: int, on: date) -> bool:
    """An adult student signs alone; for a minor, a guardian with the right to (roster.rules says it in full)."""
    alone = student.emancipated or is_adult(student.birth_date, on)
    return student.account_id == account_id if alone else may_sign


def dossier(public_id: str, *, account_id: int) -> Dossier:
    """One loan in scope with all that surrounds it, in one statement; raises `NoResultFound`."""
    statement = (
        select(
            Loan, Student, School, Campaign, Device, DeviceModel, Guardian,
            _valid_signature_right(), _signed(), due_on(), arrival(),
        )
        .join(Student, Student.id == Loan.student_id)
        .join(School, School.id == Loan.school_id)
        .join(Campaign, Campaign.id == Loan.campaign_id)
        .outerjoin(Device, Device.loan_id == Loan.id)
        .outerjoin(DeviceModel, DeviceModel.id == Device.model_id)
        .where(Loan.public_id == public_id)
    )  # fmt: skip
    row = db.session.execute(_with_reader(statement, account_id)).first()
    if row is None:
        raise NoResultFound
    loan, student, school, campaign, device, model, guardian, may_sign, signed, due, said = row
    able = bool(may_sign), bool(signed)
    return Dossier(loan, student, school, campaign, device, model, guardian, *able, due, as_arrival(said))


def _valid_signature_right() -> ColumnElement[bool]:
    """The right to sign, while the guardianship lasts."""
    lasts = or_(Guardianship.ends_on.is_(None), Guardianship.ends_on > clock.today())
    return and_(Guardianship.may_sign.is_(True), lasts)


DueDate = Callable[[], ColumnElement[date | None]]
_due_when: list[DueDate] = []


def due_is_known_by(due: DueDate) -> DueDate:
    """Registers how a statement over `Loan` sees the day of return of a device that is lent for a while: the recalls', above us."""
    _due_when[:] = [due]
    return due


def due_on() -> ColumnElement[date | None]:
    """The day on which the device of a loan is expected back; nothing for one that lasts as long as its campaign."""
    due: ColumnElement[Any] = _due_when[0]() if _due_when else null()
    return due.label("due_on")


ParcelState = Callable[[], ColumnElement[str | None]]
_arrival_when: list[ParcelState] = []


def arrival_is_known_by(state: ParcelState) -> ParcelState:
    """Registers how a statement over `Loan` sees where the carrier says that its parcel is: the shipping's, above us."""
    _arrival_when[:] = [state]
    return state


def arrival() -> ColumnElement[str | None]:
    """Where a loan's last parcel is, in the words of whoever ships it: for `as_arrival`."""
    state: ColumnElement[Any] = _arrival_when[0]() if _arrival_when else null()
    return state.label("arrival")


def as_arrival(state: str | None) -> Arrival | None:
    """What a family must know of it: nothing, as long as the parcel moves."""
    return Arrival(state) if state in set(Arrival) else None


Condition = Callable[[], ColumnElement[bool]]
_signed_when: list[Condition] = []


def signed_is_known_by(condition: Condition) -> Condition:
    """Registers how a statement over `Loan` and `Guardian` sees that this guardian has signed: the charter's, above us."""
    _signed_when[:] = [condition]
    return condition


def _signed() -> ColumnElement[bool]:
    """Whether the reader has signed already, where one signature more is awaited."""
    return or_(false(), *(condition() for condition in _signed_when))


def _with_reader(statement: Select[*tuple[Any, ...]], account_id: int) -> Select[*tuple[Any, ...]]:
    """Beside each student, the guardian that the account is in the student's school; the one linked to them first."""
    return (
        statement.outerjoin(Guardian, and_(Guardian.account_id == account_id, Guardian.school_id == Student.school_id))
        .outerjoin(Guardianship, and_(Guardianship.guardian_id == Guardian.id, Guardianship.student_id == Student.id))
        .order_by(Guardianship.id.is_(None), Guardian.id)
    )


def own_draft(public_id: str, *, account_id: int) -> Dossier:
    """A draft that this account may go on with; raises `NoResultFound` for anything else."""
    found = dossier(public_id, account_id=account_id)
    if found.loan.state is not LoanState.DRAFT or not found.asked_by(account_id):
        raise NoResultFound
    return found


@dataclass(slots=True)
class Child:
    """A student of the family, their school, and their loans, newest first."""

    student: Student
    school: School
    may_sign: bool
    loans: list[Loan] = field(default_factory=list)
    ends_on: dict[int, date] = field(default_factory=dict)
    due_on: dict[int, date] = field(default_factory=dict)
    arrivals: dict[int, Arrival | None] = field(default_factory=dict)
    signed: set[int] = field(default_factory=set)

    @property
    def open_loan(self) -> Loan | None:
        """The loan that is not over."""
        return next((loan for loan in self.loans if loan.state not in ENDED), None)

    @property
    def past_loans(self) -> list[Loan]:
        """Those that are."""
        return [loan for loan in self.loans if loan.state in ENDED]

    def may_ask(self, account_id: int) -> bool:
        """Whether this account may start a request for them: no loan is open, or only somebody else's draft."""
        loan = self.open_loan
        return loan is None or (loan.state is LoanState.DRAFT and loan.requested_by != account_id)

    def signs(self, account_id: int, *, on: date) -> bool:
        """Whether the reader is somebody who may sign for this student."""
        return _signs(self.student, self.may_sign, account_id, on)

    def draft_of(self, account_id: int) -> Loan | None:
        """The draft that this account left."""
        loan = self.open_loan
        return loan if loan and loan.state is LoanState.DRAFT and loan.requested_by == account_id else None


def children(account_id: int) -> list[Child]:
    """The students in scope with their schools and loans, in one statement; by school, then by given name."""
    statement = (
        select(Student, School, Loan, Campaign, _valid_signature_right(), _signed(), due_on(), arrival())
        .join(School, School.id == Student.school_id)
        .outerjoin(Loan, Loan.student_id == Student.id)
        .outerjoin(Campaign, Campaign.id == Loan.campaign_id)
    )
    found: dict[int, Child] = {}
    for row in db.session.execute(_with_reader(statement, account_id)):
        _add_to(found, row)
    for child in found.values():
        child.loans.sort(key=lambda loan: (loan.started_at, loan.id), reverse=True)
    return sorted(found.values(), key=lambda child: (child.school.name, child.student.given_name, child.student.id))


def _add_to(found: dict[int, Child], row: Row[*tuple[Any, ...]]) -> None:
    student, school, loan, campaign, may_sign, signed, due, said = row
    child = found.setdefault(student.id, Child(student, school, bool(may_sign)))
    if loan is not None and loan not in child.loans:
        child.loans.append(loan)
        child.ends_on[loan.id] = campaign.ends_on
        child.due_on |= {loan.id: due} if due else {}
        child.arrivals[loan.id] = as_arrival(said)
        child.signed |= {loan.id} if signed else set()
