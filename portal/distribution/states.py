"""The lives of a session, and of a student's turn in it."""

from enum import StrEnum

from portal.kernel.states import LifeCycle, Transition
from portal.kernel.words import later


class SessionState(StrEnum):
    """Where a distribution session stands. One that was planned and never opened is simply removed."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class AttendanceState(StrEnum):
    """Where a student stands in the session. `served` means that the device is lent, in the same commit."""

    EXPECTED = "expected"
    CLEARED = "cleared"
    SERVED = "served"
    ABSENT = "absent"
    DROPPED = "dropped"


class Workshop(StrEnum):
    """What a station does: hand out the sleeve against the signed charter, or associate student and device."""

    SLEEVE = "sleeve"
    DEVICE = "device"


class Verdict(StrEnum):
    """What became of one scan. A `conflict` waits for a person; `settled` says that one decided."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    CONFLICT = "conflict"
    SETTLED = "settled"


class View(StrEnum):
    """What each of the three guided photos shows of the device."""

    CLOSED = "closed"
    OPEN = "open"
    UNDER = "under"


_S = SessionState
SESSION = LifeCycle(
    later("Séance de distribution"),
    _S.PLANNED,
    [
        Transition("open", (_S.PLANNED,), _S.OPEN),
        Transition("close", (_S.OPEN,), _S.CLOSED),
        Transition("reopen", (_S.CLOSED,), _S.OPEN),
    ],
)

_A = AttendanceState
ATTENDANCE = LifeCycle(
    later("Passage d’un élève"),
    _A.EXPECTED,
    [
        Transition("clear", (_A.EXPECTED, _A.ABSENT), _A.CLEARED),
        Transition("unclear", (_A.CLEARED,), _A.EXPECTED),
        Transition("serve", (_A.CLEARED,), _A.SERVED),
        Transition("take_back", (_A.SERVED,), _A.CLEARED),
        Transition("miss", (_A.EXPECTED, _A.CLEARED), _A.ABSENT),
        Transition("expect", (_A.ABSENT, _A.DROPPED), _A.EXPECTED),
        Transition("drop", (_A.EXPECTED, _A.CLEARED, _A.ABSENT), _A.DROPPED),
    ],
)
