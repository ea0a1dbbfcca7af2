"""What a station scanned while the network was cut: each scan sealed by the post, acted on once, in order; none dropped."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from portal.distribution.gate import (
    Read,
    Reason,
    asks_for_a_person,
    device_obstacle,
    student_obstacle,
)
from portal.distribution.queries import stations as queries
from portal.distribution.queries.stations import Facts, Post
from portal.distribution.services.scanning import clear, hand_over, keep
from portal.distribution.states import AttendanceState, Verdict, Workshop
from portal.kernel import clock
from portal.platform.keyed import digest
from portal.platform.work import use_case

PURPOSE = "distribution.station"
SALT = "distribution.tags"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One scan as the post kept it: its key, what was read, when (`at`, as the post wrote it), and the post's seal."""

    key: str
    code: str
    tag: str
    at: str
    seal: str

    @property
    def signed(self) -> bytes:
        """What the seal covers."""
        return f"{self.key}\n{self.code}\n{self.tag}\n{self.at}".encode()

    @property
    def moment(self) -> datetime:
        """When it was made; now, if the post's clock runs ahead or wrote no instant."""
        now = clock.now()
        try:
            made = datetime.fromisoformat(self.at)
        except ValueError:
            return now
        return min(made, now) if made.tzinfo else now


def key_of(station_public_id: str) -> str:
    """The key with which a post seals its scans (hexadecimal): computed from ours, kept nowhere."""
    return digest(PURPOSE, station_public_id)


def hashed_tags(tags: Sequence[str], *, salt: str) -> list[str]:
    """What a post may keep of the devices that are free: it recognises a label, and reads none."""
    return [sha256(f"{salt}{tag}".encode()).hexdigest()[:16] for tag in tags]


def salt_of(station_public_id: str) -> str:
    """The salt of a post's hashes."""
    return digest(SALT, station_public_id)[:32]


def replay(public_id: str, sheets: Sequence[Sheet]) -> list[str]:
    """Act on these scans of the station `public_id`, in order; returns the keys that it may forget.

    One that was already received is answered by its key alone. A scan that cannot stand becomes a conflict that a
    person settles: the device is already in somebody's hands. One that met another at the same instant stays with the
    post, which sends it again.
    """
    kept = []
    for sheet in sheets:
        try:
            _replay(public_id, sheet)
        except (IntegrityError, StaleDataError):
            break
        kept.append(sheet.key)
    return kept


@use_case
def _replay(public_id: str, sheet: Sheet) -> None:
    at = queries.lock_post(public_id)
    read = Read.pair(sheet.code, sheet.tag)
    facts = queries.facts(at, read, key=sheet.key)
    if facts.earlier:
        return
    reason = _obstacle(at, facts, read) if _sealed(public_id, sheet) else Reason.UNSEALED
    if reason is None:
        _act(at, facts, read)
    verdict = Verdict.ACCEPTED if reason is None else Verdict.REFUSED
    if reason and asks_for_a_person(reason, workshop=at.workshop):
        verdict = Verdict.CONFLICT
    tag = read.tag or None
    keep(at, key=sheet.key, turn=facts.turn, tag=tag, verdict=verdict, reason=reason, made_at=sheet.moment)


def _sealed(public_id: str, sheet: Sheet) -> bool:
    expected = hmac.new(bytes.fromhex(key_of(public_id)), sheet.signed, sha256).hexdigest()
    return hmac.compare_digest(expected, sheet.seal)


def _obstacle(at: Post, facts: Facts, read: Read) -> Reason | None:
    """As at the station, but for workshop 1: a student who came from it may be known there only later."""
    turn = facts.turn
    if turn and (turn.asset_tag == read.tag if read.tag else turn.state is AttendanceState.CLEARED):
        return Reason.SAME
    if reason := student_obstacle(turn, cleared=False):
        return reason
    return device_obstacle(facts.machine, turn) if at.workshop is Workshop.DEVICE else None


def _act(at: Post, facts: Facts, read: Read) -> None:
    assert facts.turn is not None, "no obstacle, hence a student"
    if facts.turn.state is not AttendanceState.CLEARED:
        clear(facts.turn)
    if at.workshop is Workshop.DEVICE:
        hand_over(at, facts.turn, tag=read.tag)
