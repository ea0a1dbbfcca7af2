"""Two stations that were cut off handed out the same device: a person says who has it."""

from portal.distribution.errors import TOO_LATE, NotNow
from portal.distribution.gate import Read, Reason, Turn, device_obstacle, student_obstacle
from portal.distribution.models import Scan
from portal.distribution.queries import stations as queries
from portal.distribution.queries.stations import Post
from portal.distribution.services.scanning import clear, hand_over, take_back
from portal.distribution.states import AttendanceState, Verdict
from portal.distribution.wording import refused
from portal.kernel import clock
from portal.platform.work import use_case


@use_case
def settle(scan_public_id: str, *, believed: bool, by: int) -> None:
    """Close a conflict: `believed`, the student of the scan has the device; otherwise things stay as they are.

    Settled twice, it is settled once. Raises `NotNow` when nothing but the other student's turn can be undone.
    """
    at = queries.lock_post_of(scan_public_id)
    row = queries.scan(scan_public_id)
    if row.verdict is Verdict.SETTLED:
        return
    if row.verdict is not Verdict.CONFLICT:
        raise NotNow(TOO_LATE)
    if believed:
        _believe(at, row)
    row.verdict, row.settled_by, row.settled_at = Verdict.SETTLED, by, clock.now()


def _believe(at: Post, row: Scan) -> None:
    """Whatever the student or the device was given meanwhile is taken back, then the scan is acted on."""
    if row.attendance_id is None or row.asset_tag is None:
        raise NotNow(TOO_LATE)
    for turn in queries.concerned(at, attendance_id=row.attendance_id, asset_tag=row.asset_tag):
        take_back(at, turn)
    turn = queries.turn(row.attendance_id)
    reason = _obstacle(at, turn, row.asset_tag)
    if reason:
        raise NotNow(refused(reason, turn=turn).text)
    if turn.state is not AttendanceState.CLEARED:
        clear(turn)
    hand_over(at, turn, tag=row.asset_tag)


def _obstacle(at: Post, turn: Turn, tag: str) -> Reason | None:
    machine = queries.facts(at, Read.pair(turn.code, tag), key="").machine
    return student_obstacle(turn, cleared=False) or device_obstacle(machine, turn)
