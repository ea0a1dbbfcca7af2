"""What stands between a student and a device on the day. Plain values in, one reason out: the first is the one to settle."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from portal.distribution.rules import is_pretend_tag, pretends_unsigned, read_student_code
from portal.distribution.states import AttendanceState, Verdict, Workshop
from portal.loans.states import TO_DECIDE, CharterGate, Delivery, LoanState
from portal.stock.rules import NOT_AVAILABLE, read_tag
from portal.stock.states import DeviceKind, DeviceState

ECHO: Final = timedelta(seconds=2)
"""The same code at the same station within this time is one scan: a trigger held too long."""

RECEIPT_AFTER: Final = 120
"""Seconds before the family is told: the time to undo a slip."""

MOST_SHEETS: Final = 200
"""Scans that a station sends at once when the network is back; the rest follows."""

READY: Final = frozenset({LoanState.APPROVED, LoanState.AWAITING_PICKUP})
"""Loans whose kit may be handed over at the school."""


class Reason(StrEnum):
    """Why a scan was refused, as it is kept."""

    EMPTY = "empty"
    UNKNOWN = "unknown"
    WRONG_WORKSHOP = "wrong_workshop"
    DROPPED = "dropped"
    NO_LOAN = "no_loan"
    UNSIGNED = "unsigned"
    DECLINED = "declined"
    OPPOSED = "opposed"
    UNDECIDED = "undecided"
    ENDED = "ended"
    BY_POST = "by_post"
    SERVED = "served"
    NOT_CLEARED = "not_cleared"
    NOT_AVAILABLE = "not_available"
    LENT = "lent"
    OTHER_KIND = "other_kind"
    SET_ASIDE = "set_aside"
    SAME = "same"
    UNSEALED = "unsealed"


GATES: Final = {
    CharterGate.TO_SIGN: Reason.UNSIGNED,
    CharterGate.DECLINED: Reason.DECLINED,
    CharterGate.OPPOSED: Reason.OPPOSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One student's turn, with what the loan says now; invented in a rehearsal."""

    attendance_id: int
    code: str
    state: AttendanceState
    name: str
    class_name: str
    asset_tag: str | None
    pretend: bool = False
    loan_id: int | None = None
    loan_public_id: str | None = None
    loan_state: LoanState | None = None
    charter: CharterGate | None = None
    delivery: Delivery | None = None
    kind: DeviceKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The device under the scanner, and whom it is set aside for."""

    asset_tag: str
    state: DeviceState
    kind: DeviceKind | None = None
    holder_loan: int | None = None
    holder_state: LoanState | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What was scanned first and waits for the other half: a student's code or a device's label."""

    code: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A scan that the station already sent, and what was answered."""

    verdict: Verdict
    reason: Reason | None
    attendance_id: int | None
    code: str | None
    asset_tag: str | None
    received_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Read:
    """A student's code, a device's label, or both: what was just scanned (`own`, empty when it can be neither)."""

    code: str
    tag: str
    own: str

    @classmethod
    def of(cls, raw: str, held: Held) -> "Read":
        """The code just scanned, beside what waits. Scanners end with CR, LF or Tab; people add spaces."""
        if code := read_student_code(raw):
            return cls(code, held.tag, code)
        tag = read_tag(raw) or ""
        return cls(held.code, tag, tag)

    @classmethod
    def pair(cls, code: str, tag: str) -> "Read":
        """Both halves, as a station that was cut off kept them."""
        own = read_tag(tag) or ""
        return cls(read_student_code(code) or "", own, own)


def student_obstacle(turn: Turn | None, *, cleared: bool) -> Reason | None:
    """Why this student may not go on; `cleared`: at workshop 2, which asks that workshop 1 was passed."""
    if turn is None:
        return Reason.UNKNOWN
    if turn.state is AttendanceState.DROPPED:
        return Reason.DROPPED
    if turn.state is AttendanceState.SERVED:
        return Reason.SERVED
    if reason := _pretended(turn) if turn.pretend else _loan_obstacle(turn):
        return reason
    return Reason.NOT_CLEARED if cleared and turn.state is not AttendanceState.CLEARED else None


def _pretended(turn: Turn) -> Reason | None:
    return Reason.UNSIGNED if pretends_unsigned(turn.name) else None


def _loan_obstacle(turn: Turn) -> Reason | None:
    """What the loan says: asked, signed, decided, to be fetched at the school; in the order in which one settles it."""
    if turn.loan_state is None or turn.loan_state is LoanState.DRAFT:
        return Reason.NO_LOAN
    if turn.charter in GATES:
        return GATES[turn.charter]
    if turn.loan_state in TO_DECIDE:
        return Reason.UNDECIDED
    if turn.delivery is Delivery.HOME:
        return Reason.BY_POST
    return None if turn.loan_state in READY or turn.loan_state is LoanState.PREPARING else Reason.ENDED


def device_obstacle(machine: Machine | None, turn: Turn | None) -> Reason | None:
    """Why this device may not leave, or not with this student."""
    if machine is None:
        return Reason.UNKNOWN
    if machine.state is DeviceState.LENT:
        return Reason.LENT
    if machine.state in NOT_AVAILABLE:
        return Reason.NOT_AVAILABLE
    if turn and not turn.pretend and machine.kind is not turn.kind:
        return Reason.OTHER_KIND
    kept = machine.holder_loan is not None and machine.holder_state is not LoanState.APPROVED
    return Reason.SET_ASIDE if kept and (turn is None or machine.holder_loan != turn.loan_id) else None


def pretend_machine(tag: str, *, taken: bool) -> Machine | None:
    """An invented device: free until another student of the rehearsal has it."""
    state = DeviceState.LENT if taken else DeviceState.IN_STOCK
    return Machine(asset_tag=tag, state=state) if is_pretend_tag(tag) else None


def is_echo(latest: Earlier | None, own: str, *, now: datetime) -> bool:
    """Whether this is the scan before, sent once more by one pull of the trigger."""
    if latest is None or latest.undone_at or now - latest.received_at >= ECHO:
        return False
    return bool(own) and own == (latest.asset_tag or latest.code)


def remote_state(turn: Turn) -> str:
    """What a station that is cut off needs to know of a student: `ready`, `cleared`, `served` or `stop`."""
    if turn.state is AttendanceState.SERVED:
        return "served"
    if student_obstacle(turn, cleared=False):
        return "stop"
    return "cleared" if turn.state is AttendanceState.CLEARED else "ready"


def asks_for_a_person(reason: Reason, *, workshop: Workshop) -> bool:
    """Whether a scan that a cut-off station made, and that cannot stand, is shown to somebody.

    A device has left with a student: somebody decides. A sleeve handed out too soon harms nobody.
    """
    return workshop is Workshop.DEVICE and reason is not Reason.SAME
