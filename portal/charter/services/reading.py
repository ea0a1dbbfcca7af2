"""Use-cases of the reading: the charter was read, or will not be signed."""

from portal.charter import queries, rules
from portal.charter.events import CharterDeclined
from portal.charter.queries import Held, texts
from portal.charter.states import PENDING, SignatureState
from portal.kernel import clock
from portal.kernel.words import later
from portal.loans import services as loans
from portal.loans.states import ENDED, OUT, CharterGate
from portal.platform.work import emit, use_case

NOT_READY = later("La charte se prépare encore. Rechargez la page dans quelques secondes.")


def refuse(held: Held, *, entitled: bool = True, opposed: bool = False) -> None:
    """Raise `CannotSign` when this person may not go on."""
    loan, mine = held.loan, held.mine
    standing = rules.Standing(
        state=mine.state,
        entitled=entitled,
        opposed=opposed or loan.charter is CharterGate.OPPOSED,
        signed=loan.charter is CharterGate.SIGNED and mine.state not in PENDING,  # a new text may wait on a lent device
        declined_by_another=any(
            one.state is SignatureState.DECLINED and one.version_id == mine.version_id for one in held.others
        ),
        loan_ended=loan.state in ENDED,
    )
    if sentence := rules.obstacle(standing):
        raise rules.CannotSign(sentence)


@use_case
def confirm_reading(signature_id: int, *, by: int, language: str) -> None:
    """Somebody says that they have read the charter, in which language of the pages, and wishes to sign it.

    The courtesy translation that stood beside the French text is kept with its revision.
    """
    held = queries.hold(signature_id)
    refuse(held)
    mine = held.mine
    if mine.presented_sha256 is None:
        raise rules.CannotSign(NOT_READY)
    if mine.can("open"):
        mine.move("open")
        mine.opened_at = clock.now()
    mine.move("display")
    mine.displayed_at = mine.displayed_at or clock.now()
    mine.language_shown, mine.account_id = language, by
    beside = texts.translation(mine.version_id, language)
    mine.translation_id = beside.id if beside else None


@use_case
def decline(signature_id: int) -> None:
    """Somebody will not sign: nobody else may either, until the school has spoken with them. Declined twice is once."""
    held = queries.hold(signature_id)
    loan, mine = held.loan, held.mine
    if mine.state is SignatureState.DECLINED:
        return
    refuse(Held(loan, mine, others=[]))  # somebody else's refusal does not forbid this one
    mine.move("decline")
    mine.declined_at = clock.now()
    if loan.state not in OUT:
        loans.note_charter(loan.id, gate=CharterGate.DECLINED)
    emit(CharterDeclined(school_id=mine.school_id, signature_id=mine.id, loan_id=loan.id))
