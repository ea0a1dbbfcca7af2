"""Models and devices."""

from typing import Any

from portal.kernel import clock
from portal.loans.models import Loan
from portal.schools.models import Region, School
from portal.stock.models import Device, DeviceModel, DeviceMovement, Lot, LotDelivery, Stocktake, Transfer
from portal.stock.states import HELD, DeviceKind, DeviceState, LotState, Pool
from tests.factories import people, schools
from tests.factories.schools import region, usual_school
from tests.factories.writing import add, first, made


@made
def device_model(**values: Any) -> DeviceModel:
    """The laptop of the Grand Est programme (about 350 €, three years of warranty)."""
    if "region_id" not in values:
        values["region_id"] = (first(Region) or region()).id
    usual = {
        "name": f"Portable 14 pouces {people.number()}",
        "kind": DeviceKind.LAPTOP,
        "packed_weight": 2450,
        "battery_wh": 45,
        "price_cents": 35_000,
        "warranty_years": 3,
        "accessories": ["chargeur", "housse"],
    }
    return add(DeviceModel(**{**usual, **values}))


@made
def device(
    school: School | None = None, *, loan: Loan | None = None, model: DeviceModel | None = None, **values: Any
) -> Device:
    """A laptop in stock; with `loan=`, reserved for it (or as `state=` says)."""
    n = people.number()
    kind = values.pop("kind", None) or (model.kind if model else DeviceKind.LAPTOP)
    made_as = model or _model_of(kind)
    usual: dict[str, Any] = {
        "school_id": (loan.school_id if loan else (school or usual_school()).id),
        "serial": f"SN{n:08d}",
        "asset_tag": f"FP-{n:06d}",
        "model_id": made_as.id,
        "kind": kind,
        "pool": Pool.ALLOTMENT,
        "state": DeviceState.RESERVED if loan else DeviceState.IN_STOCK,
        "location": f"A{n % 20}",
    }
    state = values.get("state", usual["state"])
    if loan and state in HELD:
        usual |= {"loan_id": loan.id, "student_id": loan.student_id}
    if state is DeviceState.LENT:
        usual["warranty_from"] = clock.today()
    if state is DeviceState.ANNOUNCED and "delivery_id" not in values:
        usual["delivery_id"] = delivery(school).id
    if state is DeviceState.IN_TRANSIT and "transfer_id" not in values:
        usual["transfer_id"] = transfer(school or usual_school(), schools.school()).id
    return add(Device(**{**usual, **values}))


@made
def movement(of: Device, transition: str, **values: Any) -> DeviceMovement:
    """A line of a device's history, with the loan that holds it."""
    usual = {"school_id": of.school_id, "device_id": of.id, "loan_id": of.loan_id, "at": clock.now()}
    return add(DeviceMovement(transition=transition, **{**usual, **values}))


@made
def delivery(school: School | None = None, **values: Any) -> LotDelivery:
    """What a lot that was announced brings to a school; its devices are made with `delivery_id=`."""
    home = school or usual_school()
    n = people.number()
    lot = add(
        Lot(
            region_id=home.region_id,
            number=n,
            supplier="HP France",
            state=LotState.ANNOUNCED,
            file_name="lot.csv",
            sha256="0" * 64,
            asked_at=clock.now(),
            announced_at=clock.now(),
            counts={"new": 1, "known": 0, "error": 0, "schools": 1},
        )
    )
    return add(LotDelivery(**{"school_id": home.id, "lot_id": lot.id, **values}))


@made
def transfer(sender: School, receiver: School, **values: Any) -> Transfer:
    """What the receiver asked of the sender; nothing has left yet."""
    usual: dict[str, Any] = {"kind": DeviceKind.LAPTOP, "pool": Pool.ALLOTMENT, "wanted": 2, "asked_at": clock.now()}
    usual |= {"number": people.number(), "asked_here": receiver.id}
    return add(Transfer(sender_id=sender.id, receiver_id=receiver.id, **{**usual, **values}))


@made
def stocktake(school: School, **values: Any) -> Stocktake:
    """A round of the shelves that has just begun."""
    usual = {"number": people.number(), "opened_at": clock.now()}
    return add(Stocktake(school_id=school.id, **{**usual, **values}))


@made
def devices(number: int, school: School | None = None, **values: Any) -> list[Device]:
    """Several alike."""
    return [device(school, **values) for _ in range(number)]


def _model_of(kind: DeviceKind) -> DeviceModel:
    known = first(DeviceModel)
    return known if known and known.kind is kind else device_model(kind=kind)
