"""A loan told to somebody of the family, as plain values: what the timeline and the task list are built from."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from portal.kernel import clock
from portal.loans import rules
from portal.loans.models import Loan
from portal.loans.rules import Calendar
from portal.loans.states import Arrival, CharterGate, Delivery, LoanState


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Where a loan stands for one reader. `state` is what they may know; `signs` whether the charter is theirs to sign.

    `signed`: they have, and somebody else's signature is awaited.
    `to_staff`: told to the lycée, which the family's « vous » would confuse. `arrival`: what the carrier says.
    """

    state: LoanState
    charter: CharterGate
    delivery: Delivery | None
    today: date
    arrival: Arrival | None = None
    asked_by_reader: bool = True
    signs: bool = True
    signed: bool = False
    to_staff: bool = False
    calendar: Calendar = field(default_factory=Calendar)
    pickup_place: str = ""
    reason: str | None = None
    ends_on: date | None = None
    due_on: date | None = None
    started_at: datetime | None = None
    submitted_at: datetime | None = None
    charter_signed_at: datetime | None = None
    decided_at: datetime | None = None
    prepared_at: datetime | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def answer_by(self) -> date | None:
        """The day by which the lycée answers."""
        return self.calendar.after(day_of(self.submitted_at), rules.ANSWER_DAYS) if self.submitted_at else None

    @property
    def sign_by(self) -> date | None:
        """The day by which the charter should be signed."""
        return day_of(self.submitted_at) + timedelta(days=rules.SIGN_DAYS) if self.submitted_at else None

    @property
    def prepare_by(self) -> date | None:
        """The day by which the kit is ready: it may be prepared once granted and signed for."""
        if self.decided_at is None or self.charter_signed_at is None:
            return None
        return self.calendar.after(day_of(max(self.decided_at, self.charter_signed_at)), rules.PREPARE_DAYS)

    @property
    def send_by(self) -> date | None:
        """The day by which a packed parcel leaves."""
        return self.calendar.after(day_of(self.prepared_at), rules.HAND_TO_CARRIER_DAYS) if self.prepared_at else None

    @property
    def arrive_by(self) -> date | None:
        """The day after which a parcel is late."""
        return self.calendar.after(day_of(self.sent_at), rules.CARRIER_DAYS) if self.sent_at else None

    @property
    def pick_up_by(self) -> date | None:
        """The day until which the kit waits at the lycée."""
        return day_of(self.prepared_at) + timedelta(days=rules.PICKUP_DAYS) if self.prepared_at else None

    @property
    def granted(self) -> bool:
        """Whether the lycée said yes and the loan went on."""
        return self.state not in {LoanState.DRAFT, *UNDECIDED} and self.decided_at is not None


UNDECIDED = (LoanState.SUBMITTED, LoanState.WAITLISTED, LoanState.REFUSED, LoanState.WITHDRAWN)
"""States of a loan that the lycée has not granted."""


def day_of(instant: datetime | None) -> date:
    """The date in Paris of an instant that the caller knows to exist."""
    assert instant is not None
    return instant.astimezone(clock.PARIS).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: their account, whether the charter of this loan is theirs to sign, and whether they have."""

    account_id: int
    signs: bool
    signed: bool = False

    @property
    def awaited(self) -> bool:
        """Whether the charter waits for them."""
        return self.signs and not self.signed


STAFF = Reader(account_id=0, signs=False)
"""Whoever reads for the lycée."""


def tell(
    loan: Loan,
    *,
    to: Reader,
    postcode: str | None,
    pickup_place: str,
    ends_on: date | None,
    due_on: date | None,
    arrival: Arrival | None,
    undo_seconds: int,
) -> Story:
    """The story of a loan; `undo_seconds` is the time during which the head may change their mind.

    `due_on`: the day of return of a device that is lent for a while only.
    """
    state = rules.told_state(
        loan.state, decided_at=loan.decided_at, told_at=loan.told_at, undo_seconds=undo_seconds, now=clock.now()
    )
    hidden = state is not loan.state
    return Story(
        state=state,
        charter=loan.charter,
        delivery=loan.delivery,
        today=clock.today(),
        arrival=arrival,
        asked_by_reader=loan.requested_by == to.account_id,
        signs=to.awaited,
        signed=to.signed,
        to_staff=to is STAFF,
        calendar=Calendar.of(postcode),
        pickup_place=pickup_place,
        reason=None if hidden else loan.reason,
        ends_on=ends_on,
        due_on=due_on,
        started_at=loan.started_at,
        submitted_at=loan.submitted_at,
        charter_signed_at=loan.charter_signed_at,
        decided_at=None if hidden else loan.decided_at,
        prepared_at=loan.prepared_at,
        sent_at=loan.sent_at,
        received_at=loan.received_at,
        ended_at=None if hidden else loan.ended_at,
    )
