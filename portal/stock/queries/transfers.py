"""Reads about transfers. Two schools see one: every statement names the schools of whoever asks."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.platform import scope
from portal.platform.database import held
from portal.platform.tables import Page, Wish, paged_at_once
from portal.schools.models import School
from portal.stock.models import Device, DeviceModel, Transfer, TransferLine
from portal.stock.states import TransferState

_sender, _receiver = aliased(School, name="sender"), aliased(School, name="receiver")
OPEN = (TransferState.ASKED, TransferState.SENT)


def _mine(schools: Collection[int]) -> ColumnElement[bool]:
    return or_(Transfer.sender_id.in_(schools), Transfer.receiver_id.in_(schools))


def _listed(schools: Collection[int]) -> Select[Any]:
    lines = (
        select(
            TransferLine.transfer_id,
            func.count().label("sent"),
            func.count(TransferLine.received_at).label("received"),
        )
        .group_by(TransferLine.transfer_id)
        .subquery()
    )
    statement: Any = (
        select(
            Transfer,
            _sender.name.label("sender"),
            _receiver.name.label("receiver"),
            func.coalesce(lines.c.sent, 0).label("sent"),
            func.coalesce(lines.c.received, 0).label("received"),
        )
        .join(_sender, _sender.id == Transfer.sender_id)
        .join(_receiver, _receiver.id == Transfer.receiver_id)
        .outerjoin(lines, lines.c.transfer_id == Transfer.id)
        .where(_mine(schools))
    )
    return statement  # type: ignore[no-any-return]  # of several columns


def transfers(schools: Collection[int], wish: Wish) -> Page[Any]:
    """The transfers from or to these schools, those under way first: one statement."""
    return paged_at_once(_listed(schools), wish, order=[Transfer.state.not_in(OPEN), Transfer.number.desc()])


def transfer(public_id: str, *, schools: Collection[int]) -> Any:
    """One transfer of these schools with its counts; raises `NoResultFound`."""
    return db.session.execute(_listed(schools).where(Transfer.public_id == public_id)).one()


def lock_transfer(public_id: str, *, schools: Collection[int]) -> Transfer:
    """The same, held until the use-case ends; raises `NoResultFound`."""
    statement = held(select(Transfer).where(Transfer.public_id == public_id, _mine(schools)))
    return db.session.execute(statement).scalar_one()


def last_number() -> int:
    """The number of the latest transfer."""
    return db.session.scalar(select(func.max(Transfer.number))) or 0


def contents(transfer_id: int, wish: Wish) -> Page[Any]:
    """The devices of a transfer, the last that moved first: one statement, whichever of the two schools has them."""
    statement: Any = (
        select(TransferLine, Device.asset_tag, Device.serial, Device.public_id, DeviceModel.name.label("model"))
        .join(Device, Device.id == TransferLine.device_id)
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .where(TransferLine.transfer_id == transfer_id)
    )
    latest = func.coalesce(TransferLine.received_at, TransferLine.sent_at)
    with scope.every_school(reason="both schools read what travels between them"):
        return paged_at_once(statement, wish, order=[latest.desc(), TransferLine.id.desc()])


def line(transfer_id: int, device_id: int) -> TransferLine | None:
    """The line of a device in a transfer."""
    mine = (TransferLine.transfer_id == transfer_id, TransferLine.device_id == device_id)
    return db.session.scalars(select(TransferLine).where(*mine)).one_or_none()


def waiting(transfer_id: int) -> int:
    """How many devices of a transfer have left and not arrived."""
    mine = (TransferLine.transfer_id == transfer_id, TransferLine.received_at.is_(None))
    return db.session.scalar(select(func.count()).where(*mine)) or 0


def arrived(transfer_id: int) -> bool:
    """Whether something of a transfer has arrived."""
    mine = (TransferLine.transfer_id == transfer_id, TransferLine.received_at.is_not(None))
    return db.session.scalar(select(TransferLine.id).where(*mine).limit(1)) is not None


def others(school_id: int) -> list[tuple[int, str, str]]:
    """The other schools of the region, to choose from: number, name, town."""
    region = select(School.region_id).where(School.id == school_id).scalar_subquery()
    rows = db.session.execute(
        select(School.id, School.name, func.coalesce(School.city, ""))
        .where(School.region_id == region, School.id != school_id)
        .order_by(School.city, School.name)
    )
    return [(number, name, city) for number, name, city in rows]


def coded(code: str) -> Device | None:
    """The one device that carries this label, held; the caller has the scope of both schools."""
    either = or_(Device.asset_tag == code, Device.serial == code)
    return db.session.scalars(held(select(Device).where(either).limit(1))).one_or_none()
