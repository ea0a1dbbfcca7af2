"""What a person of the lycée decides about two records, and how to take it back."""

from portal.access.events import DoubtDecided, DoubtReopened
from portal.access.models import IdentityDoubt
from portal.access.queries import doubts as queries
from portal.access.queries import matching
from portal.access.reach import everywhere
from portal.access.rules import Person
from portal.access.services.linking import link_school, settle
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform.work import emit, use_case
from portal.roster import holders


class StudentAndParent(DomainError):
    """A student and a parent are never one person."""

    message = later("Un élève et son responsable sont deux personnes. Répondez « Deux personnes ».")


@use_case
def unite(public_id: str, *, by: int) -> None:
    """One person: they get one access, as soon as every lycée that was asked says so. Raises `holders.SignsTwice`."""
    doubt = queries.lock(public_id)
    doubt.move("unite")
    doubt.decided_at, doubt.decided_by = clock.now(), by
    with everywhere("an identity was verified"):
        db.session.flush()  # the pair is read again with this answer
        if matching.settled(doubt.pair):
            doubt.united = _one_access(doubt)
    _told(doubt, same=True)


@use_case
def part(public_id: str, *, by: int) -> None:
    """Two people: what they share lets nobody in; each has their own access, by their own contact or by letter."""
    doubt = queries.lock(public_id)
    doubt.move("part")
    doubt.decided_at, doubt.decided_by = clock.now(), by
    db.session.flush()  # the matching reads it
    link_school(doubt.school_id)
    _told(doubt, same=False)


@use_case
def reopen(public_id: str) -> None:
    """Take the answer back: those who were united have the accesses of before."""
    doubt = queries.lock(public_id)
    doubt.move("reopen")
    united, doubt.united, doubt.decided_at, doubt.decided_by = doubt.united, None, None, None
    with everywhere("an identity is verified again"):
        if united is not None:
            _as_before(doubt, united=united)
    emit(DoubtReopened(school_id=doubt.school_id, doubt_id=doubt.id, account_id=united, subject=doubt.subject))


def _told(doubt: IdentityDoubt, *, same: bool) -> None:
    emit(
        DoubtDecided(
            school_id=doubt.school_id,
            doubt_id=doubt.id,
            same=same,
            account_id=doubt.united,
            subject=doubt.subject,
        )
    )


def _sides(doubt: IdentityDoubt) -> tuple[Person, Person | None]:
    one = matching.one(guardian_id=doubt.guardian_id, student_id=doubt.student_id)
    if doubt.other_guardian_id is None and doubt.other_student_id is None:
        return one, None
    return one, matching.one(guardian_id=doubt.other_guardian_id, student_id=doubt.other_student_id)


def _one_access(doubt: IdentityDoubt) -> int:
    """Both sides become one account: the claimant's, else one that they have, else a new one. Those of before are kept."""
    one, other = _sides(doubt)
    if other is not None and one.ref.kind != other.ref.kind:
        raise StudentAndParent
    doubt.before, doubt.other_before = one.account_id, other.account_id if other else None
    if doubt.account_id is None and doubt.before is None and doubt.other_before is None:
        link_school(doubt.school_id)  # what they share lets them in now
        one, other = _sides(doubt)
    united = settle(one, account_id=doubt.account_id or one.account_id or (other.account_id if other else None))
    if other is not None:
        settle(other, account_id=united)
    return united


def _as_before(doubt: IdentityDoubt, *, united: int) -> None:
    """Only those who still have the access that was given then."""
    one, other = _sides(doubt)
    sides = ((one, doubt.before), (other, doubt.other_before))
    changed = {person.ref: before for person, before in sides if person and person.account_id == united}
    holders.hold(
        guardians={ref.id: before for ref, before in changed.items() if ref.kind == "g"},
        students={ref.id: before for ref, before in changed.items() if ref.kind == "s"},
    )
    doubt.before = doubt.other_before = None
