"""From a supplier's file to devices that schools expect, and back as long as none was received."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final

from sqlalchemy import delete, func, insert, literal, select

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import actor
from portal.platform.work import emit, use_case
from portal.stock.events import LotAnnounced, LotDiscarded, LotUndone, LotUploaded
from portal.stock.lot_file import LotRecord
from portal.stock.lot_lines import LotChecker
from portal.stock.models import DeliveryOddity, Device, DeviceModel, DeviceMovement, Lot, LotDelivery, LotLine
from portal.stock.queries import lots as queries
from portal.stock.states import DeviceState, LotState, Pool, Verdict

CHUNK: Final = 1_000
"""Lines written at once: short transactions, so that the rest of the portal goes on meanwhile."""


class LotUnreadable(DomainError):
    """A table without a single device."""

    message = later("Ce fichier ne contient aucun appareil sous ses titres. Déposez celui du fournisseur.")


class LotOvertaken(DomainError):
    """Between the preview and the decision, a device of the file became known otherwise."""

    message = later("Des appareils de ce lot existent maintenant. Rien n’a été annoncé. Déposez de nouveau le fichier.")


class LotReceived(DomainError):
    """Boxes of the lot are in schools: it can no longer be forgotten."""

    message = later("Des appareils de ce lot sont déjà reçus dans les lycées. Le lot ne peut plus être annulé.")


@use_case
def receive_file(
    *, region_id: int, supplier: str, expected_on: date | None, name: str, sha256: str, key: str | None
) -> Lot:
    """Note a supplier's file; the worker reads it."""
    lot = Lot(
        region_id=region_id,
        number=queries.last_number(region_id) + 1,
        supplier=supplier,
        expected_on=expected_on,
        file_name=name,
        file_key=key,
        sha256=sha256,
        asked_by=actor.current().account_id,
        asked_at=clock.now(),
    )
    db.session.add(lot)
    db.session.flush()  # the event names it
    emit(LotUploaded(school_id=None, lot_id=lot.id))
    return lot


def stage(lot_id: int, records: Iterable[LotRecord]) -> None:
    """Judge every line, in short transactions; no device is written. Done twice, it starts again."""
    region_id = _begin(lot_id)
    if region_id is None:
        return
    checker = LotChecker(queries.schools_by_uai(region_id), queries.models_by_name(region_id))
    counts: Counter[str] = Counter()
    for chunk in _chunks(records):
        rows = list(checker.judge(chunk, _known(chunk)))
        counts.update(row["verdict"].value for row in rows)
        _write(lot_id, rows)
    if not counts:
        raise LotUnreadable
    _finish(lot_id, counts)


def _chunks(records: Iterable[LotRecord]) -> Iterator[Sequence[LotRecord]]:
    left = iter(records)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def _known(chunk: Sequence[LotRecord]) -> dict[str, str]:
    serials, tags = ({getattr(one, name).strip().upper() for one in chunk} for name in ("serial", "asset_tag"))
    return queries.known(serials, tags)


@use_case
def _begin(lot_id: int) -> int | None:
    """The region of a lot that is still to be read, with nothing staged."""
    lot = queries.lock_lot(lot_id)
    if lot.state is not LotState.READING:
        return None
    _forget_lines(lot_id)
    lot.lines_read = 0
    return lot.region_id


def _forget_lines(lot_id: int) -> None:
    gone = delete(LotLine).where(LotLine.lot_id == lot_id)
    db.session.execute(gone.execution_options(synchronize_session=False))


@use_case
def _write(lot_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """One chunk; a reader of the page sees how far it is."""
    lot = queries.lock_lot(lot_id)
    if lot.state is not LotState.READING:
        lot.move("stage")  # raises: somebody gave it up
    db.session.execute(
        insert(LotLine), [{"lot_id": lot_id, **row} for row in rows], execution_options={"render_nulls": True}
    )
    lot.lines_read += len(rows)


@use_case
def _finish(lot_id: int, counts: Mapping[str, int]) -> None:
    lot = queries.lock_lot(lot_id)
    served = select(func.count(LotLine.destination_id.distinct())).where(LotLine.lot_id == lot_id)
    lot.counts = {**dict.fromkeys(Verdict, 0), **counts, "schools": db.session.scalar(served) or 0}
    lot.file_key = None
    lot.move("stage")


@use_case
def fail(lot_id: int, *, sentence: str) -> None:
    """The file is refused whole: its lines go, its sentence stays."""
    lot = queries.lock_lot(lot_id)
    if lot.state is LotState.READING:
        _forget_lines(lot_id)
        lot.sentence, lot.file_key = sentence[:500], None
        lot.move("fail")


@use_case
def announce(public_id: str) -> Lot:
    """Expect the devices in their schools: a few statements in one transaction, whatever their number."""
    lot = queries.lock_lot(queries.lot(public_id).id)
    lot.move("announce")
    lot.announced_at = clock.now()
    new = (LotLine.lot_id == lot.id, LotLine.verdict == Verdict.NEW)
    taken = select(LotLine.id).join(Device, (Device.serial == LotLine.serial) | (Device.asset_tag == LotLine.asset_tag))
    if db.session.scalar(taken.where(*new).limit(1)):
        raise LotOvertaken
    schools = db.session.scalars(select(LotLine.destination_id).where(*new).distinct()).all()
    if schools:
        rows = [{"school_id": school, "lot_id": lot.id} for school in sorted(filter(None, schools))]
        db.session.execute(insert(LotDelivery), rows)
        _expect(lot.id)
    emit(LotAnnounced(school_id=None, lot_id=lot.id))
    return lot


def _expect(lot_id: int) -> None:
    """The new lines become devices, inside the database: 70,000 of them never pass through this process."""
    columns = {
        "public_id": LotLine.public_id,
        "serial": LotLine.serial,
        "asset_tag": LotLine.asset_tag,
        "model_id": LotLine.model_id,
        "kind": DeviceModel.kind,
        "pool": literal(Pool.ALLOTMENT, Device.pool.type),
        "state": literal(DeviceState.ANNOUNCED, Device.state.type),
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
def undo(public_id: str) -> Lot:
    """Forget a lot of which nothing was received; raises `LotReceived`."""
    lot = queries.lock_lot(queries.lot(public_id).id)
    lot.move("undo")
    if queries.received_of(lot.id):
        raise LotReceived
    mine = select(LotDelivery.id).where(LotDelivery.lot_id == lot.id)
    devices = select(Device.id).where(Device.delivery_id.in_(mine))
    for gone in (
        delete(DeviceMovement).where(DeviceMovement.device_id.in_(devices)),
        delete(Device).where(Device.delivery_id.in_(mine), Device.state == DeviceState.ANNOUNCED),
        delete(DeliveryOddity).where(DeliveryOddity.delivery_id.in_(mine)),
        delete(LotDelivery).where(LotDelivery.lot_id == lot.id),
    ):
        db.session.execute(gone.execution_options(synchronize_session=False))
    emit(LotUndone(school_id=None, lot_id=lot.id))
    return lot


@use_case
def discard(public_id: str) -> Lot:
    """Give a file up: its lines are forgotten, nothing was announced."""
    lot = queries.lock_lot(queries.lot(public_id).id)
    lot.move("discard")
    _forget_lines(lot.id)
    emit(LotDiscarded(school_id=None, lot_id=lot.id))
    return lot
