"""What a head reads before and after deciding. Each function is one statement, so that a page stays within four."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import aliased

from portal.accounts.models import Account
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.clock import PARIS
from portal.loans import rules
from portal.loans.models import Loan
from portal.loans.queries import arrival, as_arrival, due_on
from portal.loans.rules import Doubts, Hesitation
from portal.loans.states import TO_DECIDE, Arrival, CharterGate, Delivery, LoanState
from portal.platform.outbox import OutboxRow, OutboxState
from portal.platform.search import holds
from portal.platform.tables import Page, Wish, paged_at_once
from portal.roster.models import Student
from portal.schools.models import School
from portal.stock.states import DeviceKind

SIZE = 50
"""Requests on one page of the queue: what one ticks at once stays within an address of 4 kB."""

SORTS = ("attente", "nom", "classe", "motif")
FILTERS = ("classe", "motif", "recherche")
DECIDED = (LoanState.APPROVED, LoanState.WAITLISTED, LoanState.REFUSED)
ANNOUNCEMENTS = ("LoanApproved", "LoanRefused", "LoanWaitlisted")

_earlier = aliased(Loan, name="earlier")
_losses = (
    select(func.count(_earlier.id))
    .where(_earlier.student_id == Loan.student_id, _earlier.state == LoanState.WRITTEN_OFF)
    .correlate(Loan)
    .scalar_subquery()
)

_today = bindparam("today", callable_=clock.today, type_=Date)

REASONS: dict[str, tuple[Hesitation, ColumnElement[bool]]] = {
    "opposition": (Hesitation.OPPOSED, Loan.charter == CharterGate.OPPOSED),
    "refus": (Hesitation.DECLINED, Loan.charter == CharterGate.DECLINED),
    "depart": (Hesitation.LEFT, and_(Student.left_on.is_not(None), Student.left_on <= _today)),
    "perte": (Hesitation.LOSS, _losses > 0),
    "signature": (Hesitation.UNSIGNED, Loan.charter == CharterGate.TO_SIGN),
    "adresse": (Hesitation.ADDRESS, and_(Loan.delivery == Delivery.HOME, Loan.address_confirmed.is_(False))),
}
"""The filter by reason to hesitate; `rules.hesitations` says the same of one request, and a test compares them."""

NO_REASON = "aucun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as the head sees it, decided or not. `undo_until` is when the family will be told, while it is not."""

    loan_id: int
    public_id: str
    reference: str
    student: str
    class_name: str
    kind: DeviceKind
    state: LoanState
    charter: CharterGate
    delivery: Delivery | None
    place: str
    asked_at: datetime
    hesitations: list[Hesitation]
    school_id: int
    school: str
    head_name: str
    head_title: str
    decided_at: datetime | None
    told_at: datetime | None
    reason: str | None
    decider: str | None
    undo_until: datetime | None

    @property
    def days(self) -> int:
        """Whole days since the request, by the calendar of Paris."""
        return (clock.today() - self.asked_at.astimezone(PARIS).date()).days

    @property
    def to_decide(self) -> bool:
        """Whether it still waits for the head."""
        return self.state in TO_DECIDE

    @property
    def opposed(self) -> bool:
        """Whether it must be decided apart."""
        return self.charter is CharterGate.OPPOSED

    @property
    def capacity(self) -> str:
        """Of whoever decided: « proviseure », « par délégation de Odile Ferrand, proviseure »."""
        return self.capacity_of(self.decider or "")

    def capacity_of(self, name: str) -> str:
        """Of whoever would decide."""
        return rules.capacity(name, head_name=self.head_name, head_title=self.head_title)

    @property
    def stock(self) -> tuple[int, str]:
        """The stock it draws on."""
        return self.school_id, self.kind.value


def _requests() -> Select[Any]:
    statement: Any = select(  # one type per column is more than the checker counts
        Loan.id,
        Loan.public_id,
        Loan.reference,
        Student.given_name,
        Student.family_name,
        Student.class_name,
        Student.left_on,
        Loan.kind,
        Loan.state,
        Loan.charter,
        Loan.delivery,
        Loan.address_confirmed,
        Loan.postcode,
        Loan.city,
        Loan.submitted_at,
        Loan.started_at,
        _losses.label("losses"),
        School.id.label("school_id"),
        School.name.label("school"),
        School.head_name,
        School.head_title,
        Loan.decided_at,
        Loan.told_at,
        Loan.reason,
    )
    chosen: Select[Any] = statement.join(Student, Student.id == Loan.student_id).join(
        School, School.id == Loan.school_id
    )
    return chosen


def _undecided() -> Select[Any]:
    return _requests().add_columns(null().label("decider"), null().label("undo_until"))


def _decided() -> Select[Any]:
    """With who decided, and the announcement that still waits, if any: it is what an undo takes back."""
    announcement = and_(
        OutboxRow.subject == literal("loan:") + cast(Loan.id, String),
        OutboxRow.kind.in_(ANNOUNCEMENTS),
        OutboxRow.state == OutboxState.WAITING,
    )
    due = select(func.min(OutboxRow.due_at)).where(announcement).correlate(Loan).scalar_subquery()
    return (
        _requests()
        .outerjoin(Account, Account.id == Loan.decided_by)
        .add_columns(Account.name.label("decider"), due.label("undo_until"))
    )


def _read(row: Any) -> Request:
    doubts = Doubts(
        charter=row.charter,
        earlier_losses=row.losses,
        address_confirmed=row.address_confirmed,
        delivery=row.delivery,
        has_left=row.left_on is not None and row.left_on <= clock.today(),
    )
    return Request(
        loan_id=row.id,
        public_id=row.public_id,
        reference=row.reference,
        student=f"{row.given_name} {row.family_name}",
        class_name=row.class_name,
        kind=row.kind,
        state=row.state,
        charter=row.charter,
        delivery=row.delivery,
        place=f"{row.postcode} {row.city}" if row.postcode else "",
        asked_at=row.submitted_at or row.started_at,
        hesitations=rules.hesitations(doubts),
        school_id=row.school_id,
        school=row.school,
        head_name=row.head_name,
        head_title=row.head_title,
        decided_at=row.decided_at,
        told_at=row.told_at,
        reason=row.reason,
        decider=row.decider,
        undo_until=row.undo_until if row.state in DECIDED else None,
    )


def _of(page: Page[Any]) -> Page[Request]:
    return Page(
        rows=[_read(row) for row in page.rows],
        total=page.total,
        number=page.number,
        sort=page.sort,
        descending=page.descending,
        query=page.query,
        size=page.size,
    )


def queue(wish: Wish) -> Page[Request]:
    """The requests that wait for a decision, and nothing else: new ones first, then the waiting list."""
    statement = _undecided().where(Loan.state.in_(TO_DECIDE))
    if chosen := wish.query.get("classe"):
        statement = statement.where(Student.class_name == chosen)
    if words := wish.query.get("recherche"):
        name = Student.given_name + " " + Student.family_name
        statement = statement.where(or_(holds(name, words), Loan.reference == words.upper()))
    if (motive := wish.query.get("motif", "")) in REASONS:
        statement = statement.where(REASONS[motive][1])
    elif motive == NO_REASON:
        statement = statement.where(*(~condition for _, condition in REASONS.values()))
    return _of(paged_at_once(statement, wish, order=_order(wish), size=SIZE))


def _order(wish: Wish) -> list[ColumnElement[Any]]:
    last = case((Loan.state == LoanState.WAITLISTED, 1), else_=0)
    rank = case(*((condition, place) for place, (_, condition) in enumerate(REASONS.values())), else_=len(REASONS))
    chosen: dict[str, list[Any]] = {
        "attente": [Loan.submitted_at],
        "nom": [Student.family_name, Student.given_name],
        "classe": [Student.class_name, Student.family_name],
        "motif": [rank],
    }
    keys = [key.desc() if wish.descending else key.asc() for key in chosen[wish.sort]]
    return [last, *keys, Loan.submitted_at.asc(), Loan.id.asc()]


def chosen(public_ids: Sequence[str]) -> list[Request]:
    """The requests that were ticked, oldest first, decided meanwhile or not; raises `NoResultFound` when none is ours."""
    statement = _decided().where(Loan.public_id.in_(list(public_ids))).order_by(Loan.submitted_at, Loan.id)
    found = [_read(row) for row in db.session.execute(statement)]
    if not found:
        raise NoResultFound
    return found


def numbers(public_ids: Sequence[str]) -> list[int]:
    """The numbers of the requests that were ticked; raises `NoResultFound` when none is ours."""
    found = list(db.session.scalars(select(Loan.id).where(Loan.public_id.in_(list(public_ids)))))
    if not found:
        raise NoResultFound
    return found


@dataclass(frozen=True, slots=True)
class File:
    """Everything that one statement tells of one request: the loan itself, the head's view of it, its lycée's desk."""

    loan: Loan
    request: Request
    pickup_place: str
    school_postcode: str | None
    due_on: date | None
    arrival: Arrival | None


def one(public_id: str) -> File:
    """One request by what the URL shows; raises `NoResultFound`."""
    desk = (School.pickup_place, School.postcode.label("school_postcode"))
    statement = _decided().add_columns(Loan, *desk, due_on(), arrival())
    row = db.session.execute(statement.where(Loan.public_id == public_id)).one()
    told = row.pickup_place, row.school_postcode, row.due_on, as_arrival(row.arrival)
    return File(row.Loan, _read(row), *told)


def by_number(loan_id: int) -> Request:
    """One request by its number, for the row that shows what became of it, and for letters that name who decided."""
    return _read(db.session.execute(_decided().where(Loan.id == loan_id)).one())


def decisions(wish: Wish) -> Page[Request]:
    """What was decided, latest first."""
    statement = _decided().where(Loan.decided_at.is_not(None))
    if words := wish.query.get("recherche"):
        statement = statement.where(holds(Student.given_name + " " + Student.family_name, words))
    return _of(paged_at_once(statement, wish, order=[Loan.decided_at.desc(), Loan.id.asc()]))


def decided_at(instant: datetime) -> list[Request]:
    """What was decided together, at exactly this instant; raises `NoResultFound` when all of it was taken back."""
    rows = db.session.execute(_decided().where(Loan.decided_at == instant).order_by(Loan.submitted_at, Loan.id)).all()
    if not rows:
        raise NoResultFound
    return [_read(row) for row in rows]


@dataclass(frozen=True, slots=True)
class EarlierLoan:
    """Another loan of the same student."""

    reference: str
    kind: DeviceKind
    state: LoanState
    started_at: datetime
    ended_at: datetime | None
    reason: str | None


def earlier_loans(loan: Loan) -> list[EarlierLoan]:
    """The student's other loans, latest first."""
    rows = db.session.execute(
        select(Loan.reference, Loan.kind, Loan.state, Loan.started_at, Loan.ended_at, Loan.reason)
        .where(Loan.student_id == loan.student_id, Loan.id != loan.id, Loan.state != LoanState.DRAFT)
        .order_by(Loan.started_at.desc(), Loan.id.desc())
    )
    return [EarlierLoan(*row) for row in rows]
