"""Ship right: before a box is closed, its device, its slip and its loan are scanned, and must be of one family.

Any order will do. When the three agree, the points of the packing list are shown; the slip, scanned once more, says
that they are done. Nothing is kept before that: a page left half-way is started again.
"""

from dataclasses import dataclass

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import files
from portal.platform.work import emit, use_case
from portal.schools import queries as school_queries
from portal.schools import services as schools
from portal.shipping import queries, rules
from portal.shipping.events import CheckWaived, ParcelPhotographed, ParcelSealed
from portal.shipping.models import Parcel
from portal.shipping.queries import Line
from portal.shipping.rules import Refused, Trio, Verdict
from portal.shipping.wording import bench as wording
from portal.shipping.wording import sealing as sealing_words
from portal.stock.rules import read_tag

SHORTEST_REASON = 10
PHOTOS = "colis-photo"


@dataclass(frozen=True, slots=True)
class Checked:
    """What is said, what has been scanned so far, and the parcel once it is known; nothing is said before a scan."""

    verdict: Verdict | None
    trio: Trio
    line: Line | None = None


class NoReason(DomainError):
    """A box without its check needs a word that one can read next year."""

    message = later(
        "Dites en quelques mots pourquoi le colis part sans vérification, par exemple « scanner en panne »."
    )


@use_case
def check(raw: str, *, trio: Trio, school_id: int, by: int) -> Checked:
    """Add one scan to the three; the slip once more, when they agree, seals the parcel. Raises `Refused`."""
    schools.lock(school_id)
    part, code = _recognised(raw)
    found = {each: _line_of(each, known) for each, known in trio.parts() if known and each != part}
    mine = _line_of(part, code)
    for other, line in found.items():
        if line.loan_id != mine.loan_id:
            raise Refused(wording.STOP, sealing_words.mismatch(part, mine, other, line))
    again = part == rules.SLIP and trio.complete
    after = Trio(**{**dict(trio.parts()), part: code})
    if mine.parcel_id is None or mine.parcel_state not in queries.AT_SCHOOL:
        raise Refused(wording.STOP, sealing_words.no_parcel_here(mine))
    if mine.sealed:
        return Checked(sealing_words.already(mine), Trio())
    if again:
        return Checked(_seal(mine, by), Trio())
    return Checked(sealing_words.so_far(after, mine), after, mine)


def _recognised(raw: str) -> tuple[str, str]:
    """Which of the three it is, and its code as the database writes it."""
    reading = rules.read(raw)
    if reading.parcel and queries.line_of_code(rules.Reading(None, reading.parcel, None, None)):
        return rules.SLIP, reading.parcel
    if reading.reference and queries.line_of_code(rules.Reading(None, None, reading.reference, None)):
        return rules.LOAN, reading.reference
    if reading.tag and queries.device(reading.tag):
        return rules.DEVICE, reading.tag
    raise Refused(wording.UNKNOWN, wording.unknown(raw))


def _line_of(part: str, code: str) -> Line:
    """The loan that a scan is about; a device that nobody holds is in no box."""
    if part == rules.DEVICE:
        device = queries.device(read_tag(code))
        line = queries.line_of_loan(device.holder_id) if device and device.holder_id else None
    else:
        line = queries.line_of_code(rules.read(code))
    if line is None:
        raise Refused(wording.STOP, sealing_words.nobodys(code))
    return line


def _seal(line: Line, by: int) -> Verdict:
    parcel = _parcel(line.parcel_public_id or "")
    if parcel.device_id != line.device_id:
        raise Refused(wording.STOP, sealing_words.exchanged(line))
    points = school_queries.packing(line.school_id).checklist
    parcel.sealed_at, parcel.sealed_by, parcel.checklist = clock.now(), by, list(points)
    emit(ParcelSealed(school_id=line.school_id, parcel_id=parcel.id))
    return sealing_words.sealed(line)


def _parcel(public_id: str) -> Parcel:
    parcel = queries.lock(public_id)
    if parcel.state not in queries.AT_SCHOOL:
        raise Refused(wording.STOP, wording.TOO_LATE)
    return parcel


def photograph(trio: Trio, *, content: bytes) -> Checked:
    """Keep a photo of the open box, in place of the one before. Raises `Refused`, or `UnreadablePhoto`.

    It shows what was packed, and nothing of who packed it where.
    """
    if not trio.complete:
        raise Refused(wording.STOP, sealing_words.scan_first())
    line = _line_of(rules.SLIP, trio.slip)
    keep_photo(line.parcel_public_id or "", file_key=files.keep_photo(content, kind=PHOTOS))
    return Checked(sealing_words.photographed(line), trio, line)


@use_case
def keep_photo(public_id: str, *, file_key: str | None) -> Parcel:
    """The photo of a box that is still here; None takes it away."""
    parcel = _parcel(public_id)
    parcel.photo_key = file_key
    emit(ParcelPhotographed(school_id=parcel.school_id, parcel_id=parcel.id))
    return parcel


@use_case
def seal_unscanned(public_id: str, *, reason: str, by: int) -> Parcel:
    """The scanner is broken: a manager answers for the box, and says why. Raises `NoReason`."""
    parcel, reason = _parcel(public_id), " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise NoReason
    if parcel.sealed_at is None:
        parcel.sealed_at, parcel.sealed_by, parcel.waiver = clock.now(), by, reason[:200]
        emit(CheckWaived(school_id=parcel.school_id, parcel_id=parcel.id))
    db.session.flush()  # the database has the last word on what is sealed
    return parcel
