"""The lycée's list of identities to verify: both sides, as far as they are its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import aliased

from portal.access.models import IdentityDoubt
from portal.access.queries import active
from portal.access.states import DoubtKind, DoubtState
from portal.accounts.models import Account
from portal.extensions import db
from portal.roster.models import Guardian, Guardianship, Student


@dataclass(frozen=True, slots=True)
class Side:
    """One side, for the eyes of the lycée. `known` is False for another lycée's record: nothing of it is shown."""

    known: bool
    name: str = ""
    kind: str = ""
    email: str | None = None
    mobile: str | None = None
    street: str | None = None
    town: str = ""
    has_access: bool = False
    students: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A doubt with its two sides."""

    public_id: str
    kind: DoubtKind
    state: DoubtState
    found_at: datetime
    decided_at: datetime | None
    decided_by: str
    one: Side
    other: Side
    from_outside: bool


def cases(*, public_id: str | None = None, closed: bool = False) -> list[Case]:
    """The doubts in scope, oldest first, decided ones when asked for; two statements and none more per case."""
    statement = (
        select(IdentityDoubt, Account.name, _One, _Other)
        .outerjoin(Account, Account.id == IdentityDoubt.decided_by)
        .outerjoin(_One, _One.id == IdentityDoubt.student_id)
        .outerjoin(_Other, _Other.id == IdentityDoubt.other_student_id)
    )
    if public_id is not None:
        statement = statement.where(IdentityDoubt.public_id == public_id)
    else:
        open_ = IdentityDoubt.state == DoubtState.OPEN
        statement = statement.where(~open_ if closed else open_)
    newest = IdentityDoubt.decided_at.desc() if closed else IdentityDoubt.found_at
    found = db.session.execute(statement.order_by(newest, IdentityDoubt.id).limit(MOST)).all()
    guardians = _guardians([number for row in found for number in (row[0].guardian_id, row[0].other_guardian_id)])
    return [_case(doubt, name or "", guardians, _student(one), _student(other)) for doubt, name, one, other in found]


_One, _Other = aliased(Student), aliased(Student)


MOST = 200
"""A list that nobody can read to its end helps nobody: the oldest first."""


def case(public_id: str) -> Case:
    """One doubt in scope; raises `NoResultFound`."""
    found = cases(public_id=public_id)
    if not found:
        raise NoResultFound(public_id)
    return found[0]


def lock(public_id: str) -> IdentityDoubt:
    """A doubt in scope, held until the use-case ends; raises `NoResultFound`."""
    statement = select(IdentityDoubt).where(IdentityDoubt.public_id == public_id).with_for_update()
    return db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one()


def _guardians(ids: Sequence[int | None]) -> dict[int, Side]:
    statement = (
        select(Guardian, Student, Guardianship.kinship)
        .outerjoin(Guardianship, Guardianship.guardian_id == Guardian.id)
        .outerjoin(Student, Student.id == Guardianship.student_id)
        .where(Guardian.id.in_({number for number in ids if number}), active() | Guardianship.id.is_(None))
        .order_by(Student.given_name, Student.id)
    )
    found: dict[int, Side] = {}
    rows: Any = db.session.execute(statement)
    for guardian, student, kinship in rows:
        known = found.get(guardian.id)
        child = (f"{student.name}, {student.class_name} ({kinship})",) if student else ()
        found[guardian.id] = Side(
            known=True,
            name=guardian.name,
            kind="guardian",
            email=guardian.email,
            mobile=guardian.mobile,
            street=guardian.street,
            town=" ".join(part for part in (guardian.postcode, guardian.city) if part),
            has_access=guardian.account_id is not None,
            students=(*(known.students if known else ()), *child),
        )
    return found


def _student(student: Student | None) -> Side | None:
    if student is None:
        return None
    return Side(
        known=True,
        name=student.name,
        kind="student",
        email=student.email,
        mobile=student.mobile,
        has_access=student.account_id is not None,
        students=(f"{student.name}, {student.class_name}",),
    )


def _case(doubt: IdentityDoubt, by: str, guardians: dict[int, Side], student: Side | None, second: Side | None) -> Case:
    nobody = Side(known=False)
    one = guardians.get(doubt.guardian_id or 0) or student or nobody
    other = guardians.get(doubt.other_guardian_id or 0) or second
    claimed = Side(known=True, name=doubt.claimed_name, kind="account") if doubt.claimed_name else nobody
    return Case(
        public_id=doubt.public_id,
        kind=doubt.kind,
        state=doubt.state,
        found_at=doubt.found_at,
        decided_at=doubt.decided_at,
        decided_by=by,
        one=one,
        other=other or claimed,
        from_outside=doubt.subject is not None,
    )
