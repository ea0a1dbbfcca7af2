"""How a device looks: said by whoever has it in hand, each time a line of its history."""

from sqlalchemy import select

from portal.extensions import db
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform.database import held
from portal.platform.work import use_case
from portal.stock import queries
from portal.stock.models import Device
from portal.stock.services.holding import Step, as_before, held_by, keep, moved, noted
from portal.stock.states import Condition, DeviceState


class NotInHand(DomainError):
    """Nobody of the school can look at it."""

    message = later("Cet appareil n’est pas au lycée. Son état se note quand vous l’avez en main.")


@use_case
def note_condition(device_id: int, condition: Condition, *, restock: bool = False) -> None:
    """Somebody looked at a device; with `restock`, one that came back may be lent again. Raises `NotInHand`."""
    device = db.session.execute(held(select(Device).where(Device.id == device_id))).scalar_one()
    if device.state in queries.UNCOUNTED:
        raise NotInHand
    history = [moved(device, "restock")] if restock and device.state is not DeviceState.IN_STOCK else []
    device.condition = condition
    keep([*history, noted(device, f"noted_{condition}")])


@use_case
def note_handed_over(loan_id: int, condition: Condition) -> None:
    """How the device of a loan looked when the student received it."""
    keep([_handed_over(device, condition) for device in held_by([loan_id])])


def _handed_over(device: Device, condition: Condition) -> Step:
    device.condition = condition
    return noted(device, f"noted_{condition}", loan_id=device.loan_id)


@use_case
def forget_handed_over(loan_id: int) -> None:
    """The student never received it: the device looks as it did before anything was noted with this loan."""
    devices = held_by([loan_id])
    keep([as_before(device, queries.condition_before(device, loan_id), loan_id=loan_id) for device in devices])
