"""The signature itself: name, sentence and code, then everything that follows from it, in one transaction."""

from hashlib import sha256

from portal.charter import queries, rules
from portal.charter.events import CharterSigned
from portal.charter.models import CharterSignature, CharterVersion
from portal.charter.services.codes import code_refusal
from portal.charter.services.invitation import revoke, who_signs
from portal.charter.services.reading import refuse
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.words import later
from portal.loans import services as loans
from portal.loans.states import CharterGate
from portal.platform.work import emit, use_case


@use_case
def sign(signature_id: int, *, name: str, consent: bool, code: str, session: str) -> dict[str, str]:
    """Sign the file that was shown; the sealing is the worker's. Returns what is refused, by field: empty when signed.

    A wrong code is counted and kept, so it is an answer and not an error.

    :raises CannotSign: this person may not sign, or not now; nothing was counted.
    """
    held = queries.hold(signature_id)
    loan, mine = held.loan, held.mine
    people, opposed = who_signs(loan.student_id)
    entitled = mine.guardian_id in {person.guardian_id for person in people}
    refuse(held, entitled=entitled, opposed=opposed)
    refusals = _refusals(mine, name=name, consent=consent)
    if not refusals and (sentence := code_refusal(mine, code=code, session=session)):
        refusals = {"code": sentence}
    if not refusals:
        _sign(mine, name=name)
        revoke(held.others)
        loans.note_charter(loan.id, gate=CharterGate.SIGNED, at=mine.signed_at)
        emit(CharterSigned(school_id=mine.school_id, signature_id=mine.id, loan_id=loan.id))
    return refusals


def _refusals(signature: CharterSignature, *, name: str, consent: bool) -> dict[str, str]:
    """What is said before a try is counted."""
    refusals: dict[str, str] = {}
    if not rules.same_name(name, signature.name_on_record):
        refusals["name"] = later(
            "Le lycée vous connaît sous le nom «\u00a0%(name)s\u00a0». Écrivez ce nom. S’il est faux, appelez le lycée.",
            name=signature.name_on_record,
        )
    if not consent:
        refusals["consent"] = later("Cochez la case si vous êtes d’accord. Sinon, choisissez de ne pas signer.")
    return refusals


def _sign(signature: CharterSignature, *, name: str) -> None:
    now = clock.now()
    signature.move("verify_code")
    signature.verified_at = now
    signature.move("sign")
    signature.signed_at, signature.name_typed = now, name.strip()
    signature.consent_sha256 = sha256(rules.CONSENT.encode()).hexdigest()
    version = db.session.get_one(CharterVersion, signature.version_id)
    version.frozen_at = version.frozen_at or now
