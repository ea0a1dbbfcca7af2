"""Devices go from one school to another: asked, sent by scan, received by scan. Until it is received, a device is the sender's.

Both schools write here, each on its own side only; what a person sees is never widened: the use-case takes the schools
of whoever acts, and only then the scope of both.
"""

from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import actor, scope
from portal.platform.work import emit, use_case
from portal.schools import services as schools
from portal.stock.events import TransferAsked, TransferReceived, TransferRefused, TransferSent
from portal.stock.models import Device, Transfer, TransferLine
from portal.stock.queries import transfers as queries
from portal.stock.rules import NOT_AVAILABLE, read_code
from portal.stock.services.holding import NoSuchDevice, keep, moved, noted
from portal.stock.services.receiving import NothingScanned
from portal.stock.states import DeviceKind, DeviceState, Pool, TransferState


class NotYours(DomainError):
    """The other school does this."""

    message = later("C’est à l’autre lycée de le faire. Rechargez la page pour voir où en est le transfert.")


class NotFree(DomainError):
    """The device that was scanned cannot leave; the sentence says why."""


class OtherKind(DomainError):
    """Tablets were asked for, and a laptop was scanned."""

    message = later("Ce n’est pas le type de matériel demandé. Mettez-le de côté, puis scannez le suivant.")


class NotInTransfer(DomainError):
    """A device came that the other school did not send with this transfer."""

    message = later("Cet appareil n’est pas dans ce transfert. Mettez-le de côté, puis appelez l’autre lycée.")


class Closed(DomainError):
    """Nothing may be added any more."""

    message = later("Ce transfert est terminé. Rechargez la page pour voir où il en est.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """From which school to which, how many of what, and into which pool they arrive."""

    sender_id: int
    receiver_id: int
    kind: DeviceKind
    pool: Pool
    wanted: int


@dataclass(frozen=True, slots=True)
class Step:
    """What a scan did: the device, and whether it was the same as before."""

    device: Device
    arrived: bool
    again: bool = False
    left: int = 0


@use_case
def ask_transfer(travel: Travel, *, here: int) -> Transfer:
    """One of the two schools asks the other for devices, or offers them. It begins empty."""
    if here not in {travel.sender_id, travel.receiver_id}:
        raise NotYours
    transfer = Transfer(
        number=queries.last_number() + 1,
        sender_id=travel.sender_id,
        receiver_id=travel.receiver_id,
        asked_here=here,
        kind=travel.kind,
        pool=travel.pool,
        wanted=travel.wanted,
        asked_by=actor.current().account_id,
        asked_at=clock.now(),
    )
    db.session.add(transfer)
    db.session.flush()  # the event names it
    emit(TransferAsked(school_id=here, transfer_id=transfer.id))
    return transfer


@use_case
def scan_transfer(public_id: str, *, raw: str, mine: Collection[int]) -> Step:
    """One scan: at the sender's a device leaves, at the receiver's it arrives."""
    code = read_code(raw)
    if code is None:
        raise NothingScanned
    transfer = queries.lock_transfer(public_id, schools=mine)
    with _both(transfer):
        device = queries.coded(code)
        if device is None:
            raise NoSuchDevice
        step = _arrive(transfer, device) if transfer.receiver_id in mine else _leave(transfer, device)
        db.session.flush()  # inside the scope of both schools
    return step


def _both(transfer: Transfer) -> AbstractContextManager[None]:
    """The scope of the two schools, each held, in the order of their numbers so that nobody waits in a ring."""
    for school_id in sorted((transfer.sender_id, transfer.receiver_id)):
        schools.lock(school_id)
    return scope.schools(transfer.sender_id, transfer.receiver_id)


def _leave(transfer: Transfer, device: Device) -> Step:
    if device.transfer_id == transfer.id:
        return Step(device, arrived=False, again=True)
    _check_leaving(transfer, device)
    line = queries.line(transfer.id, device.id)
    if line is None:
        line = TransferLine(transfer_id=transfer.id, device_id=device.id, former_pool=device.pool, sent_at=clock.now())
        db.session.add(line)
    device.transfer_id = transfer.id
    keep([moved(device, "send_away")])
    if transfer.state is TransferState.ASKED:
        transfer.move("send")
        emit(TransferSent(school_id=transfer.sender_id, transfer_id=transfer.id))
    return Step(device, arrived=False)


def _check_leaving(transfer: Transfer, device: Device) -> None:
    if transfer.state not in queries.OPEN:
        raise Closed
    if device.school_id != transfer.sender_id:
        raise NoSuchDevice
    if device.state is not DeviceState.IN_STOCK:
        raise NotFree(NOT_AVAILABLE.get(device.state, "Cet appareil est réservé à un élève."))
    if device.kind is not transfer.kind:
        raise OtherKind


def _arrive(transfer: Transfer, device: Device) -> Step:
    line = queries.line(transfer.id, device.id)
    if line is None:
        raise NotInTransfer
    if device.transfer_id != transfer.id:
        return Step(device, arrived=True, again=True, left=queries.waiting(transfer.id))
    line.received_at = clock.now()
    _settle(device, school_id=transfer.receiver_id, pool=transfer.pool, transition="arrive")
    left = queries.waiting(transfer.id)
    if not left:
        transfer.move("complete")
        emit(TransferReceived(school_id=transfer.receiver_id, transfer_id=transfer.id))
    return Step(device, arrived=True, left=left)


def _settle(device: Device, *, school_id: int, pool: Pool, transition: str) -> None:
    device.transfer_id, device.school_id, device.pool, device.location = None, school_id, pool, ""
    keep([moved(device, transition)])


@use_case
def undo_transfer(public_id: str, *, tag: str, mine: Collection[int]) -> Device:
    """One device was scanned by mistake: the sender takes it back, or the receiver had not received it."""
    transfer = queries.lock_transfer(public_id, schools=mine)
    with _both(transfer):
        device = queries.coded(tag)
        line = queries.line(transfer.id, device.id) if device else None
        if device is None or line is None:
            raise NotInTransfer
        _unarrive(transfer, device, line) if transfer.receiver_id in mine else _unleave(transfer, device, line)
        db.session.flush()  # inside the scope of both schools
    return device


def _unleave(transfer: Transfer, device: Device, line: TransferLine) -> None:
    if device.transfer_id != transfer.id:
        raise NotYours
    db.session.delete(line)
    device.transfer_id = None
    keep([moved(device, "send_undone")])
    db.session.flush()  # what is left is counted by the database
    if not queries.waiting(transfer.id):
        transfer.move("complete" if queries.arrived(transfer.id) else "reopen")


def _unarrive(transfer: Transfer, device: Device, line: TransferLine) -> None:
    if line.received_at is None or device.school_id != transfer.receiver_id:
        raise NotYours
    if device.state is not DeviceState.IN_STOCK:
        raise NotFree(later("Cet appareil sert déjà dans votre lycée : son arrivée ne peut plus être annulée."))
    line.received_at, device.transfer_id = None, transfer.id
    device.school_id, device.pool = transfer.sender_id, line.former_pool
    keep([moved(device, "arrive_undone")])
    if transfer.state is TransferState.RECEIVED:
        transfer.move("reopen_reception")


@use_case
def refuse_transfer(public_id: str, *, reason: str, mine: Collection[int]) -> Transfer:
    """The school that was asked says no, and why."""
    transfer = queries.lock_transfer(public_id, schools=mine)
    if transfer.asked_here in mine:
        raise NotYours
    transfer.reason = reason
    transfer.move("refuse")
    emit(TransferRefused(school_id=transfer.asked_here, transfer_id=transfer.id))
    return transfer


@use_case
def cancel_transfer(public_id: str, *, mine: Collection[int]) -> Transfer:
    """The school that asked no longer needs it; nothing had left."""
    transfer = queries.lock_transfer(public_id, schools=mine)
    if transfer.asked_here not in mine:
        raise NotYours
    transfer.move("cancel")
    return transfer


@use_case
def change_pool(*, raw: str, pool: Pool, school_id: int) -> Step:
    """Move a free device of the school into the emergency pool, or back; scanned twice, nothing changes."""
    code = read_code(raw)
    if code is None:
        raise NothingScanned
    schools.lock(school_id)
    device = queries.coded(code)
    if device is None:
        raise NoSuchDevice
    if device.pool is pool:
        return Step(device, arrived=True, again=True)
    if device.state is not DeviceState.IN_STOCK:
        raise NotFree(NOT_AVAILABLE.get(device.state, "Cet appareil est réservé à un élève."))
    device.pool = pool
    keep([noted(device, f"to_{pool.value}")])
    return Step(device, arrived=True)
