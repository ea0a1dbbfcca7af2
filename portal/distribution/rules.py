"""What a session decides, on plain values: its plan, the codes it reads, and what a rehearsal invents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from portal.distribution.states import AttendanceState, Workshop
from portal.kernel.values.references import new_opaque_code, parse_opaque_code
from portal.loans.states import TO_DECIDE, CharterGate, LoanState

USUAL_SLEEVES: Final = 2
USUAL_DEVICES: Final = 4
MOST_STATIONS: Final = 20
"""In one workshop; the database numbers up to 40 in a session."""


STUDENT_PREFIX: Final = "E"
"""The first letter of a student's code: « élève »."""

PRETEND_PREFIX: Final = "REP-"
"""How the label of an invented device begins: no real one may be taken for it, nor it for a real one."""

UNSIGNED_NAME: Final = "Sanscharte"
"""The family name of the invented students who have not signed: helpers learn what a refusal looks like."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a lycée plans: a day, the classes and when each is called, how many stations each workshop has."""

    name: str
    day: date
    classes: Mapping[str, time | None]
    stations: Mapping[Workshop, int]


class Readiness(StrEnum):
    """Whether a student may be served, or the one thing to settle first, in the order in which one settles it."""

    NOT_ASKED = "sans-demande"
    OBJECTED = "refus"
    UNREACHABLE = "injoignable"
    UNSIGNED = "charte"
    UNDECIDED = "decision"
    READY = "pret"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a student before the day; `reachable`: somebody who may sign can be written to."""

    loan_state: LoanState | None
    charter: CharterGate | None
    reachable: bool


def readiness(standing: Standing) -> Readiness:
    """The first obstacle, or none."""
    if standing.loan_state is None:
        return Readiness.NOT_ASKED
    if standing.charter in {CharterGate.DECLINED, CharterGate.OPPOSED}:
        return Readiness.OBJECTED
    if standing.charter is CharterGate.TO_SIGN:
        return Readiness.UNSIGNED if standing.reachable else Readiness.UNREACHABLE
    return Readiness.UNDECIDED if standing.loan_state in TO_DECIDE else Readiness.READY


class Missing(StrEnum):
    """Why a student has not left with a device, on the day and after."""

    COMING = "pas-venu"
    NO_DEVICE = "sans-appareil"
    ABSENT = "absent"
    STOPPED = "bloque"


def missing(state: AttendanceState, ready: Readiness) -> Missing | None:
    """The one reason, or None for who was served or is no longer expected."""
    if state in {AttendanceState.SERVED, AttendanceState.DROPPED}:
        return None
    if state is AttendanceState.CLEARED:
        return Missing.NO_DEVICE
    if ready is not Readiness.READY:
        return Missing.STOPPED
    return Missing.ABSENT if state is AttendanceState.ABSENT else Missing.COMING


LATELY: Final = timedelta(minutes=15)
"""The pace is that of the last quarter of an hour: a class just called shows, a coffee break is soon forgotten."""

ALIVE: Final = timedelta(seconds=60)
"""A station that was heard since then is alive."""


def pace(served: Sequence[datetime], *, since: datetime | None, now: datetime) -> int:
    """How many are served in an hour, as lately; 0 before anybody was."""
    begun = max(since or now, now - LATELY)
    lately = sum(at > begun for at in served)
    seconds = max((now - begun).total_seconds(), 60.0)
    return round(lately * 3600 / seconds)


def time_left(waiting: int, pace: int) -> timedelta | None:
    """How long it takes to serve those who wait, at this pace; None when nobody knows."""
    return timedelta(hours=waiting / pace) if pace else None


def new_student_code() -> str:
    """A code for a student's label: it says nothing, and bears a check character."""
    return new_opaque_code(STUDENT_PREFIX)


def read_student_code(raw: str) -> str | None:
    """The student's code that a scanner or a person typed; None when it cannot be one."""
    return parse_opaque_code(raw, STUDENT_PREFIX)


def pretend_tag(rank: int) -> str:
    """The label of the invented device number `rank` (from 1): « REP-0001 »."""
    return f"{PRETEND_PREFIX}{rank:04d}"


def is_pretend_tag(tag: str) -> bool:
    """Whether a label is that of an invented device."""
    return tag.startswith(PRETEND_PREFIX) and tag.removeprefix(PRETEND_PREFIX).isdecimal()


def pretends_unsigned(name: str) -> bool:
    """Whether an invented student stands for one whose charter is not signed."""
    return name.endswith(UNSIGNED_NAME)
