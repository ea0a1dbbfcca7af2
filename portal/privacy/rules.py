"""When a file may be erased, and what stays. Plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from portal.kernel.words import later
from portal.loans.states import ENDED, LoanState

TYPED: Final = "EFFACER"
"""What the head types to confirm: an erasure cannot be undone."""

WERE_LENT: Final = frozenset({LoanState.CLOSED, LoanState.KEPT, LoanState.WRITTEN_OFF})
"""Loans whose papers stay in the intermediate archive until claims are over."""

LOAN_OPEN: Final = later(
    "Un prêt est en cours pour cet élève. Le dossier peut être effacé quand l’ordinateur est rendu et le prêt terminé."
)
DRAFT_OPEN: Final = later(
    "Une demande de prêt est en cours pour cet élève. Retirez-la d’abord, puis demandez l’effacement."
)
REQUESTED: Final = (LoanState.DRAFT, LoanState.SUBMITTED, LoanState.WAITLISTED)


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """What the rule needs to know of one loan."""

    loan_id: int
    state: LoanState


def obstacle(loans: Sequence[LoanFacts]) -> str | None:
    """Why a student's file cannot be erased now; None when it can."""
    running = [loan.state for loan in loans if loan.state not in ENDED]
    if not running:
        return None
    return DRAFT_OPEN if all(state in REQUESTED for state in running) else LOAN_OPEN


def kept(loans: Sequence[LoanFacts]) -> list[int]:
    """Loans that stay, without what tells of a person, until the end of their archive."""
    return [loan.loan_id for loan in loans if loan.state in WERE_LENT]


def gone(loans: Sequence[LoanFacts]) -> list[int]:
    """Loans that go at once: nothing was ever lent."""
    return [loan.loan_id for loan in loans if loan.state not in WERE_LENT]


def is_confirmed(typed: str) -> bool:
    """Capitals do not count; anything else does."""
    return typed.strip().upper() == TYPED
