"""Who looked at which file: the statement that writes each line, and the reads of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, String, bindparam, cast, func, insert, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.sql.dml import Insert

from portal.accounts.models import Account
from portal.charter.models import CharterDesk, CharterSignature
from portal.extensions import db
from portal.kernel import clock
from portal.loans.models import Loan
from portal.platform.columns import Instant
from portal.platform.consultation import Shown
from portal.platform.tables import Page, Wish, paged_at_once
from portal.policy import Role
from portal.privacy.models import DataExport, FileView, RightsRequest
from portal.roster.models import Student
from portal.schools.models import School
from portal.shipping.models import Parcel

MANY: Final = 100
"""Files opened in one hour by one person: more is shown to the head (PRV-5)."""

OWNERS: Final[Mapping[Shown, tuple[Any, Any, Any]]] = {
    Shown.LOAN: (Loan.student_id, Loan.school_id, Loan.public_id),
    Shown.PARCEL: (Parcel.student_id, Parcel.school_id, Parcel.public_id),
    Shown.SIGNATURE: (CharterSignature.student_id, CharterSignature.school_id, CharterSignature.public_id),
    Shown.DESK: (CharterDesk.student_id, CharterDesk.school_id, CharterDesk.public_id),
    Shown.STUDENT: (Student.id, Student.school_id, Student.public_id),
    Shown.EXPORT: (DataExport.student_id, DataExport.school_id, DataExport.public_id),
    Shown.RIGHTS: (RightsRequest.student_id, RightsRequest.school_id, RightsRequest.public_id),
}
"""Where the student of a page is found: their number, their school's, and the public id of the address."""


def _line(shown: Shown) -> Insert:
    told = [
        bindparam("seen_at", type_=Instant()),
        bindparam("seen_by"),
        bindparam("seen_as"),
        bindparam("seen_page"),
    ]
    student, school, public_id = OWNERS[shown]
    found = select(*told, student, school).where(public_id == bindparam("seen"))
    return insert(FileView).from_select(["at", "account_id", "role", "page", "student_id", "school_id"], found)


LINES: Final[Mapping[Shown, Insert]] = {shown: _line(shown) for shown in OWNERS}
"""Built once: each page that shows a file sends one of them."""


@dataclass(frozen=True, slots=True)
class Look:
    """A day on which somebody of the lycée opened a file: for the family, who is a role."""

    day: datetime
    role: Role
    school: str
    times: int


def _students() -> Any:
    columns = (Student.id, Student.public_id, Student.given_name, Student.family_name, School.name.label("school"))
    return select(*columns).join(School, School.id == Student.school_id)


def of_students() -> list[Any]:
    """The students of a family, by given name: number, public id, name, lycée."""
    return list(db.session.execute(_students().order_by(Student.given_name, Student.id)))


def one_student(public_id: str) -> Any:
    """The one that an address names; raises `NoResultFound`."""
    return db.session.execute(_students().where(Student.public_id == public_id)).one()


MOST_LOOKS: Final = 2_000


def looks(public_id: str) -> tuple[Any, list[Look]]:
    """A student of the family, and who opened their file, latest first: one statement; raises `NoResultFound`.

    The same role on the same day (in Paris) is told once.
    """
    statement = (
        _students()
        .add_columns(FileView.at, FileView.role)
        .outerjoin(FileView, FileView.student_id == Student.id)
        .where(Student.public_id == public_id)
        .order_by(FileView.at.desc())
        .limit(MOST_LOOKS)
    )
    rows = db.session.execute(statement).all()
    if not rows:
        raise NoResultFound
    found: dict[tuple[object, str], list[Any]] = {}
    for row in rows:
        if row.at is not None:
            found.setdefault((row.at.astimezone(clock.PARIS).date(), row.role), []).append(row.at)
    told = [Look(max(times), Role(role), rows[0].school, len(times)) for (_, role), times in found.items()]
    return rows[0], told


FILTERS: Final = ("recherche", "personne")


def consulted(wish: Wish) -> Page[Any]:
    """Every page shown by a lycée's staff, latest first, with names: for its head. One statement."""
    statement: Select[Any] = _named()
    if words := wish.query.get("recherche"):
        whole = Student.given_name + " " + Student.family_name
        statement = statement.where(whole.icontains(words, autoescape=True))
    if person := wish.query.get("personne"):
        statement = statement.where(Account.name.icontains(person, autoescape=True))
    return paged_at_once(statement, wish, order=[FileView.at.desc(), FileView.id.desc()])


def _named() -> Select[Any]:
    statement: Any = (
        select(
            FileView.at,
            FileView.role,
            FileView.page,
            FileView.student_id,
            Account.name,
            Student.given_name,
            Student.family_name,
            Student.public_id,
        )
        .outerjoin(Account, Account.id == FileView.account_id)
        .outerjoin(Student, Student.id == FileView.student_id)
    )
    chosen: Select[Any] = statement
    return chosen


def of_file(student_id: int, *, limit: int = 50) -> list[Any]:
    """Who opened one file, with names, latest first: for the head."""
    statement = _named().where(FileView.student_id == student_id).order_by(FileView.at.desc(), FileView.id.desc())
    return list(db.session.execute(statement.limit(limit)))


def hurried(*, days: int = 30) -> list[Any]:
    """Who opened more than a hundred different files within one hour of the clock, in the last days: name, hour, how many."""
    hour = func.substr(cast(FileView.at, String), 1, 13).label("hour")
    files = func.count(func.distinct(FileView.student_id)).label("files")
    statement = (
        select(Account.name, FileView.role, func.min(FileView.at).label("since"), files)
        .outerjoin(Account, Account.id == FileView.account_id)
        .where(FileView.at > clock.now() - timedelta(days=days), FileView.student_id.is_not(None))
        .group_by(FileView.account_id, Account.name, FileView.role, hour)
        .having(files > MANY)
        .order_by(func.min(FileView.at).desc())
    )
    return list(db.session.execute(statement))
