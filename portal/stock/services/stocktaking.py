"""The shelves are scanned, compared with the register, and each surprise is settled by one button."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, insert, select

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import actor
from portal.platform.database import held
from portal.platform.work import emit, use_case
from portal.schools import services as schools
from portal.stock.counting import outcome_of, surprises
from portal.stock.events import StocktakeCounted
from portal.stock.models import Device, Stocktake, StocktakeScan, StocktakeSurprise
from portal.stock.queries import stocktakes as queries
from portal.stock.rules import read_code
from portal.stock.services.holding import keep, moved, noted
from portal.stock.services.receiving import NothingScanned
from portal.stock.states import Outcome, StocktakeState


class AlreadyCounted(DomainError):
    """The shelves were compared: nothing more is scanned."""

    message = later("Cet inventaire est terminé. Commencez-en un autre pour scanner encore.")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a scan of a stocktake saw: the device when it is of the school, and whether it was seen before."""

    code: str
    device: Device | None
    again: bool


@use_case
def open_stocktake(*, school_id: int, location: str) -> Stocktake:
    """Begin to count a school's shelves, or one of them."""
    schools.lock(school_id)
    stocktake = Stocktake(
        school_id=school_id,
        number=queries.last_number(school_id) + 1,
        location=location.strip().upper(),
        opened_by=actor.current().account_id,
        opened_at=clock.now(),
    )
    db.session.add(stocktake)
    db.session.flush()  # its number and its address are asked for at once
    return stocktake


@use_case
def scan_shelf(public_id: str, *, raw: str) -> Seen:
    """Note one label; scanned again, nothing changes."""
    code = read_code(raw)
    if code is None:
        raise NothingScanned
    stocktake = _open(public_id)
    device = queries.coded(code)
    label = device.asset_tag if device else code
    if queries.scanned(stocktake.id, label):
        return Seen(label, device, again=True)
    owner = {"school_id": stocktake.school_id, "stocktake_id": stocktake.id}
    db.session.add(StocktakeScan(**owner, code=label, device_id=device.id if device else None, at=clock.now()))
    return Seen(label, device, again=False)


def _open(public_id: str) -> Stocktake:
    stocktake = queries.lock_stocktake(public_id)
    if stocktake.state is not StocktakeState.OPEN:
        raise AlreadyCounted
    return stocktake


@use_case
def unscan(public_id: str, *, code: str) -> None:
    """A label was scanned by mistake."""
    stocktake = _open(public_id)
    mine = (StocktakeScan.stocktake_id == stocktake.id, StocktakeScan.code == code)
    db.session.execute(delete(StocktakeScan).where(*mine))


@use_case
def count(public_id: str) -> int:
    """Compare the shelves with the register, and keep the surprises; returns how many there are."""
    stocktake = _open(public_id)
    schools.lock(stocktake.school_id)
    expected, scanned = queries.shelved(stocktake), queries.found(stocktake.id)
    strangers = [code for code, device in scanned.items() if device is None]
    found = surprises(
        expected, scanned, location=stocktake.location, elsewhere=queries.elsewhere(strangers) if strangers else {}
    )
    owner = {"school_id": stocktake.school_id, "stocktake_id": stocktake.id}
    if found:
        lines = [
            {**owner, "kind": one.kind, "code": one.code, "device_id": one.device_id, "detail": one.detail}
            for one in found
        ]
        db.session.execute(insert(StocktakeSurprise), lines)
    stocktake.counted_at, stocktake.expected = clock.now(), len(expected)
    stocktake.move("count")
    emit(StocktakeCounted(school_id=stocktake.school_id, stocktake_id=stocktake.id, surprises=len(found)))
    return len(found)


@use_case
def cancel_stocktake(public_id: str) -> None:
    """Give a count up: the register is as it was."""
    queries.lock_stocktake(public_id).move("cancel")


@use_case
def settle(public_id: str, *, code: str) -> Outcome:
    """Do what the one button of a surprise says; done already, it stays as it was."""
    stocktake = queries.lock_stocktake(public_id)
    schools.lock(stocktake.school_id)
    surprise = queries.lock_surprise(stocktake.id, code)
    if surprise.outcome is not None:
        return surprise.outcome
    device = db.session.scalars(held(select(Device).where(Device.id == surprise.device_id))).one_or_none()
    outcome = outcome_of(surprise.kind, device.state if device else None)
    if device is not None and outcome in ACTS:
        ACTS[outcome](device, stocktake)
    surprise.outcome, surprise.settled_at, surprise.settled_by = outcome, clock.now(), actor.current().account_id
    return outcome


def _lost(device: Device, _stocktake: Stocktake) -> None:
    keep([moved(device, "declare_lost")])


def _shelve(device: Device, stocktake: Stocktake) -> None:
    device.location = stocktake.location
    keep([noted(device, "shelved")])


def _check_in(device: Device, stocktake: Stocktake) -> None:
    device.location = stocktake.location or device.location
    keep([moved(device, "find_again")])


ACTS: Final[Mapping[Outcome, Callable[[Device, Stocktake], None]]] = {
    Outcome.LOST: _lost,
    Outcome.MOVED: _shelve,
    Outcome.CHECK_IN: _check_in,
}
"""What each outcome does to the device; a surprise that is only noted does nothing."""
