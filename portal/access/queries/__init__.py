"""Reads about letters and the door. What families may not see is read for jobs and staff only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select

from portal.access.models import AccessLetter, ContactClaim
from portal.access.rules import FILE_KEPT
from portal.access.states import WAITING, LetterState
from portal.accounts.models import Account
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.values.address import PostalAddress
from portal.platform.jobs import Job
from portal.roster.models import Guardian, Guardianship, Student

KIND = "letters:"
"""How the kind of a job that prints letters begins."""


def active() -> ColumnElement[bool]:
    """Whether a guardianship stands today, for a student who is still there."""
    today = clock.today()
    here = Student.left_on.is_(None) | (Student.left_on > today)
    return (Guardianship.ends_on.is_(None) | (Guardianship.ends_on > today)) & here


def lock_letter(code_hash: str) -> AccessLetter | None:
    """The letter of a code, held until the use-case ends."""
    statement = select(AccessLetter).where(AccessLetter.code_hash == code_hash).with_for_update()
    return db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one_or_none()


def births(letter: AccessLetter) -> frozenset[date]:
    """The birth dates that open a letter: the student's own, or any of the guardian's children's."""
    if letter.student_id is not None:
        return frozenset(db.session.scalars(select(Student.birth_date).where(Student.id == letter.student_id)))
    children = (
        select(Student.birth_date)
        .join(Guardianship, Guardianship.student_id == Student.id)
        .where(Guardianship.guardian_id == letter.guardian_id, active())
    )
    return frozenset(db.session.scalars(children))


def person(*, guardian_id: int | None, student_id: int | None) -> Guardian | Student:
    """The person of a letter or of a doubt; raises `NoResultFound` out of scope."""
    if guardian_id is not None:
        return db.session.execute(select(Guardian).where(Guardian.id == guardian_id)).scalar_one()
    return db.session.execute(select(Student).where(Student.id == student_id)).scalar_one()


def account(account_id: int) -> Account:
    """An account; raises `NoResultFound`."""
    return db.session.execute(select(Account).where(Account.id == account_id)).scalar_one()


def waiting(*, guardians: Collection[int], students: Collection[int]) -> list[AccessLetter]:
    """The letters of these people that are not on paper yet, locked."""
    whose = or_(AccessLetter.guardian_id.in_(guardians), AccessLetter.student_id.in_(students))
    statement = select(AccessLetter).where(whose, AccessLetter.state.in_(WAITING)).order_by(AccessLetter.id)
    return list(db.session.scalars(statement.with_for_update(), execution_options={"populate_existing": True}))


def live(*, guardians: Collection[int], students: Collection[int]) -> list[AccessLetter]:
    """The letters of these people that open the door, locked."""
    whose = or_(AccessLetter.guardian_id.in_(guardians), AccessLetter.student_id.in_(students))
    statement = select(AccessLetter).where(whose, AccessLetter.state == LetterState.LIVE).order_by(AccessLetter.id)
    return list(db.session.scalars(statement.with_for_update(), execution_options={"populate_existing": True}))


def printing(job_id: int) -> list[AccessLetter]:
    """The letters that a job prints, locked; those that another job has taken since are not among them."""
    wanted = (AccessLetter.job_id == job_id, AccessLetter.state == LetterState.PRINTING)
    statement = select(AccessLetter).where(*wanted).order_by(AccessLetter.id).with_for_update()
    return list(db.session.scalars(statement, execution_options={"populate_existing": True}))


def past(now: datetime) -> list[AccessLetter]:
    """The letters whose time is over, used or not, a few thousand at once."""
    over = (AccessLetter.expires_at < now - FILE_KEPT, AccessLetter.state != LetterState.PRINTING)
    return list(db.session.scalars(select(AccessLetter).where(*over).limit(5_000)))


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who a letter goes to, and about which students of the lycée."""

    letter_id: int
    name: str
    address: PostalAddress | None
    class_name: str
    students: tuple[str, ...]
    adult: bool


def to_print(job_id: int) -> list[Addressee]:
    """The letters of a job in the order of classes and names, in two statements."""
    rank: dict[int, tuple[str, str, str, int]] = {}
    found: dict[int, Addressee] = {}
    for letter_id, student, guardian in [*_to_guardians(job_id), *_to_students(job_id)]:
        place = (student.class_name, student.family_name, student.given_name, letter_id)
        known = found.get(letter_id)
        first = known is None or place < rank[letter_id]
        rank[letter_id] = min(place, rank.get(letter_id, place))
        found[letter_id] = Addressee(
            letter_id=letter_id,
            name=guardian.name if guardian else student.name,
            address=guardian.address if guardian else None,
            class_name=student.class_name if first or known is None else known.class_name,
            students=(*(known.students if known else ()), student.name),
            adult=guardian is None,
        )
    return sorted(found.values(), key=lambda one: rank[one.letter_id])


def _to_guardians(job_id: int) -> list[tuple[int, Student, Guardian | None]]:
    rows = db.session.execute(
        select(AccessLetter.id, Student, Guardian)
        .join(Guardian, Guardian.id == AccessLetter.guardian_id)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .join(Student, Student.id == Guardianship.student_id)
        .where(AccessLetter.job_id == job_id, AccessLetter.state == LetterState.PRINTING, active())
        .order_by(Student.class_name, Student.family_name, Student.given_name, Student.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _to_students(job_id: int) -> list[tuple[int, Student, Guardian | None]]:
    rows = db.session.execute(
        select(AccessLetter.id, Student)
        .join(Student, Student.id == AccessLetter.student_id)
        .where(AccessLetter.job_id == job_id, AccessLetter.state == LetterState.PRINTING)
    )
    return [(row[0], row[1], None) for row in rows]


def recent_jobs() -> list[Job]:
    """The last batches whose file is still kept, latest first."""
    return list(
        db.session.scalars(select(Job).where(Job.kind.startswith(KIND)).order_by(Job.asked_at.desc(), Job.id).limit(10))
    )


def old_jobs() -> Sequence[Job]:
    """The batches whose file must go."""
    before = clock.now() - FILE_KEPT
    return db.session.scalars(select(Job).where(Job.kind.startswith(KIND), Job.asked_at < before)).all()


def claim(public_id: str, *, account_id: int) -> ContactClaim:
    """One's own address that waits for its code; raises `NoResultFound`."""
    wanted = (ContactClaim.public_id == public_id, ContactClaim.account_id == account_id)
    return db.session.execute(select(ContactClaim).where(*wanted)).scalar_one()


def lock_claim(claim_id: int) -> ContactClaim:
    """A claim, held until the use-case ends."""
    return db.session.execute(select(ContactClaim).where(ContactClaim.id == claim_id).with_for_update()).scalar_one()


def account_of_email(email: str) -> int | None:
    """The account that comes in by an address (lower case), if there is one."""
    return db.session.execute(select(Account.id).where(Account.email == email)).scalar_one_or_none()
