"""The scan: device, loan and parcel meet, or are refused in one word. One scan at a time in a school."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.values.references import new_opaque_code
from portal.loans import services as loans
from portal.loans.errors import NotSigned
from portal.loans.states import LoanState
from portal.platform.work import use_case
from portal.schools import queries as school_queries
from portal.schools import services as schools
from portal.shipping import queries, rules
from portal.shipping.models import Parcel
from portal.shipping.queries import DeviceFacts, Line
from portal.shipping.rules import Bench, Refused, Verdict
from portal.shipping.services import labels, parcels
from portal.shipping.wording import bench as wording
from portal.stock import rules as stock_rules
from portal.stock import services as stock
from portal.stock.rules import Scanned
from portal.stock.services import Want
from portal.stock.states import DeviceState

PACKED = (LoanState.PREPARING, LoanState.AWAITING_PICKUP)

NOTHING = Bench()


@dataclass(frozen=True, slots=True)
class Scan:
    """What is said, and what the bench remembers for the next scan."""

    verdict: Verdict
    bench: Bench = NOTHING


def scan(raw: str, *, bench: Bench, school_id: int, by: int) -> Scan:
    """Act on one code: a device, a loan's reference, a parcel's code or a tracking number.

    Raises `Refused` (or another `DomainError`) when nothing may be done; then nothing is. Scans of a school follow one
    another, so that of two clerks with the same device or the same loan, the second reads what the first has done.
    """
    try:
        return _scan(raw, bench=bench, school_id=school_id, by=by)
    except (IntegrityError, StaleDataError):  # whatever slipped between: the database keeps one holder, one number
        raise Refused(wording.STOP, wording.TOO_LATE) from None


@use_case
def _scan(raw: str, *, bench: Bench, school_id: int, by: int) -> Scan:
    schools.lock(school_id)
    reading = rules.read(raw)
    if device := queries.device(reading.tag):
        return _device(device, bench)
    if line := queries.line_of_code(reading):
        return _loan(line, bench)
    if reading.tracking and bench.loan:
        return _number(raw, bench, by)
    raise Refused(wording.UNKNOWN, wording.unknown(raw))


def _device(device: DeviceFacts, bench: Bench) -> Scan:
    """A device is in hand: for the loan chosen, or else for the one it is set aside for."""
    line = queries.line(bench.loan) if bench.loan else _holder(device)
    if line is None:
        return _for_whom(device)
    own = line.device_id == device.device_id
    if line.state is LoanState.APPROVED:
        return Scan(_prepare(line, device))
    if own and bench.loan and line.state is LoanState.AWAITING_PICKUP:
        return Scan(_collect(line))
    if own and line.state in PACKED:
        return Scan(wording.already(line))
    if line.state in PACKED:
        raise Refused(wording.OTHER, wording.other_device(line))
    raise Refused(wording.STOP, stock_rules.NOT_AVAILABLE.get(device.state, wording.NOTHING_TO_DO))


def _holder(device: DeviceFacts) -> Line | None:
    return queries.line_of_loan(device.holder_id) if device.holder_id else None


def _for_whom(device: DeviceFacts) -> Scan:
    """A free device: the loan may be scanned next."""
    if device.state is not DeviceState.IN_STOCK:
        raise Refused(wording.STOP, stock_rules.NOT_AVAILABLE[device.state])
    return Scan(wording.for_whom(device.asset_tag), Bench(tag=device.asset_tag))


def _loan(line: Line, bench: Bench) -> Scan:
    """A loan is named: it is chosen, or gets the device scanned just before."""
    if line.state not in rules.LANES or line.state is LoanState.LENT:
        raise Refused(wording.STOP, wording.NOTHING_TO_DO)
    device = queries.device(bench.tag)
    if device and line.state is LoanState.APPROVED:
        return Scan(_prepare(line, device))
    return Scan(wording.chosen(line), Bench(loan=line.public_id))


def _prepare(line: Line, device: DeviceFacts) -> Verdict:
    """Assign, pack, and either make the parcel or set the kit aside at the school."""
    facts = Scanned(
        state=device.state,
        kind=device.kind,
        wanted_kind=line.kind,
        holder_loan=device.holder_id,
        bench_loan=line.loan_id,
        holder_reference=device.holder_reference,
        holder_is_packed=device.holder_state is not LoanState.APPROVED,
    )
    if reason := stock_rules.obstacle(facts):
        raise Refused(wording.STOP, reason)
    loans.prepare(line.loan_id)  # locks the loan before its device, as decisions do: nobody waits in a ring
    stock.assign(Want(line.loan_id, line.student_id, line.kind), asset_tag=device.asset_tag)
    exchanged = device.holder_id not in {None, line.loan_id}
    if not line.by_post:
        loans.set_aside(line.loan_id)
        return wording.set_aside(line, exchanged=exchanged)
    return wording.packed(line, code=_parcel(line, device).code, exchanged=exchanged)


def _parcel(line: Line, device: DeviceFacts) -> Parcel:
    """The box, with the address as it is now and the weight of its model: the lycée's, or the catalogue's."""
    parcel = Parcel(
        school_id=line.school_id,
        code=new_opaque_code(rules.PARCEL_PREFIX),
        loan_id=line.loan_id,
        student_id=line.student_id,
        device_id=device.device_id,
        weight=school_queries.packing(line.school_id).weights.get(device.model_id, device.weight),
        made_at=clock.now(),
    )
    parcel.address = line.address
    db.session.add(parcel)
    return parcel


def _collect(line: Line) -> Verdict:
    """At the desk: this very device, against the signed charter."""
    if not line.signed:
        raise Refused(wording.UNSIGNED, NotSigned.message)
    loans.collect(line.loan_id)
    return wording.collected(line)


def _number(raw: str, bench: Bench, by: int) -> Scan:
    """The carrier's sticker, for the parcel chosen; a doubtful number is kept when it is scanned twice."""
    line = queries.line(bench.loan)
    if line is None or line.parcel_public_id is None:
        raise Refused(wording.STOP, wording.NO_PARCEL)
    twice = bench.number == raw.strip()
    try:
        number = rules.tracking(raw, confirmed=twice)
    except rules.KeyDoubt:
        return Scan(wording.doubt(), Bench(loan=bench.loan, number=raw.strip()))
    parcels.note_number(line.parcel_public_id, number=number, by=by)
    return Scan(wording.tracked(line, number))


@use_case
def unpack(public_id: str, *, school_id: int) -> Verdict:
    """Undo a preparation: the parcel is cancelled, the device stays set aside. Done twice, it is done once."""
    schools.lock(school_id)
    line = queries.line(public_id)
    if line is None:
        raise Refused(wording.STOP, wording.NOTHING_TO_DO)
    if line.state is LoanState.APPROVED:
        return wording.undone(line)
    if parcel := queries.live_parcel(line.loan_id):
        parcel.move("cancel")
        labels.void(parcel.id)
        if parcel.tracking_number:
            loans.note_tracking(line.loan_id, number=None)
        parcel.tracking_number = parcel.key_confirmed_by = None
    loans.unpack(line.loan_id)
    return wording.undone(line)
