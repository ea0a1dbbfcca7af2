"""Reads of loans."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from portal.extensions import db
from portal.loans.models import Loan
from portal.loans.rules import Answers
from portal.loans.states import ENDED
from portal.stock.states import DeviceKind


def one(public_id: str) -> Loan:
    """A loan in scope with its student, by what the URL shows; raises `NoResultFound`."""
    statement = (
        select(Loan).join(Loan.student).options(contains_eager(Loan.student)).where(Loan.public_id == public_id)
    )
    return db.session.execute(statement).scalar_one()


def by_id(loan_id: int) -> Loan:
    """A loan in scope with its student, by its number: for events, which carry numbers."""
    statement = select(Loan).join(Loan.student).options(contains_eager(Loan.student)).where(Loan.id == loan_id)
    return db.session.execute(statement).scalar_one()


def lock(loan_id: int) -> Loan:
    """A loan in scope, held until the use-case ends; raises `NoResultFound`."""
    return db.session.execute(select(Loan).where(Loan.id == loan_id).with_for_update()).scalar_one()


def lock_many(loan_ids: Iterable[int]) -> list[Loan]:
    """Loans in scope, held until the use-case ends, oldest request first. Always locked in the order of their ids."""
    statement = select(Loan).where(Loan.id.in_(list(loan_ids))).order_by(Loan.id).with_for_update()
    loans = list(db.session.scalars(statement))
    return sorted(loans, key=lambda loan: (loan.submitted_at or loan.started_at, loan.id))


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
