"""Who can come in, class by class: one row for each student and person who answers for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from portal.access.models import AccessLetter, IdentityDoubt
from portal.access.states import WAITING, DoubtState, LetterState
from portal.accounts.models import Account
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.words import later
from portal.platform.tables import Page, Wish, paged_at_once
from portal.roster.models import Guardian, Guardianship, Student

MAJORITY = 18
FEBRUARY, LEAP_DAY = 2, 29

_Live, _Waiting = aliased(AccessLetter), aliased(AccessLetter)


class Way(StrEnum):
    """How somebody comes in, for the filter of the list."""

    CAME = "venus"
    EMAIL = "email"
    MOBILE = "portable"
    LETTER = "lettre"
    WISH = "demande"
    DOUBT = "verifier"
    NOTHING = "rien"


class Audience(StrEnum):
    """For whom letters are printed."""

    WITHOUT_CONTACT = "sans-contact"
    NEVER_CAME = "jamais-venus"
    WISH = "demandes"
    ALL = "tous"


WAYS: Mapping[Way, str] = {
    Way.CAME: later("Déjà venus"),
    Way.EMAIL: later("Par e-mail"),
    Way.MOBILE: later("Par SMS"),
    Way.LETTER: later("Lettre envoyée, pas encore venus"),
    Way.WISH: later("Demandent une lettre"),
    Way.DOUBT: later("À vérifier"),
    Way.NOTHING: later("Aucun accès"),
}


def last_adult_birth(today: date) -> date:
    """Whoever was born on that day or before is an adult today (see `kernel.values.dates.is_adult`)."""
    born = today.replace(day=28) if (today.month, today.day) == (FEBRUARY, LEAP_DAY) else today
    return born.replace(year=today.year - MAJORITY)


def _alone() -> ColumnElement[bool]:
    """An adult or emancipated student answers for themselves."""
    return or_(Student.emancipated, Student.birth_date <= last_adult_birth(clock.today()))


def _of(student: Any, guardian: Any) -> ColumnElement[Any]:
    return case((_alone(), student), else_=guardian)


def _held(letter: Any, *states: LetterState) -> ColumnElement[bool]:
    mine = or_(letter.guardian_id == Guardian.id, and_(_alone(), letter.student_id == Student.id))
    return and_(mine, letter.state.in_(states))


def _doubted() -> ColumnElement[bool]:
    doubt = IdentityDoubt
    guardian = or_(doubt.guardian_id == Guardian.id, doubt.other_guardian_id == Guardian.id)
    student = and_(_alone(), or_(doubt.student_id == Student.id, doubt.other_student_id == Student.id))
    return exists().where(doubt.state == DoubtState.OPEN, or_(guardian, student))


def _conditions() -> dict[Way, ColumnElement[bool]]:
    email, mobile = _of(Student.email, Guardian.email), _of(Student.mobile, Guardian.mobile)
    account = _of(Student.account_id, Guardian.account_id)
    return {
        Way.CAME: Account.came_at.is_not(None),
        Way.EMAIL: or_(Account.email.is_not(None), and_(account.is_(None), email.is_not(None))),
        Way.MOBILE: or_(Account.mobile.is_not(None), and_(account.is_(None), mobile.is_not(None))),
        Way.LETTER: and_(_Live.id.is_not(None), Account.came_at.is_(None)),
        Way.WISH: _Waiting.state == LetterState.ASKED,
        Way.DOUBT: _doubted(),
        Way.NOTHING: and_(
            Account.came_at.is_(None), email.is_(None), mobile.is_(None), Account.email.is_(None),
            Account.mobile.is_(None), _Live.id.is_(None),
        ),
    }  # fmt: skip


def _people(*columns: Any) -> Select[Any]:
    stands = or_(Guardianship.ends_on.is_(None), Guardianship.ends_on > clock.today())
    return (
        select(*columns)
        .select_from(Student)
        .outerjoin(Guardianship, and_(Guardianship.student_id == Student.id, stands, ~_alone()))
        .outerjoin(Guardian, Guardian.id == Guardianship.guardian_id)
        .outerjoin(Account, Account.id == _of(Student.account_id, Guardian.account_id))
        .outerjoin(_Live, _held(_Live, LetterState.LIVE))
        .outerjoin(_Waiting, _held(_Waiting, *WAITING))
        .where(Student.left_on.is_(None))
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One student and one person who answers for them; `person` is empty when the file names nobody."""

    student: str
    class_name: str
    person: str
    person_public_id: str
    kinship: str
    email: str | None
    mobile: str | None
    sign_in_email: str | None
    sign_in_mobile: str | None
    has_account: bool
    came_at: datetime | None
    printed_at: datetime | None
    expires_at: datetime | None
    waiting: LetterState | None
    doubted: bool


def overview(wish: Wish) -> Page[Row]:
    """The rows of the list; filters `classe`, `comment` (a `Way`) and `recherche`. One statement."""
    asked, ways = wish.query, _conditions()
    statement = _people(
        Student.given_name, Student.family_name, Student.class_name, _alone().label("alone"), Guardian.name,
        Student.public_id.label("student_key"), Guardian.public_id.label("guardian_key"), Guardianship.kinship,
        _of(Student.email, Guardian.email).label("email"), _of(Student.mobile, Guardian.mobile).label("mobile"),
        Account.email.label("sign_in_email"), Account.mobile.label("sign_in_mobile"), Account.id.label("account"),
        Account.came_at, _Live.printed_at, _Live.expires_at, _Waiting.state.label("waiting"),
        ways[Way.DOUBT].label("doubted"),
    )  # fmt: skip
    if asked.get("classe"):
        statement = statement.where(Student.class_name == asked["classe"])
    if asked.get("comment") in set(Way):
        statement = statement.where(ways[Way(asked["comment"])])
    if asked.get("recherche"):
        typed = asked["recherche"].lower()
        named = (func.lower(Student.family_name), func.lower(Student.given_name), func.lower(Guardian.name))
        statement = statement.where(or_(*(column.contains(typed, autoescape=True) for column in named)))
    order = (Student.class_name, Student.family_name, Student.given_name, Student.id, Guardian.id)
    page = paged_at_once(statement, wish, order=order)
    rows = [_row(row) for row in page.rows]
    return Page(
        rows=rows, total=page.total, number=page.number, sort=page.sort, descending=page.descending, query=page.query
    )


def _row(row: Any) -> Row:
    student = f"{row.given_name} {row.family_name}"
    return Row(
        student=student,
        class_name=row.class_name,
        person=student if row.alone else row.name or "",
        person_public_id=(row.student_key if row.alone else row.guardian_key) or "",
        kinship="" if row.alone else row.kinship or "",
        email=row.email,
        mobile=row.mobile,
        sign_in_email=row.sign_in_email,
        sign_in_mobile=row.sign_in_mobile,
        has_account=row.account is not None,
        came_at=row.came_at,
        printed_at=row.printed_at,
        expires_at=row.expires_at,
        waiting=row.waiting,
        doubted=bool(row.doubted),
    )


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many people answer for the students of a class, and how many of them have come or cannot."""

    class_name: str
    people: int
    came: int
    nothing: int
    wishes: int
    doubts: int
    """The identities of the whole lycée that wait for a decision."""


def classes() -> list[ClassCount]:
    """The classes of the lycée with their counts, in one statement."""
    ways = _conditions()
    counts = [func.sum(case((ways[way], 1), else_=0)) for way in (Way.CAME, Way.NOTHING, Way.WISH)]
    doubts = select(func.count()).where(IdentityDoubt.state == DoubtState.OPEN).scalar_subquery()
    statement = _people(Student.class_name, func.count(), *counts, doubts).group_by(Student.class_name)
    return [ClassCount(*row) for row in db.session.execute(statement.order_by(Student.class_name))]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to whom a letter may be printed; `has_live` when an older one would stop working."""

    guardian_id: int | None
    student_id: int | None
    name: str
    has_live: bool


def recipients(audience: Audience, *, class_name: str = "", person: str = "") -> Sequence[Recipient]:
    """The people of a choice, each once, in one statement. `person` is a public id, and then the only one."""
    statement = _people(*_named()).where(_chosen(audience, class_name, person))
    return _each_once(db.session.execute(statement))


@dataclass(frozen=True, slots=True)
class Choice:
    """The people of a choice, each once, and every class of the lycée to choose from."""

    people: Sequence[Recipient]
    classes: Sequence[str]


def choice(audience: Audience, *, class_name: str = "", person: str = "") -> Choice:
    """Both in one statement: the rows of the choice, and one row of every class whether it is of the choice or not."""
    first = func.row_number().over(partition_by=Student.class_name, order_by=(Student.id, Guardian.id))
    rows = _people(
        *_named(), Student.class_name, _chosen(audience, class_name, person).label("chosen"), first.label("first")
    ).subquery()
    found = db.session.execute(select(rows).where(or_(rows.c.chosen, rows.c.first == 1))).all()
    return Choice(
        _each_once(row[: len(_named())] for row in found if row.chosen), sorted({row.class_name for row in found})
    )


def _named() -> Sequence[ColumnElement[Any]]:
    return (
    Guardian.id.label("guardian"), Student.id.label("student"), _alone().label("alone"), Guardian.name.label("name"),
    Student.given_name.label("given"), Student.family_name.label("family"), _Live.id.label("live"),
    )  # fmt: skip


def _chosen(audience: Audience, class_name: str, person: str) -> ColumnElement[bool]:
    ways = _conditions()
    somebody = or_(_alone(), Guardian.id.is_not(None))
    if person:
        return and_(somebody, func.coalesce(_of(Student.public_id, Guardian.public_id) == person, false()))
    unreached = and_(Account.came_at.is_(None), ~ways[Way.EMAIL], ~ways[Way.MOBILE])
    whom = {
        Audience.WITHOUT_CONTACT: or_(unreached, and_(ways[Way.DOUBT], Account.came_at.is_(None)), ways[Way.WISH]),
        Audience.NEVER_CAME: Account.came_at.is_(None),
        Audience.WISH: ways[Way.WISH],
        Audience.ALL: true(),
    }[audience]
    return and_(somebody, whom, Student.class_name == class_name if class_name else true())


def _each_once(rows: Iterable[Any]) -> list[Recipient]:
    found: dict[tuple[int | None, int | None], Recipient] = {}
    for guardian, student, alone, name, given, family, letter in rows:
        whose = (None, student) if alone else (guardian, None)
        found[whose] = Recipient(whose[0], whose[1], f"{given} {family}" if alone else name, letter is not None)
    return list(found.values())
