"""Use-cases before the reading: who is asked to sign, and who no longer is."""

from portal.charter import queries
from portal.charter.events import CharterPresented, SignatureInvited
from portal.charter.models import CharterSignature, CharterVersion
from portal.charter.rules import CannotSign
from portal.charter.states import SignatureState
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.words import later
from portal.loans import queries as loan_queries
from portal.loans import services as loans
from portal.loans.states import ENDED, CharterGate
from portal.platform import scope
from portal.platform.work import emit, use_case
from portal.roster import queries as roster
from portal.roster.rules import Signatory


def who_signs(student_id: int) -> tuple[list[Signatory], bool]:
    """Who may sign for a student today, and whether a guardian's opposition forbids it.

    Every guardian is looked at, whoever asks. A student who signs alone needs nobody's agreement.
    """
    with scope.every_school(reason="who may sign"):
        found = roster.signing(student_id)
    alone = any(person.guardian_id is None for person in found.signatories)
    return found.signatories, found.opposed and not alone


@use_case
def invite(loan_id: int) -> list[int]:
    """Ask each person who may sign today, and no longer those who may not. Repeated, it changes nothing.

    One signature is enough (Code civil, article 372-2); an opposition stops everything. Returns the new signatures.
    """
    loan = loan_queries.lock(loan_id)
    known = queries.lock_of_loan(loan_id)
    if loan.state in ENDED or loan.charter is CharterGate.SIGNED:
        return []
    people, opposed = who_signs(loan.student_id)
    able = {person.guardian_id for person in people}
    revoke([one for one in known if opposed or one.guardian_id not in able])
    if opposed:
        loans.note_charter(loan_id, gate=CharterGate.OPPOSED)
        return []
    asked = {one.guardian_id for one in known}
    version = queries.current_version(loan.campaign_id)
    newcomers = {(one.legal_title, one.name): one for one in people if one.guardian_id not in asked}
    rows = [
        _row(person, version, school_id=loan.school_id, loan_id=loan_id, student_id=loan.student_id)
        for person in newcomers.values()  # a guardian whom the school's file holds twice is asked once
    ]
    return _ask(rows)


def _ask(rows: list[CharterSignature]) -> list[int]:
    db.session.add_all(rows)
    db.session.flush()  # the events name the rows
    for row in rows:
        emit(SignatureInvited(school_id=row.school_id, signature_id=row.id, loan_id=row.loan_id))
    return [row.id for row in rows]


def _row(
    person: Signatory, version: CharterVersion, *, school_id: int, loan_id: int, student_id: int
) -> CharterSignature:
    return CharterSignature(
        school_id=school_id,
        loan_id=loan_id,
        student_id=student_id,
        version_id=version.id,
        guardian_id=person.guardian_id,
        account_id=person.account_id,
        legal_title=person.legal_title,
        name_on_record=person.name,
        invited_at=clock.now(),
    )


def revoke(signatures: list[CharterSignature]) -> None:
    """These are no longer needed; those already ended stay as they are."""
    for one in signatures:
        if one.can("revoke"):
            one.move("revoke")


@use_case
def close(loan_id: int) -> None:
    """The request ended before anybody signed: nothing waits any more."""
    loan_queries.lock(loan_id)
    for one in queries.lock_of_loan(loan_id):
        if one.can("expire"):
            one.move("expire")


@use_case
def note_presented(signature_id: int, *, key: str, sha256: str, box: str, blanks: dict[str, str]) -> None:
    """Keep which file is shown, once: a second printing changes nothing."""
    signature = queries.lock(signature_id)
    if signature.presented_key is not None:
        return
    signature.presented_key, signature.presented_sha256 = key, sha256
    signature.box, signature.blanks = box, blanks
    emit(
        CharterPresented(school_id=signature.school_id, signature_id=signature_id, loan_id=signature.loan_id),
    )


@use_case
def change_mind(signature_id: int) -> None:
    """Somebody who had declined wishes to sign after all: the same charter waits for them again."""
    held = queries.hold(signature_id)
    loan, mine = held.loan, held.mine
    if loan.state in ENDED or loan.charter is CharterGate.SIGNED:
        raise CannotSign(later("Ce dossier n’attend plus de signature. Rechargez la page pour voir où il en est."))
    mine.move("invite_again")
    mine.declined_at = None
    if not any(one.state is SignatureState.DECLINED for one in held.others):
        loans.note_charter(loan.id, gate=CharterGate.TO_SIGN)
