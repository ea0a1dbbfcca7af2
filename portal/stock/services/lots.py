"""A supplier's file: kept, read, judged line by line, given up."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final

from sqlalchemy import delete, func, insert, select

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import actor
from portal.platform.work import emit, use_case
from portal.stock.events import LotDiscarded, LotUploaded
from portal.stock.lot_file import LotRecord
from portal.stock.lot_lines import LotChecker
from portal.stock.models import Lot, LotLine
from portal.stock.queries import lots as queries
from portal.stock.states import STOPS, LotState, Verdict

CHUNK: Final = 1_000
"""Lines written at once: short transactions, so that the rest of the portal goes on meanwhile."""


class LotUnreadable(DomainError):
    """A table without a single device."""

    message = later("Ce fichier ne contient aucun appareil sous ses titres. Déposez celui du fournisseur.")


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
    """What the worker was at is refused: the lot says why, and is as before; a file that cannot be read loses its lines."""
    lot = queries.lock_lot(lot_id)
    if lot.state not in STOPS:
        return
    if lot.state is LotState.READING:
        _forget_lines(lot_id)
        lot.file_key = None
    lot.sentence = sentence[:500]
    lot.move(STOPS[lot.state])


@use_case
def discard(public_id: str) -> Lot:
    """Give a file up: its lines are forgotten, nothing was announced."""
    lot = queries.lock_lot(queries.lot(public_id).id)
    lot.move("discard")
    _forget_lines(lot.id)
    emit(LotDiscarded(school_id=None, lot_id=lot.id))
    return lot
