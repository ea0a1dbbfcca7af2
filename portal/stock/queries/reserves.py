"""Reads about the emergency pools: one line a school, in one statement, and what was asked of the region."""

from typing import Any

from sqlalchemy import Date, Integer, Label, Select, Subquery, case, column, func, select, table

from portal.accounts.models import Account
from portal.extensions import db
from portal.kernel import clock
from portal.platform import scope
from portal.platform.database import held
from portal.platform.tables import Page, Wish, paged_at_once
from portal.schools.models import Campaign, School
from portal.schools.queries import in_force
from portal.stock.models import Device, DeviceMovement, PoolRequest
from portal.stock.queries import UNCOUNTED
from portal.stock.reserve import WEEKS, Reserve, Watch
from portal.stock.states import DeviceState, Pool, RequestState

# Students live in a feature beside this one and recalls in one above: they are counted by the table's name, and
# nothing else is read of them.
_student = table("student", column("school_id"), column("left_on"))
_recall = table("recall", column("loan_id", Integer), column("due_on", Date))


def _pools() -> Subquery:
    free = func.sum(case((Device.state == DeviceState.IN_STOCK, 1), else_=0))
    return (
        select(Device.school_id, func.count().label("total"), free.label("free"))
        .where(Device.pool == Pool.EMERGENCY, Device.state.not_in(UNCOUNTED))
        .group_by(Device.school_id)
        .subquery()
    )


def _lent() -> Subquery:
    """What left the emergency pools in the last weeks."""
    return (
        select(DeviceMovement.school_id, func.count().label("lent"))
        .join(Device, Device.id == DeviceMovement.device_id)
        .where(
            DeviceMovement.transition == "lend",
            DeviceMovement.at > clock.after(weeks=-WEEKS),
            Device.pool == Pool.EMERGENCY,
        )
        .group_by(DeviceMovement.school_id)
        .subquery()
    )


def reserves() -> list[Reserve]:
    """The emergency pool of every school of the portal: names and numbers only, for whoever looks for help."""
    students = (
        select(_student.c.school_id, func.count().label("students"))
        .where(_student.c.left_on.is_(None))
        .group_by(_student.c.school_id)
        .subquery()
    )
    asked = select(PoolRequest.school_id).where(PoolRequest.state == RequestState.ASKED).distinct().subquery()
    pools, lent = _pools(), _lent()
    statement = (
        select(
            School.id.label("school_id"),
            School.name.label("school"),
            func.coalesce(School.city, "").label("city"),
            func.coalesce(School.postcode, "").label("postcode"),
            func.coalesce(students.c.students, 0).label("students"),
            func.coalesce(pools.c.total, 0).label("total"),
            func.coalesce(pools.c.free, 0).label("free"),
            func.coalesce(lent.c.lent, 0).label("lent"),
            asked.c.school_id.is_not(None).label("asked"),
            func.coalesce(Campaign.emergency_share, 0).label("share"),
        )
        .select_from(School)
        .outerjoin(Campaign, Campaign.id == in_force(School.region_id))
        .outerjoin(students, students.c.school_id == School.id)
        .outerjoin(pools, pools.c.school_id == School.id)
        .outerjoin(lent, lent.c.school_id == School.id)
        .outerjoin(asked, asked.c.school_id == School.id)
        .order_by(School.name, School.id)
    )
    with scope.every_school(reason="which lycée could help another"):
        rows = db.session.execute(statement).mappings().all()
    return [Reserve(**{**row, "free": int(row["free"])}) for row in rows]


def watched(school_id: int) -> tuple[Label[Any], ...]:
    """The figures of one school's pool, as columns for the statement of another page; `read_watch` reads them."""
    here = Device.school_id == school_id
    pool = select(func.count()).where(here, Device.pool == Pool.EMERGENCY)
    lately = (DeviceMovement.transition == "lend", DeviceMovement.at > clock.after(weeks=-WEEKS))
    lent = (
        select(func.count())
        .select_from(DeviceMovement)
        .join(Device, Device.id == DeviceMovement.device_id)
        .where(DeviceMovement.school_id == school_id, *lately, Device.pool == Pool.EMERGENCY)
    )
    students = select(func.count()).where(_student.c.school_id == school_id, _student.c.left_on.is_(None))
    late = (
        select(func.count())
        .select_from(_recall)
        .join(Device, Device.loan_id == _recall.c.loan_id)
        .where(here, Device.state == DeviceState.LENT, _recall.c.due_on < clock.today())
    )
    rules = (
        select(Campaign.emergency_share).select_from(School).join(Campaign, Campaign.id == in_force(School.region_id))
    )
    figures: dict[str, Select[Any]] = {
        "pool_total": pool.where(Device.state.not_in(UNCOUNTED)),
        "pool_free": pool.where(Device.state == DeviceState.IN_STOCK),
        "pool_lent": lent,
        "pool_students": students,
        "pool_late": late,
        "pool_share": rules.where(School.id == school_id),
    }
    return tuple(figure.scalar_subquery().label(name) for name, figure in figures.items())


def read_watch(row: Any) -> Watch:
    """What the columns of `watched` say."""
    reserve = Reserve(
        school_id=0,
        school="",
        city="",
        postcode="",
        students=row.pool_students,
        share=row.pool_share or 0,
        total=row.pool_total,
        free=row.pool_free,
        lent=row.pool_lent,
        asked=False,
    )
    return Watch(reserve, row.pool_late)


def requests(wish: Wish) -> Page[Any]:
    """What schools in scope asked of the region, those that wait first: one statement."""
    statement: Any = (
        select(PoolRequest, School.name.label("school"), Account.name.label("by"))
        .join(School, School.id == PoolRequest.school_id)
        .outerjoin(Account, Account.id == PoolRequest.asked_by)
    )
    waits = PoolRequest.state != RequestState.ASKED
    return paged_at_once(statement, wish, order=[waits, PoolRequest.asked_at.desc(), PoolRequest.id.desc()])


def lock_request(public_id: str) -> PoolRequest:
    """One request in scope, held; raises `NoResultFound`."""
    return db.session.execute(held(select(PoolRequest).where(PoolRequest.public_id == public_id))).scalar_one()
