"""What a loan may do, decided on plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from portal.kernel.values.dates import add_working_days, is_working_day
from portal.kernel.values.folding import fold
from portal.kernel.words import later
from portal.loans.states import CharterGate, Delivery, LoanState


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
        return later("L’élève n’est plus inscrit dans ce lycée. Contactez son nouveau lycée.")
    if open_reference is not None:
        return later("Un dossier est déjà ouvert pour cet élève : %(reference)s.", reference=open_reference)
    return None


def screens(delivery: Delivery | None, *, choose_student: bool) -> int:
    """How many screens a request takes, the last look at the answers included: announced first, kept to (UX-12)."""
    return len(steps(delivery)) + 1 + choose_student


def screens_left(step: str, delivery: Delivery | None) -> int:
    """How many screens are left when this question is on the screen, itself included."""
    asked = steps(delivery)
    return len(asked) + 1 - (asked.index(step) if step in asked else 0)


def next_step(answers: Answers, *, after: str) -> str | None:
    """The next question without an answer, those that follow `after` first; None when all are answered."""
    left = missing(answers)
    following = STEPS[STEPS.index(after) + 1 :]
    return next((step for step in following if step in left), left[0] if left else None)


ANSWER_DAYS = 5
"""Working days that a lycée has to answer."""

PREPARE_DAYS = 5
"""Working days to prepare a kit, from the day it may be prepared."""

HAND_TO_CARRIER_DAYS = 2
"""Working days between a packed parcel and its departure."""

CARRIER_DAYS = 5
"""Working days after which a parcel that has not come is worth a telephone call."""

SIGN_DAYS = 15
"""Days to sign the charter, from the request."""

PICKUP_DAYS = 15
"""Days during which a kit waits at the lycée."""

_ALSACE_MOSELLE = ("57", "67", "68")
_YEAR = 366


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of one lycée; those of Alsace and Moselle have two public holidays more.

    `closings` are the first and the last day, as texts, of each span in which the lycée says that it is closed.
    """

    alsace_moselle: bool = False
    closings: Sequence[Sequence[str]] = ()

    @classmethod
    def of(cls, postcode: str | None, closings: Sequence[Sequence[str]] = ()) -> "Calendar":
        """By the lycée's postcode, and what it says of itself."""
        return cls((postcode or "").startswith(_ALSACE_MOSELLE), closings)

    def works(self, day: date) -> bool:
        """Neither at the week-end nor on a public holiday."""
        return is_working_day(day, alsace_moselle=self.alsace_moselle)

    def opens(self, day: date) -> bool:
        """A working day on which the lycée does not say that it is closed."""
        return self.works(day) and not any(first <= day.isoformat() <= last for first, last in self.closings)

    def opening(self, day: date) -> date:
        """`day`, or the first day after it on which the lycée is open; `day` when it never opens again that year."""
        following = (day + timedelta(days=gap) for gap in range(_YEAR))
        return next((open_day for open_day in following if self.opens(open_day)), day)

    def after(self, day: date, working_days: int) -> date:
        """The day by which so many working days have passed."""
        return add_working_days(day, working_days, alsace_moselle=self.alsace_moselle)


def told_state(
    state: LoanState, *, decided_at: datetime | None, told_at: datetime | None, undo_seconds: int, now: datetime
) -> LoanState:
    """What the family may know: a decision that the head can still take back is not one yet."""
    if state not in {LoanState.APPROVED, LoanState.REFUSED, LoanState.WAITLISTED} or decided_at is None:
        return state
    told = told_at is not None and told_at >= decided_at
    return state if told or now >= decided_at + timedelta(seconds=undo_seconds) else LoanState.SUBMITTED


@dataclass(frozen=True, slots=True)
class Doubts:
    """What the head should know before deciding."""

    charter: CharterGate
    earlier_losses: int
    address_confirmed: bool
    delivery: Delivery | None
    has_left: bool = False


class Hesitation(StrEnum):
    """A reason to look twice before deciding, in the words that the head reads; most serious first."""

    OPPOSED = "Un responsable légal s’oppose au prêt"
    DECLINED = "Signature refusée par la famille"
    LEFT = "L’élève a quitté le lycée"
    LOSS = "Perte ou casse antérieure"
    UNSIGNED = "Charte pas encore signée"
    ADDRESS = "Adresse à vérifier"

    @property
    def tone(self) -> str:
        """How loud it is shown: the first three stop, the others only slow down."""
        return "problem" if self in {Hesitation.OPPOSED, Hesitation.DECLINED, Hesitation.LEFT} else "waiting"


def hesitations(doubts: Doubts) -> list[Hesitation]:
    """The reasons to hesitate, most serious first; empty for an ordinary request."""
    holds = {
        Hesitation.OPPOSED: doubts.charter is CharterGate.OPPOSED,
        Hesitation.DECLINED: doubts.charter is CharterGate.DECLINED,
        Hesitation.LEFT: doubts.has_left,
        Hesitation.LOSS: doubts.earlier_losses > 0,
        Hesitation.UNSIGNED: doubts.charter is CharterGate.TO_SIGN,
        Hesitation.ADDRESS: doubts.delivery is Delivery.HOME and not doubts.address_confirmed,
    }
    return [reason for reason, held in holds.items() if held]


@dataclass(frozen=True, slots=True)
class Applicant:
    """One request among those ticked: which stock it draws on (school and kind), and whether somebody objects."""

    loan_id: int
    stock: tuple[int, str]
    opposed: bool


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What approving would do, by number of loan. An opposition is decided apart when others are ticked with it."""

    approved: tuple[int, ...]
    waitlisted: tuple[int, ...]
    apart: tuple[int, ...]


def foresee(applicants: Sequence[Applicant], free: Mapping[tuple[int, str], int]) -> Foreseen:
    """The effect of approving these requests, oldest first, against what each stock has left; nothing is written."""
    alone = len(applicants) == 1
    together = [one for one in applicants if alone or not one.opposed]
    left, served = dict(free), set()
    for one in together:
        if left.get(one.stock, 0) > 0:
            left[one.stock] -= 1
            served.add(one.loan_id)
    return Foreseen(
        approved=tuple(one.loan_id for one in together if one.loan_id in served),
        waitlisted=tuple(one.loan_id for one in together if one.loan_id not in served),
        apart=tuple(one.loan_id for one in applicants if not alone and one.opposed),
    )


def capacity(decider: str, *, head_name: str, head_title: str) -> str:
    """In which capacity somebody decided: CRPA art. L.212-2 asks for first name, name, capacity and service.

    Whoever is not the head signs by delegation, and the act says so.
    """
    if decider.casefold() == head_name.casefold():
        return head_title
    of = "d’" if fold(head_name).startswith(("A", "E", "I", "O", "U", "H")) else "de "
    return f"par délégation {of}{head_name}, {head_title}"
