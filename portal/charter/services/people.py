"""Use-cases about who signs: an opposition and what the head answers; a student whom a judge has emancipated."""

from dataclasses import dataclass
from datetime import date

from portal.charter import queries, rules
from portal.charter.events import SignatoryDecided
from portal.charter.models import CharterDecision
from portal.charter.queries import LoanFile, LoanRow, people
from portal.charter.rules import CannotSign
from portal.charter.services.invitation import block, complete, invite, revoke, who_signs
from portal.charter.states import Decided
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.words import later
from portal.loans import services as loans
from portal.loans.states import OUT, CharterGate
from portal.platform import scope
from portal.platform.work import emit, use_case
from portal.roster import queries as roster
from portal.roster import services as roster_services
from portal.roster.rules import GuardianFacts, StudentFacts, right_to_sign

NOT_HOLDER = later("Seul un responsable légal peut s’opposer à ce prêt.")


def everybody(student_id: int) -> tuple[StudentFacts, list[GuardianFacts]]:
    """A student and everybody linked to them; for decisions, whoever asks."""
    with scope.every_school(reason="who may sign"):
        student, links = roster.with_links(student_id)
    return roster.student_facts(student), [roster.guardian_facts(link) for link in links]


@dataclass(frozen=True, slots=True)
class OwnRight:
    """A reader's own right towards a student: whether it holds, why not, whether they object."""

    guardian_id: int
    holds: bool
    reason: str
    opposed: bool


def own_right(file: LoanFile) -> OwnRight | None:
    """The reader's right to sign for the student today; None when they are nobody of the student's."""
    link = file.link
    if link is None:
        return None
    facts = GuardianFacts(
        guardian_id=link.guardian_id,
        name="",
        kinship=link.kinship,
        may_sign=link.may_sign,
        opposed_on=link.opposed_on,
        ends_on=link.ends_on,
        email=None,
        mobile=None,
        account_id=None,
    )
    right = right_to_sign(facts, roster.student_facts(file.student), on=clock.today())
    reason = rules.why_not(link.kinship) if link.may_sign is False else right.reason
    return OwnRight(link.guardian_id, right.holds, reason, link.opposed_on is not None)


def _holder(student_id: int, guardian_id: int) -> GuardianFacts:
    """A guardian with parental authority today; an adult student answers to nobody."""
    student, links = everybody(student_id)
    found = next((one for one in links if one.guardian_id == guardian_id), None)
    if found is None or not right_to_sign(found, student, on=clock.today()).holds:
        raise CannotSign(NOT_HOLDER)
    return found


@use_case
def oppose(student_id: int, *, school_id: int, guardian_id: int, reason: str, by: int) -> None:
    """A holder of parental authority disagrees: the other's signature no longer suffices (Code civil, art. 372-2).

    Every loan of the student that has not left stops, and goes to the head. Recorded twice, it is recorded once.
    :param reason: may be empty when the guardian says it themself.
    :raises CannotSign: not a holder of parental authority, or the student signs alone.
    """
    loans_held = people.hold_open_loans(student_id)
    if _holder(student_id, guardian_id).opposed_on is not None:
        return
    _note(student_id, guardian_id, school_id=school_id, on=clock.today())
    _write(student_id, school_id=school_id, kind=Decided.OPPOSED, guardian_id=guardian_id, reason=reason, by=by)
    for loan in loans_held:
        revoke(queries.lock_of_loan(loan.id))
        block(loan)


@use_case
def end_opposition(student_id: int, *, school_id: int, guardian_id: int, kind: Decided, reason: str, by: int) -> None:
    """The guardian agrees after all (`WITHDRAWN`), or the head lifts the opposition in writing (`LIFTED`)."""
    loans_held = people.hold_open_loans(student_id)
    if not _still_opposed(student_id, guardian_id):
        return
    _note(student_id, guardian_id, school_id=school_id, on=None)
    _write(student_id, school_id=school_id, kind=kind, guardian_id=guardian_id, reason=reason, by=by)
    for loan in loans_held:
        _go_on(loan)


@use_case
def uphold(student_id: int, *, school_id: int, guardian_id: int, reason: str, by: int) -> None:
    """The head keeps the loan stopped, and says why."""
    people.hold_open_loans(student_id)
    if _still_opposed(student_id, guardian_id):
        kind = Decided.UPHELD
        _write(student_id, school_id=school_id, kind=kind, guardian_id=guardian_id, reason=reason, by=by)


@use_case
def emancipate(student_id: int, *, school_id: int, reason: str, document: str, by: int) -> None:
    """The head has seen the judgment: the student signs alone from now on.

    :param document: which paper was seen, with its date.
    :raises CannotSign: too young, or signs alone already.
    """
    loans_held = people.hold_open_loans(student_id)
    student = roster.one(student_id)
    today = clock.today()
    birthday_to_come = (today.month, today.day) < (student.birth_date.month, student.birth_date.day)
    alone = any(one.guardian_id is None for one in roster.signing(student_id).signatories)
    if sentence := rules.refusal_to_emancipate(
        age=today.year - student.birth_date.year - birthday_to_come, alone=alone
    ):
        raise CannotSign(sentence)
    roster_services.note_emancipation(student_id, emancipated=True)
    _write(student_id, school_id=school_id, kind=Decided.EMANCIPATED, reason=reason, document=document, by=by)
    for loan in loans_held:
        _go_on(loan)


@use_case
def end_emancipation(student_id: int, *, school_id: int, reason: str, by: int) -> None:
    """It was recorded by mistake: the holders of parental authority sign again."""
    loans_held = people.hold_open_loans(student_id)
    if not roster.one(student_id).emancipated:
        return
    roster_services.note_emancipation(student_id, emancipated=False)
    _write(student_id, school_id=school_id, kind=Decided.NOT_EMANCIPATED, reason=reason, by=by)
    for loan in loans_held:
        _go_on(loan)


def _still_opposed(student_id: int, guardian_id: int) -> bool:
    return any(one.guardian_id == guardian_id and one.opposed_on is not None for one in everybody(student_id)[1])


def _note(student_id: int, guardian_id: int, *, school_id: int, on: date | None) -> None:
    with scope.schools(school_id):
        roster_services.note_opposition(student_id=student_id, guardian_id=guardian_id, on=on)
        db.session.flush()  # in the scope of the school: a parent may not write the other's link


def _write(
    student_id: int,
    *,
    school_id: int,
    kind: Decided,
    reason: str,
    by: int,
    guardian_id: int | None = None,
    document: str | None = None,
) -> None:
    row = CharterDecision(
        school_id=school_id,
        student_id=student_id,
        guardian_id=guardian_id,
        kind=kind,
        reason=reason or None,
        document=document,
        decided_at=clock.now(),
        decided_by=by,
    )
    with scope.schools(school_id):
        db.session.add(row)
        db.session.flush()  # the event names the row; the family may not read it
    emit(SignatoryDecided(school_id=school_id, student_id=student_id, decision_id=row.id, kind=kind.value))


def _go_on(loan: LoanRow) -> None:
    """What stopped it is over: signed already, or asked of whoever may sign today."""
    entitled = who_signs(loan)
    if loan.charter is CharterGate.OPPOSED and not entitled.opposed:
        signatures = queries.lock_of_loan(loan.id)
        at = max((one.signed_at for one in signatures if one.signed_at), default=None)
        signed = complete(signatures, entitled)
        gate = CharterGate.SIGNED if signed else CharterGate.TO_SIGN
        loans.note_charter(loan.id, gate=gate, at=at if signed else None)
    if loan.state not in OUT:
        invite(loan.id)
