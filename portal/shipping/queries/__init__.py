"""Reads of the preparation bench: the work of a school in shelf order, one loan with its parcel, what is printed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, Select, and_, case, func, or_, select

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.values.address import PostalAddress
from portal.loans.models import Loan
from portal.loans.states import CharterGate, Delivery, LoanState
from portal.platform import scope
from portal.platform.database import held
from portal.platform.jobs import Job
from portal.platform.tables import Page, Wish, paged
from portal.roster.models import Student
from portal.schools.models import School
from portal.shipping import rules
from portal.shipping.models import Handover, Parcel
from portal.shipping.queries.contracts import opened
from portal.shipping.rules import Lane
from portal.shipping.states import ParcelState
from portal.stock.models import Device, DeviceModel
from portal.stock.queries import reserves
from portal.stock.reserve import Watch
from portal.stock.states import DeviceKind, DeviceState

PAGE_SIZE: Final = 50
RECENT: Final = 5
STILL_SHOWN: Final = timedelta(days=30)
"""How long a kit that the family has received stays in the last lane."""

NOT_ONE_ANY_MORE: Final = (ParcelState.CANCELLED, ParcelState.RETURNED, ParcelState.LOST)
AT_SCHOOL: Final = (ParcelState.DRAFT, ParcelState.READY)
DEPOSIT: Final = "deposit:"  # the kind of job that makes a deposit slip, before the number of the slip

_PARTS: Final = ("recipient", "line2", "line3", "street", "locality", "postcode", "city")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One loan as the bench sees it: student, device, parcel, and where it goes."""

    loan_id: int
    school_id: int
    student_id: int
    public_id: str
    reference: str
    state: LoanState
    kind: DeviceKind
    delivery: Delivery | None
    charter: CharterGate
    prepared_at: datetime | None
    sent_at: datetime | None
    received_at: datetime | None
    given_name: str
    family_name: str
    class_name: str
    device_id: int | None
    location: str | None
    asset_tag: str | None
    model: str | None
    accessories: Sequence[str] | None
    parcel_id: int | None
    parcel_public_id: str | None
    code: str | None
    parcel_state: ParcelState | None
    weight: int | None
    tracking_number: str | None
    made_at: datetime | None
    handover_id: int | None
    sealed_at: datetime | None
    waiver: str | None
    photo_key: str | None
    model_id: int | None
    price_cents: int | None
    may_label: bool
    address: PostalAddress | None

    @property
    def name(self) -> str:
        """As one says it."""
        return f"{self.given_name} {self.family_name}"

    @property
    def who(self) -> str:
        """« Inès Lefèvre, 2de 4 »."""
        return f"{self.name}, {self.class_name}"

    @property
    def by_post(self) -> bool:
        """Whether a parcel goes to the family's home."""
        return self.delivery is Delivery.HOME

    @property
    def sealed(self) -> bool:
        """Whether the box was checked and closed."""
        return self.sealed_at is not None

    @property
    def signed(self) -> bool:
        """Whether the kit may leave."""
        return self.charter is CharterGate.SIGNED

    @property
    def obstacle(self) -> str | None:
        """The one reason why it could not leave today."""
        return rules.obstacle(
            self.charter, by_post=self.by_post, address=self.address, has_device=self.asset_tag is not None
        )

    @property
    def address_obstacle(self) -> str | None:
        """Why nothing can be printed for it."""
        return rules.address_obstacle(self.address)


@cache
def _lines() -> Select[Any]:
    """One row per loan; the address is the parcel's own once there is one."""
    parts = [
        case((Parcel.id.is_(None), getattr(Loan, part)), else_=getattr(Parcel, part)).label(part) for part in _PARTS
    ]
    columns = [
        Loan.id.label("loan_id"), Loan.school_id, Loan.student_id, Loan.public_id, Loan.reference, Loan.state, Loan.kind,
        Loan.delivery, Loan.charter, Loan.prepared_at, Loan.sent_at, Loan.received_at,
        Student.given_name, Student.family_name, Student.class_name,
        Device.id.label("device_id"), Device.location, Device.asset_tag, DeviceModel.name.label("model"),
        DeviceModel.accessories, Parcel.id.label("parcel_id"), Parcel.public_id.label("parcel_public_id"), Parcel.code,
        Parcel.state.label("parcel_state"), Parcel.weight, Parcel.tracking_number, Parcel.made_at, Parcel.handover_id,
        Parcel.sealed_at, Parcel.waiver, Parcel.photo_key, Device.model_id, DeviceModel.price_cents, opened(Loan.school_id).label("may_label"),
    ]  # fmt: skip
    wanted: list[Any] = [*columns, *parts]
    return (
        select(*wanted)
        .select_from(Loan)
        .join(Student, Student.id == Loan.student_id)
        .outerjoin(Parcel, and_(Parcel.loan_id == Loan.id, Parcel.state.not_in(NOT_ONE_ANY_MORE)))
        .outerjoin(Device, Device.loan_id == Loan.id)
        .outerjoin(DeviceModel, DeviceModel.id == Device.model_id)
    )


def _line(row: RowMapping) -> Line:
    values: dict[str, Any] = {str(name): value for name, value in row.items()}
    parts = {part: values.pop(part) or "" for part in _PARTS}
    known = parts["recipient"] and parts["postcode"] and parts["city"]
    return Line(**values, address=PostalAddress(**parts) if known else None)


def found(*conditions: ColumnElement[bool]) -> list[Line]:
    """The lines that fulfil these conditions, in no order."""
    return [_line(row) for row in db.session.execute(_lines().where(*conditions)).mappings()]


def _first(*conditions: ColumnElement[bool]) -> Line | None:
    lines = found(*conditions)
    return lines[0] if lines else None


def in_shelf_order(lines: Iterable[Line]) -> list[Line]:
    """As one walks along the shelves."""
    return sorted(lines, key=lambda line: rules.shelf_order(line.location, line.asset_tag))


def line(public_id: str) -> Line | None:
    """A loan of the school, by what the page shows."""
    return _first(Loan.public_id == public_id)


def line_of_loan(loan_id: int) -> Line | None:
    """A loan of the school, by its number."""
    return _first(Loan.id == loan_id)


def line_of_code(reading: rules.Reading) -> Line | None:
    """The loan that a reference or the code of a parcel names."""
    named = []
    if reading.parcel:
        named.append(Parcel.code == reading.parcel)
    if reading.reference:
        named.append(Loan.reference == reading.reference)
    return _first(or_(*named)) if named else None


def of_parcel(public_id: str) -> Line:
    """A parcel of the school with its loan; raises `NoResultFound`."""
    return _line(db.session.execute(_lines().where(Parcel.public_id == public_id)).mappings().one())


def parcels(ids: Collection[int]) -> list[Line]:
    """These parcels with their loans, in shelf order; those cancelled since are left out."""
    return in_shelf_order(found(Parcel.id.in_(ids)))


def to_print(public_ids: Collection[str]) -> list[Line]:
    """The parcels ticked, or all that are still at the school when none is, in shelf order."""
    chosen = Parcel.public_id.in_(public_ids) if public_ids else Parcel.state.in_(AT_SCHOOL)
    return in_shelf_order(found(Parcel.id.is_not(None), chosen))


@dataclass(frozen=True, slots=True)
class Board:
    """The bench as it stands: how many in each lane, one page of one of them, and the last prepared."""

    lane: Lane
    class_name: str
    counts: Mapping[Lane, int]
    classes: Sequence[str]
    page: Page[Line]
    recent: Sequence[Line]
    first: Line | None
    watch: Watch


def board(lane: Lane, *, school_id: int, class_name: str = "", number: int = 1) -> Board:
    """Two statements, whatever the size of the school: a thin row for each loan at work, then those to show."""
    rows = _thin(school_id)
    thin = [row for row in rows if row.id is not None]
    counts = {each: sum(rules.LANES[row.state] is each for row in thin) for each in Lane}
    mine = [row for row in thin if rules.LANES[row.state] is lane and class_name in {"", row.class_name}]
    mine.sort(key=_ORDERS[lane])
    pages = max(1, -(-len(mine) // PAGE_SIZE))
    number = min(number, pages)
    ids = [row.id for row in mine[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]]
    last = [row.id for row in _last(thin)]
    known = {line.loan_id: line for line in found(Loan.id.in_({*ids, *last}))} if ids or last else {}
    shown = [known[loan_id] for loan_id in ids]
    query = {"voie": lane.value} | ({"classe": class_name} if class_name else {})
    return Board(
        lane=lane,
        class_name=class_name,
        counts=counts,
        classes=sorted({row.class_name for row in thin if rules.LANES[row.state] is lane}),
        page=Page(shown, len(mine), number, "rayon", descending=False, query=query, size=PAGE_SIZE),
        recent=[known[loan_id] for loan_id in last],
        first=shown[0] if shown and lane is Lane.TO_PREPARE else None,
        watch=reserves.read_watch(rows[0]),
    )


def _thin(school_id: int) -> Sequence[Any]:
    """One row a loan at work, and how the emergency pool stands in each; a row of nothing but that when none is."""
    shown = or_(
        Loan.state.in_([LoanState.APPROVED, LoanState.PREPARING, LoanState.AWAITING_PICKUP, LoanState.IN_TRANSIT]),
        and_(Loan.state == LoanState.LENT, Loan.received_at >= clock.now() - STILL_SHOWN),
    )
    statement = (
        select(
            Loan.id, Loan.state, Loan.prepared_at, Loan.sent_at, Loan.received_at,
            Student.class_name, Student.family_name, Student.given_name, Device.location, Device.asset_tag,
            *reserves.watched(school_id),
        )
        .select_from(School)
        .outerjoin(Loan, and_(Loan.school_id == School.id, shown))
        .outerjoin(Student, Student.id == Loan.student_id)
        .outerjoin(Device, Device.loan_id == Loan.id)
        .where(School.id == school_id)
    )  # fmt: skip
    return db.session.execute(statement).all()


def _last(thin: Sequence[Any]) -> list[Any]:
    undoable = [row for row in thin if row.prepared_at and rules.LANES[row.state] in {Lane.READY, Lane.PICKUP}]
    return sorted(undoable, key=lambda row: (row.prepared_at, row.id), reverse=True)[:RECENT]


def _by_shelf(row: Any) -> Any:
    return rules.shelf_order(row.location, row.asset_tag)


def _by_class(row: Any) -> Any:
    return (row.class_name, row.family_name, row.given_name, row.id)


def _latest(row: Any) -> Any:
    left = row.sent_at or row.received_at
    return (-left.timestamp() if left else 0, row.id)


_ORDERS: Final = {Lane.TO_PREPARE: _by_shelf, Lane.READY: _by_shelf, Lane.PICKUP: _by_class, Lane.GONE: _latest}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """The device under the scanner, and who holds it."""

    device_id: int
    asset_tag: str
    state: DeviceState
    kind: DeviceKind
    model_id: int
    weight: int
    holder_id: int | None
    holder_reference: str | None
    holder_state: LoanState | None


def device(asset_tag: str | None) -> DeviceFacts | None:
    """The device of the school that carries exactly this tag."""
    statement = (
        select(
            Device.id.label("device_id"), Device.asset_tag, Device.state, Device.kind,
            Device.model_id, DeviceModel.packed_weight.label("weight"), Loan.id.label("holder_id"),
            Loan.reference.label("holder_reference"), Loan.state.label("holder_state"),
        )
        .select_from(Device)
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .outerjoin(Loan, Loan.id == Device.loan_id)
        .where(Device.asset_tag == asset_tag)
    )  # fmt: skip
    row = db.session.execute(statement).mappings().one_or_none() if asset_tag else None
    return DeviceFacts(**row) if row else None


def lock(public_id: str) -> Parcel:
    """A parcel in scope, held until the use-case ends; raises `NoResultFound`."""
    return db.session.execute(held(select(Parcel).where(Parcel.public_id == public_id))).scalar_one()


def lock_many(public_ids: Collection[str]) -> list[Parcel]:
    """Parcels in scope, held until the use-case ends, always locked in the order of their ids."""
    statement = held(select(Parcel).where(Parcel.public_id.in_(public_ids)).order_by(Parcel.id))
    return list(db.session.scalars(statement))


def lock_by_ids(ids: Collection[int]) -> list[Parcel]:
    """The same, by their numbers."""
    return list(db.session.scalars(held(select(Parcel).where(Parcel.id.in_(ids)).order_by(Parcel.id))))


def live_parcel(loan_id: int) -> Parcel | None:
    """The parcel of a loan that is neither ended nor cancelled, held until the use-case ends."""
    gone = (*NOT_ONE_ANY_MORE, ParcelState.DELIVERED)
    statement = held(select(Parcel).where(Parcel.loan_id == loan_id, Parcel.state.not_in(gone)))
    return db.session.execute(statement).scalar_one_or_none()


def parcel_with_number(number: str) -> str | None:
    """The code of the parcel of this school that has this tracking number."""
    return db.session.scalar(select(Parcel.code).where(Parcel.tracking_number == number))


def handovers(wish: Wish) -> Page[Any]:
    """What was handed over, latest first."""
    return paged(select(Handover), wish, sorts={"date": Handover.at}, tie=Handover.id)


def how_many_handovers(school_id: int) -> int:
    """How many deposit slips a school has had."""
    return db.session.scalar(select(func.count()).select_from(Handover).where(Handover.school_id == school_id)) or 0


def handover(public_id: str) -> Handover:
    """A batch in scope; raises `NoResultFound`."""
    return db.session.execute(select(Handover).where(Handover.public_id == public_id)).scalar_one()


def handover_with_job(public_id: str) -> tuple[Handover, Job]:
    """A batch and the making of its deposit slip, in one statement; raises `NoResultFound`."""
    statement = (
        select(Handover, Job)
        .join(Job, and_(Job.school_id == Handover.school_id, Job.kind == DEPOSIT + Handover.number))
        .where(Handover.public_id == public_id)
    )
    handover, job = db.session.execute(statement).one()
    return handover, job


def handover_by_id(handover_id: int) -> Handover:
    """A batch by its number, for the worker; raises `NoResultFound`."""
    return db.session.execute(select(Handover).where(Handover.id == handover_id)).scalar_one()


def of_handover(handover_id: int) -> list[Line]:
    """The parcels of a batch, in shelf order."""
    return in_shelf_order(found(Parcel.handover_id == handover_id))


def school_of_uai(uai: str) -> int | None:
    """The number of the school that has this UAI."""
    return db.session.scalar(select(School.id).where(School.uai == uai))


def loan_of_receipt(public_id: str) -> str:
    """The public id of the loan behind the square of a slip; raises `NoResultFound`. Tells nothing else."""
    with scope.every_school(reason="the square of a delivery slip"):
        statement = select(Loan.public_id).join(Parcel, Parcel.loan_id == Loan.id).where(Parcel.public_id == public_id)
        return db.session.execute(statement).scalar_one()
