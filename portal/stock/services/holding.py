"""Who holds a device. It has one holder because it names it; these use-cases only choose which."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import insert, select, union_all

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import actor
from portal.platform.database import held
from portal.platform.work import use_case
from portal.schools.profile import ModelOffer
from portal.stock import queries
from portal.stock.models import Device, DeviceModel, DeviceMovement
from portal.stock.states import NOTED, Condition, DeviceKind, DeviceState, Pool


class NoSuchDevice(DomainError):
    """Nothing in this school carries that label."""

    message = "Aucun appareil de votre lycée ne porte ce code. Vérifiez l’étiquette, puis scannez à nouveau."


class UsedSince(DomainError):
    """A return cannot be taken back: something else happened to the device since."""

    message = later(
        "Autre chose est arrivé à cet appareil depuis son retour, qui ne s’annule plus. Voyez son historique."
    )


@dataclass(frozen=True, slots=True)
class Want:
    """One loan that asks for a device."""

    loan_id: int
    student_id: int
    kind: DeviceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDevice:
    """One machine of a delivery."""

    serial: str
    asset_tag: str
    model_id: int
    kind: DeviceKind
    pool: Pool
    location: str
    condition: Condition | None = None


@use_case
def add_model(offer: ModelOffer, *, region_id: int) -> DeviceModel:
    """A model joins the region's market."""
    values = {**asdict(offer), "kind": DeviceKind(offer.kind), "accessories": list(offer.accessories)}
    model = DeviceModel(region_id=region_id, **values)
    db.session.add(model)
    db.session.flush()  # its devices name it
    return model


@use_case
def change_model(model_id: int, offer: ModelOffer) -> DeviceModel:
    """Correct a model. Its kind stays: the devices of the model have it too."""
    model = queries.model(model_id)
    for name, value in asdict(offer).items():
        if name != "kind":
            setattr(model, name, list(value) if name == "accessories" else value)
    return model


@use_case
def take_in(devices: Sequence[NewDevice], *, school_id: int) -> None:
    """Put devices on a school's shelves; a serial or a tag that exists anywhere refuses the whole batch."""
    if devices:
        rows = [{"school_id": school_id, **asdict(device)} for device in devices]
        made = db.session.scalars(insert(Device).returning(Device), rows).all()
        keep([noted(device, f"noted_{device.condition}") for device in made if device.condition])


@use_case
def reserve(wants: Sequence[Want], *, school_id: int, pool: Pool = Pool.ALLOTMENT) -> set[int]:
    """Set a device aside for as many loans as the pool can serve, in order; returns the loans served.

    At most one read per kind and one write, however many loans there are. The caller holds the school (`schools.lock`).
    """
    history: list[Step] = []
    for kind in {want.kind for want in wants}:
        asking = [want for want in wants if want.kind is kind]
        free = db.session.scalars(
            select(Device)
            .where(
                Device.school_id == school_id,
                Device.state == DeviceState.IN_STOCK,
                Device.pool == pool,
                Device.kind == kind,
            )
            .order_by(Device.location, Device.asset_tag)
            .limit(len(asking))
        ).all()
        history += [_hold(device, want) for want, device in zip(asking, free, strict=False)]
    keep(history)
    return {step["loan_id"] for step in history}


Step = dict[str, Any]
"""One line of a device's history, before it is written."""


def _hold(device: Device, want: Want) -> Step:
    device.loan_id, device.student_id = want.loan_id, want.student_id
    return moved(device, "reserve", loan_id=want.loan_id)


def _let_go(device: Device, transition: str) -> Step:
    step = moved(device, transition, loan_id=device.loan_id)
    device.loan_id = device.student_id = None
    return step


def moved(device: Device, transition: str, *, loan_id: int | None = None) -> Step:
    """Move a device, and say so in its history."""
    device.move(transition)
    return noted(device, transition, loan_id=loan_id)


def noted(device: Device, what: str, *, loan_id: int | None = None) -> Step:
    """A line of a device's history, in the name of whoever acts."""
    return {
        "school_id": device.school_id,
        "device_id": device.id,
        "loan_id": loan_id,
        "transition": what,
        "at": clock.now(),
        "account_id": actor.current().account_id,
    }


def as_before(device: Device, condition: Condition | None, *, loan_id: int) -> Step:
    """What was noted of a device is taken back: it looks as it did before."""
    device.condition = condition
    return noted(device, f"back_to_{condition or 'nothing'}", loan_id=loan_id)


def keep(history: list[Step]) -> None:
    """One statement for all the steps of a batch."""
    if history:
        db.session.execute(insert(DeviceMovement), history)


def held_by(loan_ids: Sequence[int]) -> list[Device]:
    """The devices that these loans hold, locked."""
    statement = held(select(Device).where(Device.loan_id.in_(loan_ids)).order_by(Device.id))
    return list(db.session.scalars(statement))


@use_case
def release(loan_ids: Sequence[int]) -> int:
    """Put back what was set aside for these loans; returns how many devices became free."""
    devices = [device for device in held_by(loan_ids) if device.state is DeviceState.RESERVED]
    keep([_let_go(device, "release") for device in devices])
    return len(devices)


@use_case
def assign(want: Want, *, asset_tag: str) -> Device:
    """Give exactly this device to a loan. If it was set aside for another loan, the two exchange their devices.

    The caller has checked `rules.obstacle`; the unique holder refuses whatever slipped between.
    """
    device, history = _given(want, asset_tag)
    keep(history)
    return device


@use_case
def hand_out(want: Want, *, asset_tag: str) -> None:
    """The same, and the device leaves the school at once: read, written and told of one time only."""
    device, history = _given(want, asset_tag)
    keep([*history, _leave(device)])


def _given(want: Want, asset_tag: str) -> tuple[Device, list[Step]]:
    """The device, from now on held by the loan, or by it already; and the steps to keep."""
    device, former = _scanned(want, asset_tag)
    if device.loan_id == want.loan_id:
        return device, []
    other = Want(device.loan_id, device.student_id, device.kind) if device.loan_id and device.student_id else None
    history = [_let_go(held, "release") for held in (device, former) if held is not None and held.loan_id]
    if history:
        db.session.flush()  # the holders must be free before they change hands: the unique index sees every step
    history.append(_hold(device, want))
    if former is not None and other is not None:
        history.append(_hold(former, other))
    return device, history


def _scanned(want: Want, asset_tag: str) -> tuple[Device, Device | None]:
    """The device that carries this label, and the one that the loan holds already: one statement, each by its index."""
    ways = (Device.asset_tag == asset_tag, Device.loan_id == want.loan_id)
    numbers = union_all(*(select(Device.id).where(way) for way in ways))
    found = db.session.scalars(held(select(Device).where(Device.id.in_(numbers)).order_by(Device.id))).all()
    device = next((one for one in found if one.asset_tag == asset_tag), None)
    if device is None:
        raise NoSuchDevice
    return device, next((one for one in found if one.loan_id == want.loan_id), None)


def _leave(device: Device) -> Step:
    device.warranty_from = device.warranty_from or clock.today()
    return moved(device, "lend", loan_id=device.loan_id)


@use_case
def lend(loan_ids: Sequence[int]) -> None:
    """The devices of these loans leave the school; a new one's warranty begins to run."""
    keep([_leave(device) for device in held_by(loan_ids)])


@use_case
def unlend(loan_ids: Sequence[int]) -> None:
    """The devices of these loans had not left after all: they stay set aside, and the warranty of a new one waits."""
    devices = held_by(loan_ids)
    first_day = queries.lent_once([device.id for device in devices])
    for device in devices:
        if device.warranty_from == first_day.get(device.id):
            device.warranty_from = None
    keep([moved(device, "unlend", loan_id=device.loan_id) for device in devices])


@use_case
def move_on(device_id: int, transition: str) -> None:
    """A device that no loan holds goes one step on, as whoever has it in hand says."""
    device = db.session.execute(held(select(Device).where(Device.id == device_id))).scalar_one()
    keep([moved(device, transition)])


@use_case
def let_go(loan_id: int, transition: str) -> None:
    """The loan has ended: its device comes back to be checked in, is given, or is declared stolen, lost or broken."""
    keep([_let_go(device, transition) for device in held_by([loan_id])])


@use_case
def come_back_undone(want: Want, *, last_step: int) -> None:
    """The device had not come back after all: the loan holds it again, and it looks as it did before that.

    The caller holds the school, as for `reserve`. Raises `UsedSince` unless `last_step` is still the last of its history.
    """
    mine = select(DeviceMovement.device_id).where(DeviceMovement.id == last_step).scalar_subquery()
    device = db.session.scalars(held(select(Device).where(Device.id == mine))).one_or_none()
    last = queries.last_step(device.id) if device else None
    if device is None or last is None or last.id != last_step:
        raise UsedSince
    device.loan_id, device.student_id = want.loan_id, want.student_id
    history = [moved(device, "come_back_undone", loan_id=want.loan_id)]
    if last.transition in NOTED:
        history.append(as_before(device, queries.condition_until(device, last_step), loan_id=want.loan_id))
    keep(history)
