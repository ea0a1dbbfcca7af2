"""Who is linked to what, and whom a provider may mean."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, or_, select, true

from portal.access.models import IdentityDoubt
from portal.access.states import DoubtState
from portal.accounts.models import Account, RoleGrant
from portal.accounts.queries import running
from portal.extensions import db
from portal.federation.models import FederatedClaim, FederatedIdentity
from portal.federation.rules import Candidate, Child
from portal.kernel import clock
from portal.platform.actor import Actor
from portal.policy import Role
from portal.roster.models import Guardian, Guardianship, Student
from portal.schools.models import School
from portal.team.rules import MAY_GIVE


def identity_of(*, provider: str, subject: str) -> FederatedIdentity | None:
    """What is linked to somebody of a provider; until it is confirmed, it opens nothing."""
    this = (FederatedIdentity.provider == provider, FederatedIdentity.subject == subject)
    return db.session.scalars(select(FederatedIdentity).where(*this)).one_or_none()


def identities_of(account_id: int) -> Sequence[FederatedIdentity]:
    """What an account is linked to, oldest first."""
    return db.session.scalars(
        select(FederatedIdentity).where(FederatedIdentity.account_id == account_id).order_by(FederatedIdentity.id)
    ).all()


def own_identity(account_id: int, public_id: str) -> FederatedIdentity:
    """One of an account's own identities; raises `NoResultFound`."""
    mine = (FederatedIdentity.account_id == account_id, FederatedIdentity.public_id == public_id)
    return db.session.scalars(select(FederatedIdentity).where(*mine)).one()


def is_linked(account_id: int, provider: str) -> bool:
    """Whether an account is already linked to somebody of this provider."""
    mine = (FederatedIdentity.account_id == account_id, FederatedIdentity.provider == provider)
    return db.session.scalar(select(FederatedIdentity.id).where(*mine)) is not None


def to_confirm(by: Actor) -> list[tuple[FederatedIdentity, str]]:
    """The identities that wait for this person, each with the name of its colleague, oldest first: one statement.

    A head answers for those whose role a head gives, and who work nowhere else; the region for everybody. Nobody for
    themselves.
    """
    return list(db.session.execute(_waiting(by).order_by(FederatedIdentity.id)))


def one_to_confirm(public_id: str, *, by: Actor) -> tuple[FederatedIdentity, str]:
    """One of those; raises `NoResultFound`."""
    return db.session.execute(_waiting(by).where(FederatedIdentity.public_id == public_id)).one()


def _waiting(by: Actor) -> Select[FederatedIdentity, str]:
    held = select(RoleGrant.id).where(RoleGrant.account_id == Account.id, running(RoleGrant, clock.today()))
    elsewhere = or_(RoleGrant.at_school_id.is_(None), RoleGrant.at_school_id.not_in(by.school_ids))
    beyond = or_(elsewhere, RoleGrant.role.not_in(MAY_GIVE.get(by.role, ())))
    theirs = true() if by.role is Role.REGION else and_(held.exists(), ~held.where(beyond).exists())
    return (
        select(FederatedIdentity, Account.name)
        .join(Account, Account.id == FederatedIdentity.account_id)
        .where(FederatedIdentity.confirmed_at.is_(None), Account.id != by.account_id, theirs)
    )


@dataclass(frozen=True, slots=True)
class Owner:
    """What linking needs to know of an account."""

    name: str
    reachable: bool
    """Whether its person can come in without any provider."""


def owner(account_id: int) -> Owner:
    """The person of an account; raises `NoResultFound`."""
    row = db.session.execute(select(Account.name, Account.email, Account.mobile).where(Account.id == account_id)).one()
    return Owner(name=row.name, reachable=bool(row.email or row.mobile))


def candidates(children: Collection[Child]) -> list[Candidate]:
    """The people behind these children today, in two statements, locked until the end of the use-case; over all schools."""
    wanted = or_(*(and_(School.uai == child.uai, Student.source_id == child.source_id) for child in children))
    students = db.session.execute(
        select(Student, School.uai)
        .join(School, School.id == Student.school_id)
        .where(wanted, Student.left_on.is_(None))
        .with_for_update(of=Student, key_share=True)
    ).all()
    named = {student.id: Child(uai=uai, source_id=student.source_id) for student, uai in students}
    guardians = db.session.execute(
        select(Guardian, Guardianship.student_id)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .where(
            Guardianship.student_id.in_(list(named)),
            or_(Guardianship.ends_on.is_(None), Guardianship.ends_on > clock.today()),
        )
        .order_by(Guardian.id)
        .with_for_update(of=Guardian, key_share=True)
    ).all()
    return [
        *(
            Candidate(
                child=named[student.id],
                school_id=student.school_id,
                student_id=student.id,
                name=student.name,
                account_id=student.account_id,
            )
            for student, _ in students
        ),
        *(
            Candidate(
                child=named[student_id],
                school_id=guardian.school_id,
                student_id=student_id,
                name=guardian.name,
                account_id=guardian.account_id,
                guardian_id=guardian.id,
            )
            for guardian, student_id in guardians
        ),
    ]


def people_of(account_id: int) -> list[Candidate]:
    """The people of the schools' files who are this account: the student, or guardians, each behind one child.

    Over all schools.
    """
    return [*_own_files(account_id), *_children_of(account_id)]


def _own_files(account_id: int) -> list[Candidate]:
    found = (
        select(Student, School.uai)
        .join(School, School.id == Student.school_id)
        .where(Student.account_id == account_id)
        .order_by(Student.id)
    )
    return [
        Candidate(
            child=Child(uai=uai, source_id=student.source_id),
            school_id=student.school_id,
            student_id=student.id,
            name=student.name,
            account_id=account_id,
        )
        for student, uai in db.session.execute(found)
    ]


def _children_of(account_id: int) -> list[Candidate]:
    found = (
        select(
            Guardian.id,
            Guardian.school_id,
            Guardian.name,
            Student.id.label("student_id"),
            Student.source_id,
            School.uai,
        )
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .join(Student, Student.id == Guardianship.student_id)
        .join(School, School.id == Student.school_id)
        .where(Guardian.account_id == account_id)
        .order_by(Guardian.id, Student.id)
    )
    return [
        Candidate(
            child=Child(uai=row.uai, source_id=row.source_id),
            school_id=row.school_id,
            student_id=row.student_id,
            name=row.name,
            account_id=account_id,
            guardian_id=row.id,
        )
        for row in db.session.execute(found)
    ]


def claim(public_id: str) -> FederatedClaim | None:
    """What waits for a school's word."""
    return db.session.scalars(select(FederatedClaim).where(FederatedClaim.public_id == public_id)).one_or_none()


def school_says(reference: str, account_id: int) -> bool:
    """Whether a school says today that what waits under this name is the person of this account; over all schools."""
    same = (IdentityDoubt.subject == reference, IdentityDoubt.state == DoubtState.SAME)
    return db.session.scalar(select(IdentityDoubt.id).where(*same, IdentityDoubt.united == account_id)) is not None


def claim_of(*, provider: str, subject: str) -> FederatedClaim | None:
    """What waits for a school's word about this identity."""
    this = (FederatedClaim.provider == provider, FederatedClaim.subject == subject)
    return db.session.scalars(select(FederatedClaim).where(*this)).one_or_none()
