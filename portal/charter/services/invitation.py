"""Use-cases before the reading: who is asked to sign, and who no longer is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.charter import queries, rules
from portal.charter.events import CharterPresented, SignatureInvited
from portal.charter.models import CharterSignature
from portal.charter.queries import LoanRow
from portal.charter.rules import CannotSign
from portal.charter.states import PENDING, SIGNED, SignatureState
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.words import later
from portal.loans import queries as loan_queries
from portal.loans import services as loans
from portal.loans.states import ENDED, OUT, CharterGate
from portal.platform import scope
from portal.platform.work import emit, use_case
from portal.roster import queries as roster
from portal.roster.rules import Signatory
from portal.schools import queries as schools

GONE = (SignatureState.REVOKED, SignatureState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Entitled:
    """Who may sign for a student today; `opposed` whether a guardian's opposition forbids it; `needed`, how many sign."""

    people: list[Signatory]
    opposed: bool
    needed: int

    @property
    def guardian_ids(self) -> frozenset[int | None]:
        """Who they are; None stands for the student."""
        return frozenset(person.guardian_id for person in self.people)


def who_signs(loan: LoanRow) -> Entitled:
    """Who may sign for a loan today, and how many must: derived at every use, never kept.

    Every guardian is looked at, whoever asks. A student who signs alone needs nobody's agreement.
    """
    with scope.every_school(reason="who may sign"):
        found = roster.signing(loan.student_id)
    alone = any(person.guardian_id is None for person in found.signatories)
    needed = rules.signatures_needed(
        able=len({(person.legal_title, person.name) for person in found.signatories}),
        two_asked=schools.one(loan.school_id).two_signatures,
        alone=alone,
    )
    return Entitled(found.signatories, found.opposed and not alone, needed)


def complete(signatures: Sequence[CharterSignature], entitled: Entitled) -> bool:
    """Whether one text bears the signatures of as many people as are needed, of those who may sign today."""
    signed = [one for one in signatures if one.state in SIGNED and one.guardian_id in entitled.guardian_ids]
    texts = {one.version_id for one in signed}
    return any(len({one.guardian_id for one in signed if one.version_id == text}) >= entitled.needed for text in texts)


@use_case
def invite(loan_id: int) -> list[int]:
    """Ask each person who may sign today, and no longer those who may not. Repeated, it changes nothing.

    An opposition stops everything. Once the charter is signed, only a new text waits for anybody. Returns the new
    signatures.
    """
    loan = loan_queries.lock(loan_id)
    known = queries.lock_of_loan(loan_id)
    waiting = [one for one in known if one.state in PENDING]
    if loan.state in ENDED or (loan.charter is CharterGate.SIGNED and not waiting):
        return []
    entitled = who_signs(loan)
    revoke([one for one in waiting if entitled.opposed or one.guardian_id not in entitled.guardian_ids])
    if entitled.opposed:
        block(loan)
        return []
    live = [one.version_id for one in known if one.state not in GONE]
    return _ask_all(loan, entitled, known, version_id=max(live, default=0) or _current(loan), again=False)


def _current(loan: LoanRow) -> int:
    return queries.current_version(loan.campaign_id).id


def block(loan: LoanRow) -> None:
    """Nobody signs until the head has decided; a device that has left is not called back by itself."""
    if loan.state not in OUT:
        loans.note_charter(loan.id, gate=CharterGate.OPPOSED)


@use_case
def renew(loan_id: int, *, version_id: int) -> list[int]:
    """Ask for a new text whoever may sign, in place of the old one; asked twice, once. Returns the new signatures.

    Where a signature was declined or opposed, the head decides first.
    """
    loan = loan_queries.lock(loan_id)
    known = queries.lock_of_loan(loan_id)
    stopped = loan.state in ENDED or loan.charter in {CharterGate.DECLINED, CharterGate.OPPOSED}
    if stopped or any(one.version_id == version_id for one in known):
        return []
    entitled = who_signs(loan)
    if entitled.opposed:
        return []
    revoke([one for one in known if one.state in PENDING])
    if loan.charter is CharterGate.SIGNED and loan.state not in OUT:
        loans.note_charter(loan_id, gate=CharterGate.TO_SIGN)
    return _ask_all(loan, entitled, known, version_id=version_id, again=True)


def _ask_all(
    loan: LoanRow, entitled: Entitled, known: list[CharterSignature], *, version_id: int, again: bool
) -> list[int]:
    """One row for each person who has none for this text; a guardian whom the school's file holds twice is asked once."""
    for one in known:
        if one.version_id == version_id and one.state in GONE and one.guardian_id in entitled.guardian_ids:
            _once_more(one)
    asked = {one.guardian_id for one in known if one.version_id == version_id}
    named = {(one.legal_title, one.name_on_record) for one in known if one.version_id == version_id}
    newcomers = {
        (one.legal_title, one.name): one
        for one in entitled.people
        if one.guardian_id not in asked and (one.legal_title, one.name) not in named
    }
    return _ask([_row(person, loan, version_id) for person in newcomers.values()], again=again)


def _once_more(one: CharterSignature) -> None:
    """Somebody who could not sign for a while can again: their file is the same, and they are told."""
    one.move("ask_anew" if one.can("ask_anew") else "invite_again")
    about: dict[str, Any] = {"school_id": one.school_id, "signature_id": one.id, "loan_id": one.loan_id}
    emit(CharterPresented(**about) if one.presented_key else SignatureInvited(**about))


def _ask(rows: list[CharterSignature], *, again: bool) -> list[int]:
    db.session.add_all(rows)
    db.session.flush()  # the events name the rows
    for row in rows:
        emit(SignatureInvited(school_id=row.school_id, signature_id=row.id, loan_id=row.loan_id, again=again))
    return [row.id for row in rows]


def _row(person: Signatory, loan: LoanRow, version_id: int) -> CharterSignature:
    return CharterSignature(
        school_id=loan.school_id,
        loan_id=loan.id,
        student_id=loan.student_id,
        version_id=version_id,
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
def note_presented(
    signature_id: int, *, key: str, sha256: str, box: str, blanks: dict[str, str], again: bool = False
) -> None:
    """Keep which file is shown, once: a second printing changes nothing."""
    signature = queries.lock(signature_id)
    if signature.presented_key is not None:
        return
    signature.presented_key, signature.presented_sha256 = key, sha256
    signature.box, signature.blanks = box, blanks
    emit(
        CharterPresented(
            school_id=signature.school_id, signature_id=signature_id, loan_id=signature.loan_id, again=again
        ),
    )


@use_case
def change_mind(signature_id: int) -> None:
    """Somebody who had declined wishes to sign after all: the same charter waits for them again."""
    held = queries.hold(signature_id)
    loan, mine = held.loan, held.mine
    if loan.state in ENDED or (loan.charter is CharterGate.SIGNED and loan.state not in OUT):
        raise CannotSign(later("Ce dossier n’attend plus de signature. Rechargez la page pour voir où il en est."))
    mine.move("invite_again")
    mine.declined_at = None
    if loan.state not in OUT and not any(one.state is SignatureState.DECLINED for one in held.others):
        loans.note_charter(loan.id, gate=CharterGate.TO_SIGN)
