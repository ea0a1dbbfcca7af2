"""Reads of the stock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, column, func, or_, select, table, union
from sqlalchemy.orm import contains_eager

from portal.accounts.models import Account
from portal.extensions import db
from portal.kernel.clock import PARIS
from portal.kernel.values.folding import fold
from portal.kernel.values.references import parse_reference
from portal.platform import scope
from portal.platform.columns import Instant
from portal.platform.search import Begins, holds
from portal.platform.tables import Page, Wish, paged
from portal.schools.models import School
from portal.stock.models import Device, DeviceModel, DeviceMovement, LotDelivery
from portal.stock.states import NOTED, Condition, DeviceKind, DeviceState, Pool

SORTS = {
    "etiquette": Device.asset_tag,
    "serie": Device.serial,
    "modele": DeviceModel.name,
    "dotation": Device.pool,
    "etat": Device.state,
    "emplacement": Device.location,
}

UNCOUNTED = (DeviceState.ANNOUNCED, DeviceState.GIVEN, DeviceState.STOLEN, DeviceState.LOST, DeviceState.RETIRED)
"""What a school does not count as its own: not there yet, or gone."""


@dataclass(frozen=True, slots=True)
class StockLine:
    """How many devices of a model a pool holds, and how many are free."""

    model: str
    kind: DeviceKind
    pool: Pool
    free: int
    total: int


def lines() -> list[StockLine]:
    """What is left per model and pool, in scope: one statement."""
    free = func.sum(case((Device.state == DeviceState.IN_STOCK, 1), else_=0))
    rows = db.session.execute(
        select(DeviceModel.name, Device.kind, Device.pool, free, func.count())
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .where(Device.state.not_in(UNCOUNTED))
        .group_by(DeviceModel.name, Device.kind, Device.pool)
        .order_by(Device.pool, Device.kind, DeviceModel.name)
    )
    return [StockLine(name, kind, pool, int(left or 0), total) for name, kind, pool, left, total in rows]


def free(*, school_id: int, pool: Pool = Pool.ALLOTMENT) -> dict[DeviceKind, int]:
    """How many devices of each kind can still be promised."""
    rows = db.session.execute(
        select(Device.kind, func.count())
        .where(Device.school_id == school_id, Device.pool == pool, Device.state == DeviceState.IN_STOCK)
        .group_by(Device.kind)
    )
    return dict(rows.tuples().all())


def of_loans(loan_ids: Iterable[int]) -> dict[int, Device]:
    """The device each loan holds, with its model: one statement."""
    found = db.session.scalars(
        select(Device)
        .join(Device.model)
        .options(contains_eager(Device.model))
        .where(Device.loan_id.in_(list(loan_ids)))
    )
    return {device.loan_id: device for device in found if device.loan_id}


def by_tag(asset_tag: str) -> Device | None:
    """The device that carries exactly this tag, in scope, with its model."""
    return db.session.execute(
        select(Device).join(Device.model).options(contains_eager(Device.model)).where(Device.asset_tag == asset_tag)
    ).scalar_one_or_none()


# Loans and schools that hold devices: the first live above this feature, which reads their reference by the table's name.
_loan = table("loan", column("id"), column("reference"), column("public_id"))

FILTERS = ("etat", "constate", "dotation", "modele", "livraison", "recherche")
UNNOTED = "non-note"
"""The value of the filter by condition that asks for devices of which nobody has said anything."""


MOST_FOUND = 500
"""Devices that one way of searching adds to a page's list: whoever typed « 5 » writes more signs, and looks on."""


def _kept(query: Mapping[str, str], *, most: int | None) -> list[ColumnElement[bool]]:
    """What the filters ask of a device; a search finds `most` by each way."""
    kept: list[ColumnElement[bool]] = []
    if (state := query.get("etat")) in set(DeviceState):
        kept.append(Device.state == DeviceState(state))
    if (seen := query.get("constate")) in set(Condition):
        kept.append(Device.condition == Condition(seen))
    elif seen == UNNOTED:
        kept.append(Device.condition.is_(None))
    if (pool := query.get("dotation")) in set(Pool):
        kept.append(Device.pool == Pool(pool))
    if model := query.get("modele"):
        kept.append(Device.model_id.in_(select(DeviceModel.id).where(holds(DeviceModel.name, model))))
    if delivery := query.get("livraison"):
        kept.append(Device.delivery_id.in_(select(LotDelivery.id).where(LotDelivery.public_id == delivery)))
    if words := query.get("recherche"):
        return [Device.id.in_(_found(words, kept, most=most))]
    return kept


def _listed(query: Mapping[str, str], *, most: int | None = None) -> Select[Any]:
    statement: Any = (
        select(
            Device,
            DeviceModel.name.label("model"),
            School.name.label("school"),
            _loan.c.reference,
            _loan.c.public_id.label("loan_public_id"),
        )
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .join(School, School.id == Device.school_id)
        .outerjoin(_loan, _loan.c.id == Device.loan_id)
        .where(*_kept(query, most=most))
    )
    listed: Select[Any] = statement
    return listed


def _found(words: str, kept: Sequence[ColumnElement[bool]], *, most: int | None) -> Select[Any]:
    """The numbers of the devices found: by the beginning of a tag, serial number or shelf, by a loan, by a model's name.

    Each way is a statement of its own with its own index: one device among 220,000 is found as quickly as among ten,
    where an OR of them reads every row. With a limit, each stops there, and PostgreSQL knows that it joins few rows.
    """
    typed = words.upper()
    ways: list[ColumnElement[Any]] = [
        Begins(name, typed) for name in (Device.asset_tag, Device.serial, Device.location)
    ]
    ways.append(Device.loan_id.in_(select(_loan.c.id).where(_loan.c.reference == (parse_reference(words) or typed))))
    if fold(words):
        ways.append(Device.model_id.in_(select(DeviceModel.id).where(holds(DeviceModel.name, words))))
    numbers = [select(Device.id).where(way, *kept).limit(most).subquery().select() for way in ways]
    found: Select[Any] = union(*numbers).subquery().select()
    return found


def devices(wish: Wish) -> Page[Any]:
    """The devices in scope, filtered by state, pool, model, and what was typed; more than `MOST_FOUND` are not all."""
    bare = select(Device.id).where(*_kept(wish.query, most=MOST_FOUND + 1))
    return paged(_listed(wish.query, most=MOST_FOUND + 1), wish, sorts=SORTS, tie=Device.id, bare=bare)


def ids(filters: Mapping[str, str], *, most: int) -> list[int]:
    """The numbers of the devices that the filters keep, in the order of shelves and tags, `most` at most."""
    listed = select(Device.id).where(*_kept(filters, most=None))
    return list(db.session.scalars(listed.order_by(Device.location, Device.asset_tag).limit(most)))


def count(filters: Mapping[str, str]) -> int:
    """How many devices the filters keep."""
    return db.session.scalar(select(func.count(Device.id)).where(*_kept(filters, most=None))) or 0


def to_label(device_ids: Sequence[int]) -> list[tuple[str, str]]:
    """The tag and the model of some devices, in the order given."""
    rows = db.session.execute(
        select(Device.id, Device.asset_tag, DeviceModel.name)
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .where(Device.id.in_(device_ids))
    )
    found = {row.id: (row.asset_tag, row.name) for row in rows}
    return [found[number] for number in device_ids if number in found]


def devices_after(number: int, wish: Wish, *, size: int = 1000) -> list[Any]:
    """The same list piece by piece in the order of its numbers, for exports: those after `number`."""
    return list(db.session.execute(_listed(wish.query).where(Device.id > number).order_by(Device.id).limit(size)))


def scanned(code: str) -> str | None:
    """The public id of the only device in scope whose tag or serial number is exactly this; None otherwise."""
    found = db.session.scalars(
        select(Device.public_id).where(or_(Device.asset_tag == code, Device.serial == code)).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def one(public_id: str) -> Any:
    """A device with its model, its school and its holder's loan; raises `NoResultFound`."""
    statement = _listed({}).options(contains_eager(Device.model)).where(Device.public_id == public_id)
    return db.session.execute(statement).one()


def lent_once(device_ids: Collection[int]) -> dict[int, date]:
    """Those of these devices that left a school a single time, undone hand-overs not counted, and on which day."""
    times = case((DeviceMovement.transition == "lend", 1), (DeviceMovement.transition == "unlend", -1), else_=0)
    left = func.max(case((DeviceMovement.transition == "lend", DeviceMovement.at)), type_=Instant)
    statement = (
        select(DeviceMovement.device_id, left.label("at"))
        .where(DeviceMovement.device_id.in_(device_ids))
        .group_by(DeviceMovement.device_id)
        .having(func.sum(times) == 1)
    )
    with scope.every_school(reason="a device may have been lent elsewhere before"):
        return {row.device_id: row.at.astimezone(PARIS).date() for row in db.session.execute(statement)}


def last_step(device_id: int) -> Row[int, str]:
    """The number and the transition of the last step of a device's history in the schools in scope."""
    statement = select(DeviceMovement.id, DeviceMovement.transition).where(DeviceMovement.device_id == device_id)
    return db.session.execute(statement.order_by(DeviceMovement.id.desc()).limit(1)).one()


def condition_before(device: Device, loan_id: int) -> Condition | None:
    """How a device looked before anything was noted with this loan: as last said otherwise, or as it came."""
    return _said(device, or_(DeviceMovement.loan_id.is_(None), DeviceMovement.loan_id != loan_id))


def condition_until(device: Device, step: int) -> Condition | None:
    """How a device looked before this step of its history."""
    return _said(device, DeviceMovement.id < step)


def _said(device: Device, when: ColumnElement[bool]) -> Condition | None:
    statement = (
        select(DeviceMovement.transition)
        .where(DeviceMovement.device_id == device.id, DeviceMovement.transition.in_(list(NOTED)), when)
        .order_by(DeviceMovement.id.desc())
        .limit(1)
    )
    with scope.every_school(reason="a device may have been noted elsewhere before"):
        last = db.session.scalar(statement)
    if last is None:
        return Condition.NEW if device.delivery_id else None
    return NOTED[last]


def movements(device_id: int) -> list[Any]:
    """Everything that happened to a device, latest first: when, what, where, for which loan, by whom.

    A device that changed schools keeps its whole history, of which the loans are told only where they were made.
    """
    statement = (
        select(
            DeviceMovement.at,
            DeviceMovement.transition,
            DeviceMovement.school_id,
            School.name.label("school"),
            _loan.c.reference,
            Account.name,
        )
        .join(School, School.id == DeviceMovement.school_id)
        .outerjoin(_loan, _loan.c.id == DeviceMovement.loan_id)
        .outerjoin(Account, Account.id == DeviceMovement.account_id)
        .where(DeviceMovement.device_id == device_id)
        .order_by(DeviceMovement.at.desc(), DeviceMovement.id.desc())
    )
    with scope.every_school(reason="the history of a device that is in scope"):
        return list(db.session.execute(statement))


def models(region_id: int) -> list[Any]:
    """The models of a region's market, with how many devices of each the portal knows: one statement."""
    known = select(Device.model_id, func.count().label("devices")).group_by(Device.model_id).subquery()
    statement = (
        select(DeviceModel, func.coalesce(known.c.devices, 0).label("devices"))
        .outerjoin(known, known.c.model_id == DeviceModel.id)
        .where(DeviceModel.region_id == region_id)
        .order_by(DeviceModel.kind, DeviceModel.name)
    )
    return list(db.session.execute(statement))


def model(model_id: int) -> DeviceModel:
    """One model; raises `NoResultFound`."""
    return db.session.execute(select(DeviceModel).where(DeviceModel.id == model_id)).scalar_one()
