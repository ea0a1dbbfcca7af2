"""A scan at a station: understood, decided and kept in one transaction, or refused in one sentence."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from portal.distribution import wording
from portal.distribution.errors import CLOSED, HELD_ELSEWHERE, TOO_LATE, NotNow
from portal.distribution.events import HandOverUndone, LaptopHandedOver
from portal.distribution.gate import (
    RECEIPT_AFTER,
    Earlier,
    Held,
    Read,
    Reason,
    Turn,
    device_obstacle,
    is_echo,
    student_obstacle,
)
from portal.distribution.models import Scan
from portal.distribution.queries import stations as queries
from portal.distribution.queries.stations import Facts, Post
from portal.distribution.services import conditions
from portal.distribution.states import AttendanceState, Verdict, Workshop
from portal.distribution.wording import Answer, Said
from portal.extensions import db
from portal.kernel import clock
from portal.loans import services as loans
from portal.platform.work import emit, use_case


def scan(public_id: str, *, raw: str, key: str, held: Held, by: int) -> Said:
    """Act on one code at the station `public_id`; `key` is the post's own name for this scan, `held` the other half.

    The same key again is answered alike, and does nothing. Raises `NotNow` when this person cannot scan there now,
    or when somebody else did the same at the same moment: the database keeps one holder per device.
    """
    try:
        return _scan(public_id, raw=raw, key=key, held=held, by=by)
    except (IntegrityError, StaleDataError):
        raise NotNow(TOO_LATE) from None


@use_case
def _scan(public_id: str, *, raw: str, key: str, held: Held, by: int) -> Said:
    at = queries.lock_post(public_id)
    must_hold(at, by=by)
    read = Read.of(raw, held)
    facts = queries.facts(at, read, key=key)
    before = facts.earlier or (facts.latest if is_echo(facts.latest, read.own, now=clock.now()) else None)
    if before:
        return Said(_again(at, before))
    if not read.own:
        return Said(wording.refused(Reason.UNKNOWN if raw.strip() else Reason.EMPTY), held)
    decide = _sleeve if at.workshop is Workshop.SLEEVE else _device
    return decide(at, facts, read, key)


def look(at: Post, raw: str) -> Said | None:
    """What the station would say of a student, and nothing is done: for who comes back from a signature."""
    facts = queries.facts(at, Read.of(raw, Held()), key="")
    turn, second = facts.turn, at.workshop is Workshop.DEVICE
    if turn is None:
        return None
    if reason := student_obstacle(turn, cleared=second):
        return Said(wording.refused(reason, turn=turn))
    if second:
        return Said(wording.which_device(turn), Held(code=turn.code))
    ready = turn.state is AttendanceState.CLEARED
    return Said(wording.already_cleared(turn) if ready else wording.signed(turn))


def must_hold(at: Post, *, by: int) -> None:
    """Whoever scans holds the station, while the session is open."""
    if not at.is_open:
        raise NotNow(CLOSED)
    if at.account_id != by:
        raise NotNow(HELD_ELSEWHERE)


def _again(at: Post, before: Earlier) -> Answer:
    """What was answered the first time."""
    turn = queries.turn(before.attendance_id) if before.attendance_id else None
    if before.verdict is not Verdict.ACCEPTED or turn is None:
        return wording.refused(before.reason or Reason.UNKNOWN, turn=turn)
    return _done(at, turn, tag=before.asset_tag)


def _done(at: Post, turn: Turn, *, tag: str | None) -> Answer:
    if at.workshop is Workshop.SLEEVE:
        return wording.cleared(turn)
    return wording.handed_over(turn, tag=tag or "")


def _sleeve(at: Post, facts: Facts, read: Read, key: str) -> Said:
    """Workshop 1: the charter is signed, or nothing leaves."""
    turn = facts.turn
    if read.tag:
        return Said(_refuse(at, facts, read, key, Reason.WRONG_WORKSHOP if facts.machine else Reason.UNKNOWN))
    reason = student_obstacle(turn, cleared=False)
    if turn is None or reason:
        return Said(_refuse(at, facts, read, key, reason or Reason.UNKNOWN))
    if turn.state is AttendanceState.CLEARED:
        return Said(wording.already_cleared(turn))
    clear(turn)
    keep(at, key=key, turn=turn)
    return Said(wording.cleared(turn))


def _device(at: Post, facts: Facts, read: Read, key: str) -> Said:
    """Workshop 2: the student and the device, in any order."""
    turn, machine = facts.turn, facts.machine
    if read.code and (reason := student_obstacle(turn, cleared=True)):
        return Said(_refuse(at, facts, read, key, reason), Held(tag=read.tag if machine else ""))
    if read.tag and (reason := device_obstacle(machine, turn)):
        return Said(_refuse(at, facts, read, key, reason), Held(code=read.code))
    if turn is None or machine is None:
        asks = wording.which_device(turn) if turn else wording.for_whom(read.tag)
        return Said(asks, Held(code=read.code, tag=read.tag))
    hand_over(at, turn, tag=machine.asset_tag)
    keep(at, key=key, turn=turn, tag=machine.asset_tag)
    return Said(wording.handed_over(turn, tag=machine.asset_tag))


def _refuse(at: Post, facts: Facts, read: Read, key: str, reason: Reason) -> Answer:
    keep(at, key=key, turn=facts.turn, tag=read.tag or None, verdict=Verdict.REFUSED, reason=reason)
    return wording.refused(reason, turn=facts.turn, machine=facts.machine)


def keep(
    at: Post,
    *,
    key: str,
    turn: Turn | None,
    tag: str | None = None,
    verdict: Verdict = Verdict.ACCEPTED,
    reason: Reason | None = None,
    made_at: datetime | None = None,
) -> None:
    """Write the scan down as it came. `made_at` is when a station that was cut off made it."""
    now = clock.now()
    row = Scan(
        school_id=at.school_id,
        session_id=at.session_id,
        station_id=at.id,
        key=key,
        attendance_id=turn.attendance_id if turn else None,
        asset_tag=tag,
        scanned_at=made_at or now,
        received_at=now,
        alone=made_at is not None,
        verdict=verdict,
        reason=reason,
    )
    db.session.add(row)


@use_case
def clear(turn: Turn) -> None:
    """Workshop 1 is passed. The caller has checked `student_obstacle`."""
    row = queries.attendance(turn.attendance_id)
    row.move("clear")
    row.cleared_at = clock.now()


@use_case
def hand_over(at: Post, turn: Turn, *, tag: str) -> None:
    """The student has the device: turn, loan and device move together. The caller has checked both obstacles."""
    row = queries.attendance(turn.attendance_id)
    row.move("serve")
    row.asset_tag, row.served_at = tag, clock.now()
    if turn.loan_id is not None:
        loans.hand_over(turn.loan_id, asset_tag=tag)
        emit(LaptopHandedOver(school_id=at.school_id, loan_id=turn.loan_id), delay=RECEIPT_AFTER)


@use_case
def take_back(at: Post, turn: Turn) -> None:
    """The hand-over was a slip: the student waits again, the device stays set aside for the same loan."""
    row = queries.attendance(turn.attendance_id)
    row.move("take_back")
    row.asset_tag = row.served_at = None
    if turn.loan_id is not None:
        loans.take_back_kit(turn.loan_id)
        conditions.forget(turn.loan_id)
        emit(HandOverUndone(school_id=at.school_id, loan_id=turn.loan_id))


@dataclass(frozen=True, slots=True)
class Undone:
    """At which station (public id), and what it says."""

    station: str
    said: Said


@use_case
def undo(scan_public_id: str, *, by: int) -> Undone:
    """As before one of the station's scans. Undone twice, it is undone once; raises `NotNow` when things moved on."""
    at = queries.lock_post_of(scan_public_id)
    must_hold(at, by=by)
    row = queries.scan(scan_public_id)
    if row.attendance_id is None or row.verdict is not Verdict.ACCEPTED:
        raise NotNow(TOO_LATE)
    turn = queries.turn(row.attendance_id)
    if row.undone_at is None:
        _undo(at, turn, tag=row.asset_tag)
        row.undone_at = clock.now()
    return Undone(at.public_id, Said(wording.undone(turn, workshop=at.workshop)))


def _undo(at: Post, turn: Turn, *, tag: str | None) -> None:
    if at.workshop is Workshop.DEVICE:
        if turn.asset_tag != tag:
            raise NotNow(TOO_LATE)
        take_back(at, turn)
        return
    row = queries.attendance(turn.attendance_id)
    row.move("unclear")
    row.cleared_at = None
