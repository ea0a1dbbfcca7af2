"""Reads about suppliers' lots: for the region, whole; for a school, what it was sent and what is still missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from portal.accounts.models import Account
from portal.extensions import db
from portal.kernel.values.folding import fold
from portal.platform import scope
from portal.platform.database import held
from portal.platform.tables import Page, Wish, paged_at_once
from portal.schools.models import School
from portal.stock.models import DeliveryOddity, Device, DeviceModel, DeviceMovement, Lot, LotDelivery, LotLine
from portal.stock.states import DeviceState, LotState, Verdict

AFTER: Final = 1_000
"""Rows read at once for a file that is sent as it is read."""

LISTS: Final = {"erreurs": Verdict.ERROR, "nouveaux": Verdict.NEW, "connus": Verdict.KNOWN}
"""The lists of a preview, by the name in the address, in the order in which one looks at them."""


def lots(wish: Wish) -> Page[Any]:
    """Every lot, latest first, with who brought it: one statement."""
    statement: Any = select(Lot, Account.name.label("by")).outerjoin(Account, Account.id == Lot.asked_by)
    return paged_at_once(statement, wish, order=[Lot.number.desc(), Lot.id.desc()], size=20)


def lot(public_id: str) -> Lot:
    """A lot by what the URL shows; raises `NoResultFound`."""
    return db.session.execute(select(Lot).where(Lot.public_id == public_id)).scalar_one()


def lot_by_id(lot_id: int) -> Lot:
    """A lot as the database has it now."""
    statement = select(Lot).where(Lot.id == lot_id).execution_options(populate_existing=True)
    return db.session.execute(statement).scalar_one()


def lock_lot(lot_id: int) -> Lot:
    """The same, nobody else moving it meanwhile."""
    statement = held(select(Lot).where(Lot.id == lot_id)).execution_options(populate_existing=True)
    return db.session.execute(statement).scalar_one()


def last_number(region_id: int) -> int:
    """The number of the region's latest lot."""
    return db.session.scalar(select(func.max(Lot.number)).where(Lot.region_id == region_id)) or 0


def earlier(sha256: str) -> int | None:
    """The number of the lot in which exactly this file was announced."""
    mine = (Lot.sha256 == sha256, Lot.state == LotState.ANNOUNCED)
    return db.session.scalar(select(Lot.number).where(*mine).order_by(Lot.number.desc()).limit(1))


def schools_by_uai(region_id: int) -> dict[str, int]:
    """The region's schools, for a file that names them."""
    rows = db.session.execute(select(School.uai, School.id).where(School.region_id == region_id))
    return {row.uai: row.id for row in rows}


def models_by_name(region_id: int) -> dict[str, int]:
    """The region's models by their folded name."""
    rows = db.session.execute(select(DeviceModel.name, DeviceModel.id).where(DeviceModel.region_id == region_id))
    return {fold(name): number for name, number in rows}


def known(serials: Iterable[str], tags: Iterable[str]) -> dict[str, str]:
    """Of the devices that have one of these serials or tags: the tag by serial, and the serial by tag."""
    either = or_(Device.serial.in_(list(serials)), Device.asset_tag.in_(list(tags)))
    rows = db.session.execute(select(Device.serial, Device.asset_tag).where(either)).all()
    return {row.asset_tag: row.serial for row in rows} | {row.serial: row.asset_tag for row in rows}


def lines(lot_id: int, verdict: Verdict, wish: Wish) -> Page[Any]:
    """One page of a list of lines, in one statement."""
    mine = (LotLine.lot_id == lot_id, LotLine.verdict == verdict)
    return paged_at_once(select(LotLine).where(*mine), wish, order=[LotLine.id])


def lines_after(lot_id: int, verdict: Verdict, after: int) -> Sequence[LotLine]:
    """The next lines of a list, for its file."""
    mine = (LotLine.lot_id == lot_id, LotLine.verdict == verdict, LotLine.id > after)
    return db.session.scalars(select(LotLine).where(*mine).order_by(LotLine.id).limit(AFTER)).all()


def overtaken(lot_id: int) -> bool:
    """Whether a device that a lot would announce is known meanwhile."""
    known = (Device.serial == LotLine.serial) | (Device.asset_tag == LotLine.asset_tag)
    return db.session.scalar(select(LotLine.id).join(Device, known).where(*_new(lot_id)).limit(1)) is not None


def destinations(lot_id: int) -> list[int]:
    """The schools that a lot would serve."""
    named = select(LotLine.destination_id).where(*_new(lot_id)).distinct()
    return sorted(filter(None, db.session.scalars(named)))


def _new(lot_id: int) -> tuple[ColumnElement[bool], ...]:
    return (LotLine.lot_id == lot_id, LotLine.verdict == Verdict.NEW)


def lock_deliveries(lot_id: int) -> None:
    """What a lot brings to each school, held until the use-case ends."""
    db.session.execute(held(select(LotDelivery.id).where(LotDelivery.lot_id == lot_id).order_by(LotDelivery.id)))


def received_of(lot_id: int) -> int:
    """How many devices of a lot have reached their school, or more."""
    mine = select(func.count()).select_from(Device).join(LotDelivery, LotDelivery.id == Device.delivery_id)
    gone = mine.where(LotDelivery.lot_id == lot_id, Device.state != DeviceState.ANNOUNCED)
    return db.session.scalar(gone) or 0


_missing = func.sum(case((Device.state == DeviceState.ANNOUNCED, 1), else_=0))


def _deliveries() -> Select[Any]:
    counted = (
        select(Device.delivery_id, func.count().label("announced"), _missing.label("missing"))
        .where(Device.delivery_id.is_not(None))
        .group_by(Device.delivery_id)
        .subquery()
    )
    odd = select(DeliveryOddity.delivery_id, func.count().label("odd")).group_by(DeliveryOddity.delivery_id).subquery()
    statement: Any = (
        select(
            LotDelivery,
            Lot.number,
            Lot.supplier,
            Lot.expected_on,
            Lot.announced_at,
            School.name.label("school"),
            counted.c.announced,
            counted.c.missing,
            func.coalesce(odd.c.odd, 0).label("odd"),
        )
        .join(Lot, Lot.id == LotDelivery.lot_id)
        .join(School, School.id == LotDelivery.school_id)
        .join(counted, counted.c.delivery_id == LotDelivery.id)
        .outerjoin(odd, odd.c.delivery_id == LotDelivery.id)
    )
    return statement  # type: ignore[no-any-return]  # of several columns


def deliveries(wish: Wish) -> Page[Any]:
    """What was sent to the schools in scope: those with something missing first."""
    return paged_at_once(
        _deliveries(), wish, order=[LotDelivery.closed_at.is_not(None), Lot.number.desc(), LotDelivery.id]
    )


def of_lot(lot_id: int, wish: Wish) -> Page[Any]:
    """What one lot brings, school by school."""
    mine = _deliveries().where(LotDelivery.lot_id == lot_id)
    return paged_at_once(mine, wish, order=[School.name, LotDelivery.id])


def delivery(public_id: str) -> Any:
    """One delivery in scope with its counts; raises `NoResultFound`."""
    return db.session.execute(_deliveries().where(LotDelivery.public_id == public_id)).one()


def lock_delivery(public_id: str) -> LotDelivery:
    """A delivery in scope, held until the use-case ends; raises `NoResultFound`."""
    return db.session.execute(held(select(LotDelivery).where(LotDelivery.public_id == public_id))).scalar_one()


def coded(delivery_id: int, code: str) -> list[Device]:
    """The devices of a delivery that a label names: one by its tag or serial, or all those of a carton."""
    named = or_(Device.asset_tag == code, Device.serial == code, Device.box == code)
    statement = held(select(Device).where(Device.delivery_id == delivery_id, named).order_by(Device.id))
    return list(db.session.scalars(statement))


def expected(delivery_id: int) -> list[Device]:
    """The devices of a delivery that are still announced, held."""
    mine = (Device.delivery_id == delivery_id, Device.state == DeviceState.ANNOUNCED)
    return list(db.session.scalars(held(select(Device).where(*mine).order_by(Device.id))))


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a device stands that is not of a delivery: which school has it or expects it, and in which state."""

    school_id: int
    school: str
    state: DeviceState


def anywhere(code: str) -> Whereabouts | None:
    """The school of the device that carries this label, in the whole region; only its name is told."""
    statement = (
        select(Device.school_id, School.name, Device.state)
        .join(School, School.id == Device.school_id)
        .where(or_(Device.asset_tag == code, Device.serial == code))
        .limit(1)
    )
    with scope.every_school(reason="a box that came to the wrong lycée"):
        row = db.session.execute(statement).first()
    return Whereabouts(*row) if row else None


def oddities(delivery_id: int) -> list[Any]:
    """The boxes that were scanned and are not of this delivery, latest first."""
    statement = (
        select(DeliveryOddity, Account.name.label("by"))
        .outerjoin(Account, Account.id == DeliveryOddity.account_id)
        .where(DeliveryOddity.delivery_id == delivery_id)
        .order_by(DeliveryOddity.at.desc(), DeliveryOddity.id.desc())
    )
    return list(db.session.execute(statement))


def oddity(delivery_id: int, code: str) -> DeliveryOddity | None:
    """The same box, scanned before."""
    mine = (DeliveryOddity.delivery_id == delivery_id, DeliveryOddity.code == code)
    return db.session.scalars(select(DeliveryOddity).where(*mine)).one_or_none()


CONTENTS: Final = ("recus", "manquants", "surprises")
"""The lists of a delivery, by the name in the address."""


def contents(delivery_id: int, name: str, wish: Wish) -> Page[Any]:
    """One list of a delivery in one statement: what came, latest first; what is missing; what was not expected."""
    if name == "surprises":
        odd: Any = (
            select(DeliveryOddity, Account.name.label("by"))
            .outerjoin(Account, Account.id == DeliveryOddity.account_id)
            .where(DeliveryOddity.delivery_id == delivery_id)
        )
        return paged_at_once(odd, wish, order=[DeliveryOddity.id.desc()])
    devices: Any = (
        select(Device, DeviceModel.name.label("model"))
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .where(Device.delivery_id == delivery_id)
    )
    if name == "manquants":
        missing = devices.where(Device.state == DeviceState.ANNOUNCED)
        return paged_at_once(missing, wish, order=[Device.box, Device.asset_tag])
    came = (
        select(DeviceMovement.device_id, func.max(DeviceMovement.id).label("last"))
        .where(DeviceMovement.transition == "receive")
        .group_by(DeviceMovement.device_id)
        .subquery()
    )
    received = devices.join(came, came.c.device_id == Device.id).where(Device.state != DeviceState.ANNOUNCED)
    return paged_at_once(received, wish, order=[came.c.last.desc()])


def missing_after(delivery_id: int, after: int) -> list[Any]:
    """The next missing devices of a delivery, for its file."""
    statement = (
        select(Device.id, Device.asset_tag, Device.serial, DeviceModel.name, Device.box)
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .where(Device.delivery_id == delivery_id, Device.state == DeviceState.ANNOUNCED, Device.id > after)
        .order_by(Device.id)
        .limit(AFTER)
    )
    return list(db.session.execute(statement))
