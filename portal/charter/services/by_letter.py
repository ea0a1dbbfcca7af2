"""Signing with the code of the school's paper letter, for those of whom the school knows neither mobile nor e-mail.

The letter went by post to the home that the school's record names. Typed at the moment of signing, its code shows that
the person holds it; a birth date was asked to come in by it. That is one channel, and the evidence says so.
"""

from portal.access.services import letters
from portal.charter import queries, rules
from portal.charter.models import CharterSignature
from portal.charter.services.reading import NOT_READY
from portal.charter.services.signing import conclude, refusals_of, standing
from portal.charter.states import SignatureState, SigningRoute
from portal.kernel import clock
from portal.kernel.words import later
from portal.platform.work import use_case
from portal.roster import queries as roster

WRONG = later("Ce n’est pas le code de votre lettre. Comparez chaque signe avec la lettre.")
SPENT = later(
    "Cinq essais sont faits. Appelez le lycée\u00a0: il imprime une autre lettre, ou vous fait signer au guichet."
)
REACHABLE = later("Le lycée connaît votre mobile ou votre e-mail. Recevez plutôt un code.")


@use_case
def sign_by_letter(signature_id: int, *, name: str, consent: bool, code: str) -> dict[str, str]:
    """Sign the file that was shown. Returns what is refused, by field: empty when signed; a wrong code is counted.

    :raises CannotSign: this person may not sign, or can receive a code on a contact of the school's record.
    """
    held = queries.hold(signature_id)
    entitled = standing(held)
    mine, file = held.mine, queries.file_of(signature_id)
    if rules.channels(email=file.email, mobile=file.mobile):
        raise rules.CannotSign(REACHABLE)
    if mine.state is not SignatureState.DISPLAYED:
        raise rules.CannotSign(NOT_READY)
    refusals = refusals_of(mine, name=name, consent=consent)
    if not refusals and (sentence := _code_refusal(mine, code)):
        refusals = {"code": sentence}
    if not refusals:
        mine.move("verify_code")
        mine.verified_at = clock.now()
        mine.contact_source = roster.origin(file.contact, "address")
        conclude(held, entitled, route=SigningRoute.LETTER, name=name)
    return refusals


def _code_refusal(mine: CharterSignature, code: str) -> str | None:
    """Compare, count, and keep what the evidence will say of the letter."""
    if mine.code_tries >= rules.TRIES:
        return SPENT
    mine.code_tries += 1
    letter = letters.held_by(
        code, guardian_id=mine.guardian_id, student_id=None if mine.guardian_id else mine.student_id
    )
    if letter is None:
        return SPENT if mine.code_tries >= rules.TRIES else WRONG
    mine.code_channel, mine.code_hash, mine.code_sent_at = rules.LETTER, letter.code_hash, letter.printed_at
    return None
