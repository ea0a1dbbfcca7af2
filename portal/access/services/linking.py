"""Which account is whom: opened for those whom a lycée knows how to reach, never on the strength of a contact alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.access import rules
from portal.access.events import DoubtRaised, PersonLinked
from portal.access.models import IdentityDoubt
from portal.access.queries import matching
from portal.access.reach import everywhere
from portal.access.rules import Access, Doubt, Person, Ref, Sameness
from portal.access.states import DoubtKind, DoubtState
from portal.accounts import contacts as accounts
from portal.accounts.contacts import NewAccess
from portal.extensions import db
from portal.kernel import clock
from portal.platform.work import emit, use_case
from portal.roster import holders


@dataclass(frozen=True, slots=True)
class Linked:
    """What one matching did."""

    opened: int
    linked: int
    doubts: int


@use_case
def link_school(school_id: int) -> Linked:
    """Open accounts for the people of a lycée who have an address or a mobile, and none yet; doubts go to its list.

    Repeated, it changes nothing. One person of several lycées gets one account (same contact and same name). A
    constant number of statements. After an import, or when a doubt is decided.
    """
    with everywhere("who is who"):
        holders.part_those_who_sign_twice(school_id)
        people = matching.people_to_match(school_id)
        known = matching.doubts_of({one.school_id for one in people if one.school_id} | {school_id})
        made = rules.plan(people, decided=matching.decided(known))
        opened = _give(made.accesses)
        _close_what_is_over(known, made.doubts, people)
        raised = _raise(made.doubts, known)
    return Linked(opened, sum(len(access.people) for access in made.accesses), raised)


def _give(accesses: Sequence[Access]) -> int:
    """Open what must be, and write whose it is."""
    new = [access for access in accesses if access.account_id is None]
    opened = accounts.open_many([NewAccess(name=one.name, email=one.email, mobile=one.mobile) for one in new])
    numbers = {id(access): number for access, number in zip(new, opened, strict=True)}
    held = [(person, access.account_id or numbers[id(access)]) for access in accesses for person in access.people]
    if held:
        holders.hold(
            guardians={person.ref.id: number for person, number in held if person.ref.kind == "g"},
            students={person.ref.id: number for person, number in held if person.ref.kind == "s"},
        )
    for person, number in held:
        emit(_linked(person.ref, person.school_id, number))
    return len(opened)


def _linked(ref: Ref, school_id: int | None, account_id: int) -> PersonLinked:
    return PersonLinked(
        school_id=school_id,
        account_id=account_id,
        guardian_id=ref.id if ref.kind == "g" else None,
        student_id=ref.id if ref.kind == "s" else None,
    )


def _close_what_is_over(known: Sequence[IdentityDoubt], doubts: Sequence[Doubt], people: Sequence[Person]) -> None:
    """An import may have mended a shared address: an open question that nobody would ask today is withdrawn."""
    asked = {rules.pair_of(doubt.one.ref, doubt.other.ref) for doubt in doubts}
    seen = {str(person.ref) for person in people}
    for doubt in known:
        ours = doubt.state is DoubtState.OPEN and doubt.claimed_name is None and doubt.subject is None
        if ours and doubt.pair not in asked and set(doubt.pair.split("-")) <= seen:
            db.session.delete(doubt)


def _raise(doubts: Sequence[Doubt], known: Sequence[IdentityDoubt]) -> int:
    """One line in the list of each lycée concerned; those that are there stay."""
    there = {(doubt.school_id, doubt.pair) for doubt in known}
    rows = [row for doubt in doubts for row in _rows(doubt) if (row.school_id, row.pair) not in there]
    db.session.add_all(rows)
    db.session.flush()  # the events name the rows
    for row in rows:
        emit(DoubtRaised(school_id=row.school_id, doubt_id=row.id))
    return len(rows)


def _rows(doubt: Doubt) -> list[IdentityDoubt]:
    """For two lycées, one row each, seen from their own side."""
    sides = [(doubt.one, doubt.other)]
    if doubt.other.school_id not in {None, doubt.one.school_id}:
        sides.append((doubt.other, doubt.one))
    return [new_doubt(doubt.kind, one, other.ref) for one, other in sides]


def new_doubt(kind: DoubtKind, one: Person, other: Ref | None, *, subject: str = "", name: str = "") -> IdentityDoubt:
    """A row of the list: the lycée's own person, and the other side."""
    return IdentityDoubt(
        school_id=one.school_id,
        kind=kind,
        pair=rules.pair_of(one.ref, other or subject),
        guardian_id=_number(one.ref, "g"),
        student_id=_number(one.ref, "s"),
        other_guardian_id=_number(other, "g"),
        other_student_id=_number(other, "s"),
        account_id=_number(other, "a"),
        subject=subject or None,
        claimed_name=name[:120] or None,
        found_at=clock.now(),
    )


def _number(ref: Ref | None, kind: str) -> int | None:
    return ref.id if ref and ref.kind == kind else None


class Proof(StrEnum):
    """What supports a claim to be a person of a lycée's file."""

    LETTER = "letter"
    """The code of that person's letter, and the birth date."""
    SCHOOL_KEY = "school-key"
    """An ENT fed by the lycée names the child by its key (ELEVE_ID)."""
    NAME = "name"
    """A name, an address, a birth date: what others may know too."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The answer to a claim: an account when it is settled; else the lycée will say."""

    account_id: int | None
    doubt: bool


@use_case
def propose(
    *,
    name: str,
    proof: Proof,
    account_id: int | None = None,
    subject: str = "",
    guardian_id: int | None = None,
    student_id: int | None = None,
) -> Proposal:
    """Somebody claims to be this guardian or student: linked when it is sure, else one line in the lycée's list.

    Sure is: a proof that only this person has, **and** the same name, **and** no other access, **and** no second
    signature for one student. An e-mail address is never a proof.

    :param account_id: who claims, when they have an account; without one, an account is opened when it is sure.
    :param subject: an opaque key of the outside service (`provider:subject`, at most 120 characters): it comes back
        in `DoubtDecided`, so that the caller can finish what it began. Give one of the two, or both.
    :param name: the name that is claimed, shown to the lycée beside its own record.
    """
    with everywhere("a claim to be somebody"):
        person = matching.one(guardian_id=guardian_id, student_id=student_id)
        if proof is not Proof.NAME and _is_sure(person, name=name, account_id=account_id):
            return Proposal(account_id=settle(person, account_id=account_id), doubt=False)
        kind = DoubtKind.FEDERATION if subject else DoubtKind.SAME_PERSON
        other = Ref("a", account_id) if account_id is not None else None
        _raise_one(new_doubt(kind, person, other, subject=subject, name=name))
    return Proposal(account_id=None, doubt=True)


def _is_sure(person: Person, *, name: str, account_id: int | None) -> bool:
    same_name = rules.compare_names(name, person.name) is Sameness.SAME
    free = person.account_id is None or person.account_id == account_id
    return same_name and free and not would_sign_twice(person, account_id)


def would_sign_twice(person: Person, account_id: int | None) -> bool:
    """Whether this account already is somebody else for one of this person's students."""
    if account_id is None or person.account_id == account_id:
        return False
    return bool(person.students & holders.students_signed_for(account_id))


def settle(person: Person, *, account_id: int | None) -> int:
    """Make a person this account, or a new one; returns it. Raises `SignsTwice`."""
    number = account_id or person.account_id or accounts.open_many([NewAccess(name=person.name)])[0]
    if person.account_id != number:
        _hold(person.ref, number)
        emit(_linked(person.ref, person.school_id, number))
    return number


def _hold(ref: Ref, account_id: int | None) -> None:
    holders.hold(**{"guardians" if ref.kind == "g" else "students": {ref.id: account_id}})


def _raise_one(row: IdentityDoubt) -> None:
    known = matching.doubts_of([row.school_id])
    if all(doubt.pair != row.pair for doubt in known):
        db.session.add(row)
        db.session.flush()  # the event names the row
        emit(DoubtRaised(school_id=row.school_id, doubt_id=row.id))
