"""Reads about who signs: oppositions to look at, and what was decided about a student."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.exc import NoResultFound

from portal.accounts.models import Account
from portal.charter.models import CharterDecision, CharterSignature, CharterVersion
from portal.charter.states import Decided
from portal.extensions import db
from portal.loans.models import Loan
from portal.loans.states import ENDED, CharterGate, LoanState
from portal.platform.database import held
from portal.roster.models import Guardian, Guardianship, Student
from portal.schools.models import School


@dataclass(frozen=True, slots=True)
class StaffFile:
    """A loan, its student, and everybody who was asked to sign, newest text last; for the lycée."""

    loan: Loan
    student: Student
    school: School
    signatures: tuple[tuple[CharterSignature, int], ...]

    @property
    def texts(self) -> list[int]:
        """The numbers of the texts that this family was given, the last one first."""
        return sorted({number for _, number in self.signatures}, reverse=True)

    def of_text(self, number: int) -> list[CharterSignature]:
        """Those asked to sign one text."""
        return [one for one, text in self.signatures if text == number]


def staff_file(public_id: str) -> StaffFile:
    """By what the URL shows, in one statement; raises `NoResultFound`."""
    statement = (
        select(Loan, Student, School, CharterSignature, CharterVersion.number)
        .join(Student, Student.id == Loan.student_id)
        .join(School, School.id == Loan.school_id)
        .outerjoin(CharterSignature, CharterSignature.loan_id == Loan.id)
        .outerjoin(CharterVersion, CharterVersion.id == CharterSignature.version_id)
        .where(Loan.public_id == public_id, Loan.state != LoanState.DRAFT)
        .order_by(CharterSignature.id)
    )
    rows: list[Any] = list(db.session.execute(statement))
    if not rows:
        raise NoResultFound(public_id)
    loan, student, school = rows[0][:3]
    return StaffFile(loan, student, school, tuple((row[3], row[4]) for row in rows if row[3]))


@dataclass(frozen=True, slots=True)
class Told:
    """A decision with the name of whoever made it."""

    decision: CharterDecision
    by: str | None


def decisions(student_id: int) -> list[Told]:
    """What was recorded about who signs for a student, the latest first."""
    statement = (
        select(CharterDecision, Account.name)
        .outerjoin(Account, Account.id == CharterDecision.decided_by)
        .where(CharterDecision.student_id == student_id)
        .order_by(CharterDecision.id.desc())
    )
    return [Told(*row) for row in db.session.execute(statement)]


@dataclass(frozen=True, slots=True)
class Opposition:
    """A loan that an opposition stops."""

    loan: Loan
    student: Student
    guardian: str
    opposed_on: date | None
    upheld: bool


def oppositions() -> list[Opposition]:
    """The oppositions in scope that are not lifted, the oldest first, whatever the state of the loan: two statements."""
    statement = (
        select(Loan, Student, Guardian.name, Guardianship.opposed_on, Guardianship.guardian_id)
        .join(Student, Student.id == Loan.student_id)
        .join(Guardianship, and_(Guardianship.student_id == Loan.student_id, Guardianship.opposed_on.is_not(None)))
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Loan.state.not_in((*ENDED, LoanState.DRAFT)), Guardianship.may_sign.is_(True))
        .where((Loan.charter == CharterGate.OPPOSED) | (Loan.charter == CharterGate.SIGNED))
        .order_by(Guardianship.opposed_on, Loan.id)
    )
    rows = db.session.execute(statement).all()
    last: dict[tuple[int, int | None], Decided] = {}
    decided = select(CharterDecision.student_id, CharterDecision.guardian_id, CharterDecision.kind)
    for student_id, guardian_id, kind in db.session.execute(
        decided.where(CharterDecision.student_id.in_([row[1].id for row in rows])).order_by(CharterDecision.id)
    ):
        last[student_id, guardian_id] = kind
    return [
        Opposition(loan, student, name, on, last.get((student.id, guardian_id)) is Decided.UPHELD)
        for loan, student, name, on, guardian_id in rows
    ]


def hold_open_loans(student_id: int) -> list[Loan]:
    """The loans of a student that have not ended, locked by number."""
    statement = held(
        select(Loan)
        .where(Loan.student_id == student_id, Loan.state.not_in((*ENDED, LoanState.DRAFT)))
        .order_by(Loan.id)
    )
    return list(db.session.scalars(statement, execution_options={"populate_existing": True}))
