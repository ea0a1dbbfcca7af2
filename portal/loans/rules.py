"""What a loan may do, decided on plain values."""

from dataclasses import dataclass
from datetime import date

from portal.loans.states import CharterGate, Delivery


@dataclass(frozen=True, slots=True)
class Answers:
    """What a family has answered so far."""

    delivery: Delivery | None
    has_address: bool
    contact_email: str | None
    contact_mobile: str | None


STEPS = ("remise", "adresse", "contact")
"""The questions, in order; the address is asked only for a delivery at home."""


def steps(delivery: Delivery | None) -> tuple[str, ...]:
    """The questions this family gets."""
    return STEPS if delivery is not Delivery.SCHOOL else ("remise", "contact")


def missing(answers: Answers) -> list[str]:
    """The questions still without an answer, in order; empty when the request can be sent."""
    answered = {
        "remise": answers.delivery is not None,
        "adresse": answers.has_address,
        "contact": bool(answers.contact_email or answers.contact_mobile),
    }
    return [step for step in steps(answers.delivery) if not answered[step]]


def refusal_to_start(*, left_on: date | None, open_reference: str | None, today: date) -> str | None:
    """Why a request cannot be opened for this student today."""
    if left_on is not None and left_on <= today:
        return "L’élève n’est plus inscrit dans ce lycée. Contactez son nouveau lycée."
    if open_reference is not None:
        return f"Un dossier est déjà ouvert pour cet élève : {open_reference}."
    return None


@dataclass(frozen=True, slots=True)
class Doubts:
    """What the head should know before deciding."""

    charter: CharterGate
    earlier_losses: int
    address_confirmed: bool
    delivery: Delivery | None


def hesitations(doubts: Doubts) -> list[str]:
    """The reasons to hesitate, most serious first; empty for an ordinary request."""
    reasons = []
    if doubts.charter is CharterGate.OPPOSED:
        reasons.append("Un responsable légal s’oppose au prêt")
    if doubts.charter is CharterGate.DECLINED:
        reasons.append("Signature refusée par la famille")
    if doubts.earlier_losses:
        reasons.append("Perte ou casse antérieure")
    if doubts.charter is CharterGate.TO_SIGN:
        reasons.append("Charte pas encore signée")
    if doubts.delivery is Delivery.HOME and not doubts.address_confirmed:
        reasons.append("Adresse à vérifier")
    return reasons


@dataclass(frozen=True, slots=True)
class Effect:
    """What approving a set of requests would do, against what is left."""

    approved: int
    waitlisted: int
    left: int

    @property
    def total(self) -> int:
        """How many requests are concerned."""
        return self.approved + self.waitlisted


def effect(*, asked: int, free: int) -> Effect:
    """First come, first served; the rest waits."""
    approved = min(asked, free)
    return Effect(approved=approved, waitlisted=asked - approved, left=free - approved)
