"""From a lot that was looked at to devices that schools expect, and back as long as none was received.

A page only asks; the worker does it in one transaction, however many devices there are. Given the same work twice, it
finds that the lot has moved on, and does nothing.
"""

from typing import Final

from sqlalchemy import delete, func, insert, literal, select

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform.work import emit, use_case
from portal.stock.events import LotAnnounced, LotAnnouncementAsked, LotEvent, LotUndoingAsked, LotUndone
from portal.stock.models import DeliveryOddity, Device, DeviceModel, DeviceMovement, LotDelivery, LotLine
from portal.stock.queries import lots as queries
from portal.stock.states import Condition, DeviceState, LotState, Pool, Verdict

ASKED: Final = {
    "announce": (LotState.ANNOUNCING, LotState.ANNOUNCED),
    "undo": (LotState.UNDOING, LotState.UNDONE),
}
"""Where a lot stands once this was asked: asked again, there is nothing to do."""


class LotOvertaken(DomainError):
    """Between the preview and the decision, a device of the file became known otherwise."""

    message = later("Des appareils de ce lot existent maintenant. Rien n’a été annoncé. Déposez de nouveau le fichier.")


class LotReceived(DomainError):
    """Boxes of the lot are in schools: it can no longer be forgotten."""

    message = later("Des appareils de ce lot sont déjà reçus dans les lycées. Le lot ne peut plus être annulé.")


@use_case
def announce(public_id: str) -> None:
    """Ask that the schools expect a lot."""
    _ask("announce", public_id, LotAnnouncementAsked)


@use_case
def undo(public_id: str) -> None:
    """Ask that a lot be forgotten."""
    _ask("undo", public_id, LotUndoingAsked)


def _ask(transition: str, public_id: str, event: type[LotEvent]) -> None:
    lot = queries.lock_lot(queries.lot(public_id).id)
    if lot.state not in ASKED[transition]:
        lot.move(transition)
        lot.sentence = None
        emit(event(school_id=None, lot_id=lot.id))


@use_case
def expect(lot_id: int) -> None:
    """The schools expect the devices of a lot whose announcement was asked; raises `LotOvertaken`."""
    lot = queries.lock_lot(lot_id)
    if lot.state is not LotState.ANNOUNCING:
        return
    if queries.overtaken(lot.id):
        raise LotOvertaken
    if schools := queries.destinations(lot.id):
        db.session.execute(insert(LotDelivery), [{"school_id": school, "lot_id": lot.id} for school in schools])
        _write_devices(lot.id)
    lot.announced_at = clock.now()
    lot.move("expect")
    emit(LotAnnounced(school_id=None, lot_id=lot.id))


def _write_devices(lot_id: int) -> None:
    """The new lines become devices, inside the database: 70,000 of them never pass through this process."""
    columns = {
        "public_id": LotLine.public_id,
        "serial": LotLine.serial,
        "asset_tag": LotLine.asset_tag,
        "model_id": LotLine.model_id,
        "kind": DeviceModel.kind,
        "pool": literal(Pool.ALLOTMENT, Device.pool.type),
        "state": literal(DeviceState.ANNOUNCED, Device.state.type),
        "condition": literal(Condition.NEW, Device.condition.type),
        "location": literal(""),
        "school_id": LotLine.destination_id,
        "delivery_id": LotDelivery.id,
        "box": func.nullif(LotLine.box, ""),
    }
    lines = (
        select(*columns.values())
        .join(DeviceModel, DeviceModel.id == LotLine.model_id)
        .join(LotDelivery, (LotDelivery.lot_id == LotLine.lot_id) & (LotDelivery.school_id == LotLine.destination_id))
        .where(LotLine.lot_id == lot_id, LotLine.verdict == Verdict.NEW)
        .order_by(LotLine.id)
    )
    db.session.execute(insert(Device).from_select(list(columns), lines, include_defaults=False))


@use_case
def forget(lot_id: int) -> None:
    """A lot whose undoing was asked, and of which nothing was received, is forgotten; raises `LotReceived`."""
    lot = queries.lock_lot(lot_id)
    if lot.state is not LotState.UNDOING:
        return
    queries.lock_deliveries(lot.id)  # whoever scans a box has received it before, or finds no delivery afterwards
    if queries.received_of(lot.id):
        raise LotReceived
    _delete_devices(lot.id)
    lot.move("forget")
    emit(LotUndone(school_id=None, lot_id=lot.id))


def _delete_devices(lot_id: int) -> None:
    mine = select(LotDelivery.id).where(LotDelivery.lot_id == lot_id)
    devices = select(Device.id).where(Device.delivery_id.in_(mine))
    for gone in (
        delete(DeviceMovement).where(DeviceMovement.device_id.in_(devices)),
        delete(Device).where(Device.delivery_id.in_(mine), Device.state == DeviceState.ANNOUNCED),
        delete(DeliveryOddity).where(DeliveryOddity.delivery_id.in_(mine)),
        delete(LotDelivery).where(LotDelivery.lot_id == lot_id),
    ):
        db.session.execute(gone.execution_options(synchronize_session=False))
