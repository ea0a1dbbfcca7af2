"""Reads of the stock."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import contains_eager

from portal.extensions import db
from portal.platform.tables import Page, Wish, paged
from portal.stock.models import Device, DeviceModel
from portal.stock.states import DeviceKind, DeviceState, Pool

SORTS = {"etiquette": Device.asset_tag, "emplacement": Device.location, "etat": Device.state, "modele": DeviceModel.name}

GONE = (DeviceState.GIVEN, DeviceState.STOLEN, DeviceState.LOST, DeviceState.RETIRED)
"""What a school no longer counts as its own."""


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
        .where(Device.state.not_in(GONE))
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


def devices(wish: Wish) -> Page[Any]:
    """The list of devices in scope, filtered by state, pool and a piece of tag or serial."""
    statement = select(Device, DeviceModel.name.label("model")).join(DeviceModel, DeviceModel.id == Device.model_id)
    if (state := wish.query.get("etat")) in set(DeviceState):
        statement = statement.where(Device.state == DeviceState(state))
    if (pool := wish.query.get("dotation")) in set(Pool):
        statement = statement.where(Device.pool == Pool(pool))
    if words := wish.query.get("recherche"):
        like = f"{words.upper()}%"
        statement = statement.where(or_(Device.asset_tag.like(like), Device.serial.like(like)))
    return paged(statement, wish, sorts=SORTS, tie=Device.id)
