"""Reads about stocktakes: what should be on the shelves, what was scanned, and the surprises that are left."""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Select, case, func, or_, select

from portal.accounts.models import Account
from portal.extensions import db
from portal.platform import scope
from portal.platform.database import held
from portal.platform.tables import Page, Wish, paged_at_once
from portal.schools.models import School
from portal.stock.counting import Shelved
from portal.stock.models import Device, Stocktake, StocktakeScan, StocktakeSurprise
from portal.stock.states import HERE

AFTER: Final = 1_000


def _listed() -> Select[Any]:
    scans = (
        select(StocktakeScan.stocktake_id, func.count().label("scanned"))
        .group_by(StocktakeScan.stocktake_id)
        .subquery()
    )
    odd = (
        select(
            StocktakeSurprise.stocktake_id,
            func.count().label("odd"),
            func.sum(case((StocktakeSurprise.outcome.is_(None), 1), else_=0)).label("open"),
        )
        .group_by(StocktakeSurprise.stocktake_id)
        .subquery()
    )
    statement: Any = (
        select(
            Stocktake,
            Account.name.label("by"),
            func.coalesce(scans.c.scanned, 0).label("scanned"),
            func.coalesce(odd.c.odd, 0).label("odd"),
            func.coalesce(odd.c.open, 0).label("open"),
        )
        .outerjoin(Account, Account.id == Stocktake.opened_by)
        .outerjoin(scans, scans.c.stocktake_id == Stocktake.id)
        .outerjoin(odd, odd.c.stocktake_id == Stocktake.id)
    )
    return statement  # type: ignore[no-any-return]  # of several columns


def stocktakes(wish: Wish) -> Page[Any]:
    """Every stocktake in scope, latest first: one statement."""
    return paged_at_once(_listed(), wish, order=[Stocktake.opened_at.desc(), Stocktake.id.desc()], size=20)


def stocktake(public_id: str) -> Any:
    """One stocktake in scope with its counts; raises `NoResultFound`."""
    return db.session.execute(_listed().where(Stocktake.public_id == public_id)).one()


def lock_stocktake(public_id: str) -> Stocktake:
    """A stocktake in scope, held until the use-case ends; raises `NoResultFound`."""
    return db.session.execute(held(select(Stocktake).where(Stocktake.public_id == public_id))).scalar_one()


def last_number(school_id: int) -> int:
    """The number of the school's latest stocktake."""
    return db.session.scalar(select(func.max(Stocktake.number)).where(Stocktake.school_id == school_id)) or 0


def scans(stocktake_id: int, wish: Wish) -> Page[Any]:
    """What was scanned, latest first: one statement."""
    statement: Any = (
        select(StocktakeScan, Device.asset_tag, Device.location, Device.state)
        .outerjoin(Device, Device.id == StocktakeScan.device_id)
        .where(StocktakeScan.stocktake_id == stocktake_id)
    )
    return paged_at_once(statement, wish, order=[StocktakeScan.id.desc()])


def surprises(stocktake_id: int, wish: Wish) -> Page[Any]:
    """What is to be settled first, then what is: one statement."""
    statement: Any = (
        select(StocktakeSurprise, Device.state, Device.public_id)
        .outerjoin(Device, Device.id == StocktakeSurprise.device_id)
        .where(StocktakeSurprise.stocktake_id == stocktake_id)
    )
    settled = StocktakeSurprise.outcome.is_not(None)
    return paged_at_once(statement, wish, order=[settled, StocktakeSurprise.kind, StocktakeSurprise.code])


def surprises_after(stocktake_id: int, after: int) -> list[Any]:
    """The next surprises, for the report."""
    statement = (
        select(StocktakeSurprise, Device.state, Account.name.label("by"))
        .outerjoin(Device, Device.id == StocktakeSurprise.device_id)
        .outerjoin(Account, Account.id == StocktakeSurprise.settled_by)
        .where(StocktakeSurprise.stocktake_id == stocktake_id, StocktakeSurprise.id > after)
        .order_by(StocktakeSurprise.id)
        .limit(AFTER)
    )
    return list(db.session.execute(statement))


def lock_surprise(stocktake_id: int, code: str) -> StocktakeSurprise:
    """One surprise, held; raises `NoResultFound`."""
    mine = (StocktakeSurprise.stocktake_id == stocktake_id, StocktakeSurprise.code == code)
    return db.session.execute(held(select(StocktakeSurprise).where(*mine))).scalar_one()


def scanned(stocktake_id: int, code: str) -> bool:
    """Whether this label was scanned before."""
    mine = (StocktakeScan.stocktake_id == stocktake_id, StocktakeScan.code == code)
    return db.session.scalar(select(StocktakeScan.id).where(*mine)) is not None


def coded(code: str) -> Device | None:
    """The device in scope that carries this label."""
    either = or_(Device.asset_tag == code, Device.serial == code)
    return db.session.scalars(select(Device).where(either).limit(1)).one_or_none()


def shelved(stocktake: Stocktake) -> list[Shelved]:
    """What should be on the shelves that are counted."""
    statement = select(Device.id, Device.asset_tag, Device.state, Device.location).where(
        Device.school_id == stocktake.school_id, Device.state.in_(HERE)
    )
    if stocktake.location:
        statement = statement.where(Device.location == stocktake.location)
    rows = db.session.execute(statement.order_by(Device.location, Device.asset_tag))
    return [Shelved(*row) for row in rows]


def found(stocktake_id: int) -> dict[str, Shelved | None]:
    """What was scanned: by label, the device as the register has it."""
    rows = db.session.execute(
        select(StocktakeScan.code, Device.id, Device.asset_tag, Device.state, Device.location)
        .outerjoin(Device, Device.id == StocktakeScan.device_id)
        .where(StocktakeScan.stocktake_id == stocktake_id)
    )
    return {code: Shelved(*device) if device[0] else None for code, *device in rows}


def elsewhere(codes: Collection[str]) -> dict[str, str]:
    """Of labels that are not of the school: the name of the school whose device carries each."""
    either = or_(Device.asset_tag.in_(codes), Device.serial.in_(codes))
    statement = select(Device.asset_tag, Device.serial, School.name).join(School, School.id == Device.school_id)
    with scope.every_school(reason="a device that strayed to another lycée"):
        rows = db.session.execute(statement.where(either)).all()
    return {code: name for tag, serial, name in rows for code in (tag, serial)}
