"""A delivery comes to the school: boxes are scanned, or the whole slip is confirmed; what differs is written down."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import actor
from portal.platform.work import emit, use_case
from portal.schools import services as schools
from portal.stock.events import DeliveryClosed, DeliveryConfirmed
from portal.stock.models import DeliveryOddity, Device, LotDelivery
from portal.stock.queries import lots as queries
from portal.stock.rules import read_code
from portal.stock.services.holding import keep, moved
from portal.stock.states import DeviceState, Oddity


class NothingScanned(DomainError):
    """An empty field, or what no label can hold."""

    message = later("Ce code ne ressemble à aucune étiquette. Scannez le code-barres du carton ou de l’appareil.")


class NotReceivedYet(DomainError):
    """There is no reception to undo."""

    message = later("Cet appareil n’est pas libre en stock : sa réception ne peut plus être annulée.")


@dataclass(frozen=True, slots=True)
class Reception:
    """What a scan brought: the devices now in stock, those that already were, or why the box is not of this delivery."""

    code: str
    received: Sequence[Device] = ()
    already: int = 0
    oddity: Oddity | None = None
    place: str = ""


@use_case
def scan_in(public_id: str, *, raw: str) -> Reception:
    """Receive the device, or all the devices of the carton, whose label was scanned; scanned again, nothing changes."""
    code = read_code(raw)
    if code is None:
        raise NothingScanned
    delivery = _locked(public_id)
    found = queries.coded(delivery.id, code)
    if not found:
        return _odd(delivery, code)
    waiting = [device for device in found if device.can("receive")]
    _receive(delivery, waiting)
    return Reception(code, received=waiting, already=len(found) - len(waiting))


def _locked(public_id: str) -> LotDelivery:
    delivery = queries.lock_delivery(public_id)
    schools.lock(delivery.school_id)
    return delivery


def _receive(delivery: LotDelivery, devices: Sequence[Device]) -> None:
    if devices:
        keep([moved(device, "receive") for device in devices])
        delivery.closed_at = delivery.closed_by = None


def _odd(delivery: LotDelivery, code: str) -> Reception:
    """Write down a box that is not of this delivery; the same box once."""
    found = queries.anywhere(code)
    kind, place = Oddity.UNKNOWN, ""
    if found is not None:
        kind = Oddity.ALREADY_HERE if found.school_id == delivery.school_id else Oddity.ELSEWHERE
        place = found.school
    if queries.oddity(delivery.id, code) is None:
        who = actor.current().account_id
        owner = {"school_id": delivery.school_id, "delivery_id": delivery.id}
        db.session.add(DeliveryOddity(**owner, kind=kind, code=code, place=place, at=clock.now(), account_id=who))
    return Reception(code, oddity=kind, place=place)


@use_case
def confirm_all(public_id: str) -> int:
    """Everything that the slip names is there: receive what was not scanned; returns how many devices that is."""
    delivery = _locked(public_id)
    devices = queries.expected(delivery.id)
    _receive(delivery, devices)
    _close(delivery)
    emit(DeliveryConfirmed(school_id=delivery.school_id, delivery_id=delivery.id, devices=len(devices)))
    return len(devices)


@use_case
def close(public_id: str) -> int:
    """All boxes were scanned; returns how many devices are missing. They stay expected: a late box is simply scanned."""
    delivery = _locked(public_id)
    missing = len(queries.expected(delivery.id))
    _close(delivery)
    emit(DeliveryClosed(school_id=delivery.school_id, delivery_id=delivery.id, missing=missing))
    return missing


def _close(delivery: LotDelivery) -> None:
    delivery.closed_at, delivery.closed_by = clock.now(), actor.current().account_id


@use_case
def take_back(public_id: str, *, tag: str) -> Device:
    """One box was scanned by mistake: its device is expected again."""
    delivery = _locked(public_id)
    device = next(iter(queries.coded(delivery.id, tag)), None)
    if device is None or device.state is not DeviceState.IN_STOCK:
        raise NotReceivedYet
    keep([moved(device, "unreceive")])
    delivery.closed_at = delivery.closed_by = None
    return device
