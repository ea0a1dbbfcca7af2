"""Reads of requests and copies: a person's own, and the lycée's desk."""

from typing import Any, Final

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.exc import NoResultFound

from portal.accounts.models import Account, RoleGrant
from portal.charter.models import CharterDesk, CharterPaper, CharterSignature
from portal.extensions import db
from portal.kernel import clock
from portal.loans.models import Loan
from portal.notifications.models import Message
from portal.platform.database import held
from portal.platform.search import holds
from portal.platform.tables import Page, Wish, paged_at_once
from portal.privacy.models import DataExport, RightsRequest
from portal.privacy.rules import LoanFacts
from portal.privacy.states import ExportState, RequestState
from portal.recalls.models import Recall
from portal.roster.models import Guardian, Guardianship, RosterLine, Student
from portal.roster.states import Kind
from portal.schools.models import School
from portal.shipping.models import Parcel

FOUND: Final = 20


def own_exports(account_id: int) -> list[DataExport]:
    """A person's copies that still exist, latest first."""
    statement = select(DataExport).where(DataExport.account_id == account_id).order_by(DataExport.id.desc()).limit(10)
    return [one for one in db.session.scalars(statement) if _alive(one)]


def _alive(export: DataExport) -> bool:
    return export.expires_at is None or export.expires_at > clock.now()


def own_export(public_id: str, *, account_id: int) -> DataExport:
    """One's own copy, while it lasts; raises `NoResultFound`."""
    return _living(select(DataExport).where(DataExport.public_id == public_id, DataExport.account_id == account_id))


def paper_export(public_id: str) -> DataExport:
    """A copy made by the lycée for somebody who asked on paper; raises `NoResultFound`."""
    return _living(select(DataExport).where(DataExport.public_id == public_id, DataExport.account_id.is_(None)))


def _living(statement: Any) -> DataExport:
    export: DataExport = db.session.execute(statement).scalar_one()
    if not _alive(export):
        raise NoResultFound
    return export


def running_export(**whose: int | None) -> DataExport | None:
    """The copy of the same person that is still being made."""
    wanted = [getattr(DataExport, name) == value for name, value in whose.items() if value is not None]
    busy = DataExport.state.in_([ExportState.WAITING, ExportState.RUNNING])
    return db.session.scalars(select(DataExport).where(busy, *wanted).limit(1)).first()


def export(export_id: int) -> DataExport:
    """A copy, by its number: for the worker."""
    return db.session.execute(select(DataExport).where(DataExport.id == export_id)).scalar_one()


def hold_export(export_id: int) -> DataExport:
    """A copy, held until the use-case ends."""
    return db.session.execute(held(select(DataExport).where(DataExport.id == export_id))).scalar_one()


def school_of_account(account_id: int) -> int | None:
    """One lycée in which an account is known, as a guardian or a student: the first."""
    guardian = select(Guardian.school_id).where(Guardian.account_id == account_id)
    student = select(Student.school_id).where(Student.account_id == account_id)
    return db.session.scalar(guardian.union(student).order_by("school_id").limit(1))


def mine(account_id: int) -> tuple[list[Student], list[tuple[RightsRequest, str]]]:
    """The students of a family, and what this person asked about them, latest first: one statement."""
    asked = and_(RightsRequest.student_id == Student.id, RightsRequest.account_id == account_id)
    statement = select(Student, RightsRequest).outerjoin(RightsRequest, asked)
    ordered = statement.order_by(Student.given_name, Student.id, RightsRequest.id.desc())
    rows: list[Any] = list(db.session.execute(ordered))
    students = list(dict.fromkeys(student for student, _ in rows))
    requests = [(one, student.given_name) for student, one in rows if one is not None]
    return students, sorted(requests, key=lambda pair: pair[0].id, reverse=True)


def _asked() -> Any:
    return (
        select(RightsRequest, Student, Account.name.label("asker"), School.name.label("school"))
        .join(School, School.id == RightsRequest.school_id)
        .outerjoin(Student, Student.id == RightsRequest.student_id)
        .outerjoin(Account, Account.id == RightsRequest.account_id)
    )


def requests(wish: Wish) -> Page[Any]:
    """What was asked of the lycée: what waits first, then the latest."""
    waits = RightsRequest.state != RequestState.RECEIVED
    return paged_at_once(_asked(), wish, order=[waits.asc(), RightsRequest.asked_at.desc(), RightsRequest.id.desc()])


def request(public_id: str) -> Any:
    """One request with its student and who asked; raises `NoResultFound`."""
    return db.session.execute(_asked().where(RightsRequest.public_id == public_id)).one()


def own_request(public_id: str, *, account_id: int) -> RightsRequest:
    """One's own request; raises `NoResultFound`."""
    mine = (RightsRequest.public_id == public_id, RightsRequest.account_id == account_id)
    return db.session.execute(select(RightsRequest).where(*mine)).scalar_one()


def hold_request(request_id: int) -> RightsRequest:
    """A request, held until the use-case ends."""
    statement = held(select(RightsRequest).where(RightsRequest.id == request_id))
    return db.session.execute(statement).scalar_one()


def found(words: str) -> list[Student]:
    """Students of the lycée whose name holds these words."""
    if not words.strip():
        return []
    name = Student.given_name + " " + Student.family_name
    statement = select(Student).where(holds(name, words)).order_by(Student.family_name, Student.given_name, Student.id)
    return list(db.session.scalars(statement.limit(FOUND)))


def student_with_guardians(public_id: str) -> tuple[Student, list[Guardian]]:
    """A student of the lycée and who answers for them, in one statement; raises `NoResultFound`."""
    statement = (
        select(Student, Guardian)
        .outerjoin(Guardianship, Guardianship.student_id == Student.id)
        .outerjoin(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Student.public_id == public_id)
        .order_by(Guardian.id)
    )
    rows: list[Any] = list(db.session.execute(statement))
    if not rows:
        raise NoResultFound
    return rows[0][0], [guardian for _, guardian in rows if guardian is not None]


def loans_of(student_id: int) -> list[LoanFacts]:
    """What the rules of an erasure need to know."""
    rows = db.session.execute(select(Loan.id, Loan.state).where(Loan.student_id == student_id).order_by(Loan.id))
    return [LoanFacts(*row) for row in rows]


def guardians_alone(student_id: int) -> list[int]:
    """The guardians who answer for this student and for nobody else in the lycée."""
    mine = select(Guardianship.guardian_id).where(Guardianship.student_id == student_id)
    others = select(Guardianship.guardian_id).where(Guardianship.student_id != student_id)
    return list(db.session.scalars(select(Guardian.id).where(Guardian.id.in_(mine), Guardian.id.not_in(others))))


def with_signatures(guardian_ids: list[int]) -> set[int]:
    """Those of these guardians whose signature is kept."""
    signed = select(Guardian.id).where(
        Guardian.id.in_(guardian_ids), exists().where(CharterSignature.guardian_id == Guardian.id)
    )
    return set(db.session.scalars(signed))


def accounts_of(student_id: int, guardian_ids: list[int]) -> list[int]:
    """The accounts of a student and of these guardians."""
    held = [
        select(Account.id).join(Student, Student.account_id == Account.id).where(Student.id == student_id),
        select(Account.id).join(Guardian, Guardian.account_id == Account.id).where(Guardian.id.in_(guardian_ids)),
    ]
    return sorted({number for statement in held for number in db.session.scalars(statement)})


def accounts_without_use(account_ids: list[int]) -> list[int]:
    """Those of these accounts that hold no student, no guardian and no role any more."""
    used = or_(
        Account.id.in_(select(Student.account_id).where(Student.account_id.is_not(None))),
        Account.id.in_(select(Guardian.account_id).where(Guardian.account_id.is_not(None))),
        Account.id.in_(select(RoleGrant.account_id)),
    )
    return list(db.session.scalars(select(Account.id).where(Account.id.in_(account_ids), ~used)))


def rows_of_loans(loan_ids: list[int]) -> dict[str, list[int]]:
    """What an archive keeps without what tells of a person: signatures, parcels; messages and recalls, which go."""
    wanted: dict[str, Any] = {
        "charter_signature": select(CharterSignature.id).where(CharterSignature.loan_id.in_(loan_ids)),
        "charter_desk": select(CharterDesk.id).where(CharterDesk.loan_id.in_(loan_ids)),
        "charter_paper": select(CharterPaper.id).where(CharterPaper.loan_id.in_(loan_ids)),
        "parcel": select(Parcel.id).where(Parcel.loan_id.in_(loan_ids)),
        "message": select(Message.id).where(Message.loan_id.in_(loan_ids)),
        "recall": select(Recall.id).where(Recall.loan_id.in_(loan_ids)),
    }
    return {name: list(db.session.scalars(statement)) for name, statement in wanted.items()}


def rows_of_student(student_id: int, guardian_ids: list[int]) -> dict[str, list[int]]:
    """Rows that go even where the student's own row stays: links, copies, and what imports said of them."""
    told = or_(
        and_(RosterLine.kind == Kind.STUDENT, RosterLine.target_id == student_id),
        and_(RosterLine.kind == Kind.GUARDIAN, RosterLine.target_id.in_(guardian_ids)),
    )
    wanted: dict[str, Any] = {
        "roster_line": select(RosterLine.id).where(told),
        "guardianship": select(Guardianship.id).where(Guardianship.student_id == student_id),
        "data_export": select(DataExport.id).where(DataExport.student_id == student_id),
    }
    return {name: list(db.session.scalars(statement)) for name, statement in wanted.items()}
