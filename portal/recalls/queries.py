"""Reads about loans of the emergency pool: the board, and what a reminder needs to know."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased, contains_eager

from portal.accounts.models import Account
from portal.extensions import db
from portal.kernel import clock
from portal.loans.models import Loan
from portal.loans.queries import due_is_known_by, id_of
from portal.loans.rules import Calendar
from portal.loans.states import LoanState
from portal.platform.database import held
from portal.platform.search import holds
from portal.platform.tables import Page, Wish, paged_at_once
from portal.recalls.models import Recall
from portal.recalls.states import View
from portal.roster.models import Guardian, Guardianship, Student
from portal.roster.queries import guardian_facts, student_facts
from portal.roster.rules import Signatory, signatories
from portal.schools.models import Campaign, School
from portal.stock.models import Device, DeviceModel, DeviceMovement
from portal.stock.states import Pool

OUTSIDE: Final = (LoanState.IN_TRANSIT, LoanState.LENT)
"""States of a loan whose device is expected back."""

AFTER: Final = 500
"""Lines read at once for a file that is sent as it is read."""


@due_is_known_by
def due_on() -> ColumnElement[date | None]:
    """The day of return, for a statement over `Loan`."""
    return select(Recall.due_on).where(Recall.loan_id == Loan.id).correlate(Loan).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Line:
    """One device that is out, who has it, and how they are reached."""

    recall: Recall
    loan: Loan
    student: Student
    asset_tag: str
    model: str
    caller: str | None
    people: list[Signatory] = field(default_factory=list)

    @property
    def late(self) -> int:
        """For how many days it has been expected; 0 as long as it is not late."""
        return max(0, (clock.today() - self.recall.due_on).days) if self.recall.due_on else 0

    @property
    def phones(self) -> list[str]:
        """Telephone numbers, that of the request first, each once."""
        known = [self.loan.contact_mobile, *(one.mobile for one in self.people)]
        return list(dict.fromkeys(number for number in known if number))

    @property
    def emails(self) -> list[str]:
        """The same for addresses."""
        known = [self.loan.contact_email, *(one.email for one in self.people)]
        return list(dict.fromkeys(address for address in known if address))


def _listed() -> Select[Any]:
    statement: Any = (
        select(Recall, Loan, Student, Device.asset_tag, DeviceModel.name.label("model"), Account.name.label("caller"))
        .join(Loan, Loan.id == Recall.loan_id)
        .join(Student, Student.id == Recall.student_id)
        .join(Device, Device.loan_id == Loan.id)
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .outerjoin(Account, Account.id == Recall.called_by)
        .where(Loan.state.in_(OUTSIDE))
    )
    return statement  # type: ignore[no-any-return]  # of several columns


def _within(view: View, words: str) -> ColumnElement[bool]:
    """What was typed is looked for in the three lists at once: the student, the class, the device's label."""
    if words:
        names = Student.given_name + " " + func.coalesce(Student.usage_name, "") + " " + Student.family_name
        return holds(names + " " + Student.class_name + " " + Device.asset_tag, words)
    match view:
        case View.LATE:
            return Recall.due_on < clock.today()
        case View.COMING:
            return Recall.due_on >= clock.today()
        case View.UNDATED:
            return Recall.due_on.is_(None)


def board(view: View, wish: Wish) -> Page[Line]:
    """One list of the school, or what was typed (`recherche`), the longest expected first; two statements."""
    statement = _listed().where(_within(view, wish.query.get("recherche", "")))
    page: Page[Any] = paged_at_once(statement, wish, order=[Recall.due_on, Recall.id])
    people = _people([row.Student for row in page.rows])
    return replace(page, rows=[_line(row, people) for row in page.rows])


def returns(wish: Wish) -> Page[Any]:
    """What came back to the school, the newest first: one statement.

    `at` is when it was noted, and `used` whether something has happened to the device since: the return then stays.
    """
    step, later = aliased(DeviceMovement), aliased(DeviceMovement)
    used = exists().where(later.device_id == step.device_id, later.id > step.id)
    statement: Any = (
        select(
            Loan.public_id,
            Student,
            Device.public_id.label("device"),
            Device.asset_tag,
            DeviceModel.name.label("model"),
            step.at,
            used.label("used"),
        )
        .select_from(Recall)
        .join(step, step.id == Recall.returned_step)
        .join(Device, Device.id == step.device_id)
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .join(Loan, Loan.id == Recall.loan_id)
        .join(Student, Student.id == Recall.student_id)
    )
    return paged_at_once(statement, wish, order=[Recall.returned_step.desc()])


def lines_after(view: View, words: str, after: int) -> list[Line]:
    """The next lines of a list, or of what was typed, in the order of their numbers, for its file."""
    statement = _listed().where(_within(view, words), Recall.id > after).order_by(Recall.id).limit(AFTER)
    rows = db.session.execute(statement).all()
    people = _people([row.Student for row in rows])
    return [_line(row, people) for row in rows]


def _line(row: Any, people: Mapping[int, list[Signatory]]) -> Line:
    return Line(row.Recall, row.Loan, row.Student, row.asset_tag, row.model, row.caller, people[row.Student.id])


def _people(students: Collection[Student]) -> dict[int, list[Signatory]]:
    """Whoever answers for each student today: themselves, or their legal guardians; one statement."""
    if not students:
        return {}
    links: dict[int, list[Guardianship]] = defaultdict(list)
    statement = (
        select(Guardianship)
        .join(Guardianship.guardian)
        .options(contains_eager(Guardianship.guardian))
        .where(Guardianship.student_id.in_([student.id for student in students]))
        .order_by(Guardian.id)
    )
    for link in db.session.scalars(statement):
        links[link.student_id].append(link)
    return {
        student.id: signatories(
            student_facts(student), [guardian_facts(link) for link in links[student.id]], on=clock.today()
        )
        for student in students
    }


def one(public_id: str) -> Line:
    """One device that is out, in scope, by the public id of its loan; raises `NoResultFound`."""
    row = db.session.execute(_listed().where(Loan.public_id == public_id)).one()
    return _line(row, _people([row.Student]))


def lock(public_id: str) -> Recall:
    """The recall of a loan in scope, by the loan's public id, held until the use-case ends; raises `NoResultFound`."""
    return db.session.execute(held(select(Recall).where(Recall.loan_id == id_of(public_id)))).scalar_one()


def of_loan(loan_id: int) -> Recall | None:
    """The recall of a loan."""
    return db.session.scalars(held(select(Recall).where(Recall.loan_id == loan_id))).one_or_none()


@dataclass(frozen=True, slots=True)
class Leaving:
    """A loan whose device of the emergency pool has left, when, and for how many days its campaign lends one."""

    loan: Loan
    left_at: datetime
    calendar: Calendar
    days: int


def _calendar(row: Any) -> Calendar:
    return Calendar.of(row.postcode, row.closings or ())


def leaving(loan_id: int) -> Leaving | None:
    """A loan that holds a device of the emergency pool, outside; None for any other."""
    left_at = func.coalesce(Loan.sent_at, Loan.received_at).label("left_at")
    row = db.session.execute(
        select(Loan, left_at, School.postcode, School.closings, Campaign.emergency_days)
        .join(Device, Device.loan_id == Loan.id)
        .join(School, School.id == Loan.school_id)
        .join(Campaign, Campaign.id == Loan.campaign_id)
        .where(Loan.id == loan_id, Loan.state.in_(OUTSIDE), Device.pool == Pool.EMERGENCY)
    ).one_or_none()
    return Leaving(row.Loan, row.left_at, _calendar(row), row.emergency_days) if row else None


def students(loan_ids: Collection[int]) -> dict[int, int]:
    """The student of each of these loans."""
    rows = db.session.execute(select(Loan.id, Loan.student_id).where(Loan.id.in_(loan_ids)))
    return {row.id: row.student_id for row in rows}


def calendar(school_id: int) -> Calendar:
    """The open days of a school."""
    return _calendar(db.session.execute(select(School.postcode, School.closings).where(School.id == school_id)).one())


def expected() -> Sequence[tuple[Recall, Calendar]]:
    """Every device with a day of return that is outside, in scope, with its school's calendar: one statement."""
    rows = db.session.execute(
        select(Recall, School.postcode, School.closings)
        .join(Loan, Loan.id == Recall.loan_id)
        .join(School, School.id == Recall.school_id)
        .where(Recall.due_on.is_not(None), Loan.state.in_(OUTSIDE))
        .order_by(Recall.id)
    )
    return [(row.Recall, _calendar(row)) for row in rows]


def device_of(loan_id: int) -> int:
    """The number of the device that a loan holds; raises `NoResultFound`."""
    return db.session.execute(select(Device.id).where(Device.loan_id == loan_id)).scalar_one()


def is_expected(loan_id: int) -> bool:
    """Whether the device of a loan is outside and has a day of return."""
    statement = select(Recall.id).join(Loan, Loan.id == Recall.loan_id)
    mine = (Recall.loan_id == loan_id, Recall.due_on.is_not(None), Loan.state.in_(OUTSIDE))
    return db.session.scalar(statement.where(*mine)) is not None


def day_of(loan_id: int) -> date | None:
    """The day of return of a loan, for a message."""
    return db.session.scalar(select(Recall.due_on).where(Recall.loan_id == loan_id))
