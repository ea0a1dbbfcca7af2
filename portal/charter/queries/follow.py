"""Where the signatures of a school stand, class by class, and whom a message does not reach."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.exc import NoResultFound

from portal.accounts.models import Account
from portal.charter.models import CharterDesk, CharterPaper, CharterSignature
from portal.charter.states import LIVE_DESK, PENDING
from portal.extensions import db
from portal.kernel import clock
from portal.loans.models import Loan
from portal.loans.states import ENDED, CharterGate, LoanState
from portal.platform.tables import Page, Wish
from portal.roster.models import Guardian, Student
from portal.schools.models import Region, School
from portal.schools.reminders import reminder_days

SIZE: Final = 200
PATIENCE: Final = timedelta(minutes=5)
"""After a request is sent, before the absence of anybody to reach is a problem."""


class Status(StrEnum):
    """What the school reads of a loan's charter."""

    SIGNED = "signe"
    TO_SIGN = "a-signer"
    PROBLEM = "probleme"
    UNREACHABLE = "injoignable"
    """A problem too, with its own list: nobody of this family can receive a message."""


@dataclass(frozen=True, slots=True)
class Signer:
    """One person asked to sign."""

    signature: CharterSignature
    by_email: bool
    by_mobile: bool

    @property
    def pending(self) -> bool:
        """Whether a signature is still awaited."""
        return self.signature.state in PENDING


@dataclass(frozen=True, slots=True)
class Line:
    """One loan of the board."""

    loan_id: int
    public_id: str
    reference: str
    name: str
    class_name: str
    gate: CharterGate
    status: Status
    signed_at: datetime | None
    signers: tuple[Signer, ...]

    @property
    def reminded_at(self) -> datetime | None:
        """The last reminder to anybody of this family."""
        return max((one.signature.reminded_at for one in self.signers if one.signature.reminded_at), default=None)


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many charters of a class stand where; `problem` counts the unreachable ones too."""

    name: str
    signed: int
    to_sign: int
    problem: int
    unreachable: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.signed + self.to_sign + self.problem


def _contact() -> ColumnElement[bool]:
    """Whether something leads to the person of a signature: the school's record, or their own account."""
    own = and_(CharterSignature.guardian_id.is_(None), or_(Student.email.is_not(None), Student.mobile.is_not(None)))
    return or_(Guardian.email.is_not(None), Guardian.mobile.is_not(None), own, Account.email.is_not(None))


def _reached() -> ColumnElement[bool]:
    """Whether somebody asked to sign can be reached, as far as the last message tells."""
    asked = (
        select(CharterSignature.id)
        .outerjoin(Guardian, Guardian.id == CharterSignature.guardian_id)
        .outerjoin(Account, Account.id == CharterSignature.account_id)
        .where(
            CharterSignature.loan_id == Loan.id,
            CharterSignature.state.in_(PENDING),
            CharterSignature.undelivered_at.is_(None),
            _contact(),
        )
        .correlate(Loan, Student)
    )
    return exists(asked)


def _status() -> ColumnElement[str]:
    late = Loan.submitted_at < clock.now() - PATIENCE
    return case(
        (Loan.charter == CharterGate.SIGNED, Status.SIGNED.value),
        (Loan.charter != CharterGate.TO_SIGN, Status.PROBLEM.value),
        (and_(late, ~_reached()), Status.UNREACHABLE.value),
        else_=Status.TO_SIGN.value,
    )


def _open() -> ColumnElement[bool]:
    return Loan.state.not_in((LoanState.DRAFT, *ENDED))


def counts() -> list[ClassCount]:
    """Every class of the school with an open loan; one statement."""
    each = (
        select(Student.class_name, _status().label("status")).join(Loan, Loan.student_id == Student.id).where(_open())
    )
    lines = each.subquery()
    rows = db.session.execute(
        select(lines.c.class_name, lines.c.status, func.count()).group_by(lines.c.class_name, lines.c.status)
    )
    found: dict[str, dict[str, int]] = {}
    for name, status, number in rows:
        found.setdefault(name, {})[status] = number
    return [_counted(name, found[name]) for name in sorted(found)]


def _counted(name: str, by_status: Mapping[str, int]) -> ClassCount:
    lost = by_status.get(Status.UNREACHABLE, 0)
    return ClassCount(
        name=name,
        signed=by_status.get(Status.SIGNED, 0),
        to_sign=by_status.get(Status.TO_SIGN, 0),
        problem=by_status.get(Status.PROBLEM, 0) + lost,
        unreachable=lost,
    )


def board(wish: Wish, *, size: int = SIZE) -> Page[Line]:
    """A page of the school's open loans, by class and name, with those who sign; one statement."""
    wanted = _wanted(wish).limit(size).offset((wish.number - 1) * size).subquery()
    signing = (
        select(wanted, CharterSignature, *_ways())
        .outerjoin(CharterSignature, CharterSignature.loan_id == wanted.c.loan_id)
        .outerjoin(Guardian, Guardian.id == CharterSignature.guardian_id)
        .outerjoin(Account, Account.id == CharterSignature.account_id)
        .outerjoin(Student, Student.id == CharterSignature.student_id)
        .order_by(wanted.c.class_name, wanted.c.family_name, wanted.c.given_name, wanted.c.loan_id, CharterSignature.id)
    )
    rows = db.session.execute(signing).all()
    if not rows and wish.number > 1:
        return board(replace(wish, number=1), size=size)
    lines = _lines(rows)
    total = rows[0].whole if rows else 0
    return Page(rows=lines, total=total, number=wish.number, sort="", descending=False, query=wish.query, size=size)


def _ways() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The address and the mobile that lead to the person of a signature."""
    mine = CharterSignature.guardian_id.is_(None)
    email = func.coalesce(Account.email, case((mine, Student.email), else_=Guardian.email))
    return email.label("mailbox"), case((mine, Student.mobile), else_=Guardian.mobile).label("telephone")


def _wanted(wish: Wish) -> Select[Any]:
    columns: list[Any] = [
        Loan.id.label("loan_id"), Loan.public_id, Loan.reference, Loan.charter, Loan.charter_signed_at,
        Student.given_name, Student.family_name, Student.class_name, _status().label("status"),
        func.count().over().label("whole"),
    ]  # fmt: skip
    statement = select(*columns).join(Student, Student.id == Loan.student_id).where(_open())
    if class_name := wish.query.get("classe"):
        statement = statement.where(Student.class_name == class_name)
    match wish.query.get("etat"):
        case Status.PROBLEM.value:
            statement = statement.where(_status().in_((Status.PROBLEM.value, Status.UNREACHABLE.value)))
        case (Status.SIGNED.value | Status.TO_SIGN.value | Status.UNREACHABLE.value) as status:
            statement = statement.where(_status() == status)
    return statement.order_by(Student.class_name, Student.family_name, Student.given_name, Loan.id)


def _lines(rows: Sequence[Any]) -> list[Line]:
    found: dict[int, Line] = {}
    for row in rows:
        line = found.get(row.loan_id) or Line(
            loan_id=row.loan_id,
            public_id=row.public_id,
            reference=row.reference,
            name=f"{row.given_name} {row.family_name}",
            class_name=row.class_name,
            gate=row.charter,
            status=Status(row.status),
            signed_at=row.charter_signed_at,
            signers=(),
        )
        if row.CharterSignature is not None:
            signer = Signer(row.CharterSignature, row.mailbox is not None, row.telephone is not None)
            line = replace(line, signers=(*line.signers, signer))
        found[row.loan_id] = line
    return list(found.values())


@dataclass(frozen=True, slots=True)
class LoanCharter:
    """One loan, those who sign, and what was done with them at the school."""

    loan: Loan
    student: Student
    school: School
    signers: tuple[Signer, ...]
    desks: Mapping[int, CharterDesk]
    papers: Mapping[int, CharterPaper]


def of_loan(public_id: str) -> LoanCharter:
    """A loan of the school with all about its charter, in one statement; raises `NoResultFound`."""
    statement = (
        select(Loan, Student, School, CharterSignature, CharterDesk, CharterPaper, *_ways())
        .join(Student, Student.id == Loan.student_id)
        .join(School, School.id == Loan.school_id)
        .outerjoin(CharterSignature, CharterSignature.loan_id == Loan.id)
        .outerjoin(Guardian, Guardian.id == CharterSignature.guardian_id)
        .outerjoin(Account, Account.id == CharterSignature.account_id)
        .outerjoin(CharterDesk, and_(CharterDesk.signature_id == CharterSignature.id, CharterDesk.state.in_(LIVE_DESK)))
        .outerjoin(
            CharterPaper, and_(CharterPaper.signature_id == CharterSignature.id, CharterPaper.revoked_at.is_(None))
        )
        .where(Loan.public_id == public_id)
        .order_by(CharterSignature.id)
    )
    rows = db.session.execute(statement).all()
    if not rows:
        raise NoResultFound(public_id)
    asked = [row for row in rows if row.CharterSignature is not None]
    return LoanCharter(
        loan=rows[0].Loan,
        student=rows[0].Student,
        school=rows[0].School,
        signers=tuple(
            Signer(row.CharterSignature, row.mailbox is not None, row.telephone is not None) for row in asked
        ),
        desks={row.CharterSignature.id: row.CharterDesk for row in asked if row.CharterDesk},
        papers={row.CharterSignature.id: row.CharterPaper for row in asked if row.CharterPaper},
    )


@dataclass(frozen=True, slots=True)
class Awaited:
    """A signature that is awaited, and what a reminder needs to know of it; `days` after the invitation."""

    signature: CharterSignature
    reachable: bool
    closings: Sequence[Sequence[str]]
    postcode: str | None
    days: Sequence[int]
    by_email: bool
    by_mobile: bool

    @property
    def person(self) -> tuple[str, int]:
        """Who it is: one account, or else one record of the school. One person gets one message."""
        one = self.signature
        if one.account_id:
            return ("account", one.account_id)
        return ("guardian", one.guardian_id) if one.guardian_id else ("student", one.student_id)


def awaited(*conditions: ColumnElement[bool]) -> list[Awaited]:
    """Signatures that their loans still wait for, in scope; one statement."""
    statement = (
        select(CharterSignature, School.closings, School.postcode, School.reminder_days, Region.profile, *_ways())
        .join(Loan, Loan.id == CharterSignature.loan_id)
        .join(School, School.id == CharterSignature.school_id)
        .join(Region, Region.id == School.region_id)
        .join(Student, Student.id == CharterSignature.student_id)
        .outerjoin(Guardian, Guardian.id == CharterSignature.guardian_id)
        .outerjoin(Account, Account.id == CharterSignature.account_id)
        .where(*_awaited(), *conditions)
        .order_by(CharterSignature.id)
    )
    return [
        Awaited(
            signature=row.CharterSignature,
            reachable=row.mailbox is not None or row.telephone is not None,
            closings=row.closings or (),
            postcode=row.postcode,
            days=reminder_days(row.reminder_days, row.profile),
            by_email=row.mailbox is not None,
            by_mobile=row.telephone is not None,
        )
        for row in db.session.execute(statement)
    ]


def blanks(class_name: str) -> list[CharterSignature]:
    """The charters that a class has still to sign and that are printed, by name."""
    return list(db.session.scalars(_blank().where(Student.class_name == class_name)))


def blanks_of(signature_ids: Collection[int]) -> list[CharterSignature]:
    """Those of these signatures that are still awaited, in the same order."""
    return list(db.session.scalars(_blank().where(CharterSignature.id.in_(signature_ids))))


def _blank() -> Select[CharterSignature]:
    return (
        select(CharterSignature)
        .join(Loan, Loan.id == CharterSignature.loan_id)
        .join(Student, Student.id == CharterSignature.student_id)
        .where(*_awaited())
        .order_by(Student.family_name, Student.given_name, CharterSignature.id)
    )


def _awaited() -> tuple[ColumnElement[bool], ...]:
    """A signature that its loan waits for, of a charter that is printed."""
    return (
        CharterSignature.state.in_(PENDING),
        CharterSignature.presented_sha256.is_not(None),
        Loan.charter == CharterGate.TO_SIGN,
        _open(),
    )


def awaited_of_loans(public_ids: Collection[str]) -> list[Awaited]:
    """Those of these loans."""
    return awaited(Loan.public_id.in_(public_ids))


def awaited_of_contact(contact: str) -> list[Awaited]:
    """Those of whoever has this address (in lower case) or this mobile (E.164)."""
    known = or_(
        func.lower(Guardian.email) == contact,
        Guardian.mobile == contact,
        func.lower(Account.email) == contact,
        and_(
            CharterSignature.guardian_id.is_(None),
            or_(func.lower(Student.email) == contact, Student.mobile == contact),
        ),
    )
    return awaited(known)
