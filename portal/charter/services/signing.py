"""The signature itself: name, sentence and code, then everything that follows from it, in one transaction."""

from hashlib import sha256

from portal.charter import queries, rules
from portal.charter.events import CharterCompleted, CharterSigned
from portal.charter.models import CharterSignature, CharterVersion
from portal.charter.queries import Held
from portal.charter.services.codes import code_refusal
from portal.charter.services.invitation import Entitled, complete, revoke, who_signs
from portal.charter.services.reading import refuse
from portal.charter.states import SigningRoute
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.words import later
from portal.loans import services as loans
from portal.loans.states import CharterGate
from portal.platform.work import emit, use_case


@use_case
def sign(signature_id: int, *, name: str, consent: bool, code: str, session: str) -> dict[str, str]:
    """Sign the file that was shown; the sealing is the worker's. Returns what is refused, by field: empty when signed.

    The loan's charter is signed once as many have signed as the lycée asks for.

    A wrong code is counted and kept, so it is an answer and not an error.

    :raises CannotSign: this person may not sign, or not now; nothing was counted.
    """
    held = queries.hold(signature_id)
    mine = held.mine
    entitled = standing(held)
    refusals = refusals_of(mine, name=name, consent=consent)
    if not refusals and (sentence := code_refusal(mine, code=code, session=session)):
        refusals = {"code": sentence}
    if not refusals:
        mine.move("verify_code")
        mine.verified_at = clock.now()
        conclude(held, entitled, route=SigningRoute.ONLINE, name=name)
    return refusals


def conclude(held: Held, entitled: Entitled, *, route: SigningRoute, name: str | None) -> None:
    """What follows from a signature, whichever the way it came by; inside a use-case that has checked everything.

    `entitled` is what `standing` found; `name`, what the person typed: None on paper, where nobody did.
    """
    loan, mine = held.loan, held.mine
    mine.move("sign" if mine.can("sign") else "sign_attended")
    mine.signed_at, mine.route = clock.now(), route
    mine.name_typed = name.strip() if name else None
    mine.consent_sha256 = sha256(rules.CONSENT.encode()).hexdigest()
    version = db.session.get_one(CharterVersion, mine.version_id)
    version.frozen_at = version.frozen_at or mine.signed_at
    about = {"school_id": mine.school_id, "signature_id": mine.id, "loan_id": loan.id}
    if complete([mine, *held.others], entitled):
        revoke(held.others)
        loans.note_charter(loan.id, gate=CharterGate.SIGNED, at=mine.signed_at)
        emit(CharterCompleted(**about))
    emit(CharterSigned(**about))


def standing(held: Held) -> Entitled:
    """Who may sign, looked at again at the very moment of signing; raises `CannotSign` unless this person is one of them."""
    entitled = who_signs(held.loan)
    refuse(held, entitled=held.mine.guardian_id in entitled.guardian_ids, opposed=entitled.opposed)
    return entitled


def refusals_of(signature: CharterSignature, *, name: str, consent: bool) -> dict[str, str]:
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
