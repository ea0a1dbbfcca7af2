"""Reads of the posts around the bench: what to take, what is to be closed, what passes customs, which models are packed."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from portal.extensions import db
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.roster.models import Student
from portal.shipping.customs import passes_customs
from portal.shipping.models import Parcel
from portal.shipping.queries import AT_SCHOOL, Line, found, in_shelf_order
from portal.shipping.states import ParcelState
from portal.stock.models import Device, DeviceModel


def unsealed() -> list[Line]:
    """The parcels at the school that are still to be checked and closed, in shelf order."""
    return in_shelf_order(found(Parcel.state.in_(AT_SCHOOL), Parcel.sealed_at.is_(None)))


def through_customs(sender_postcode: str) -> list[Line]:
    """The parcels at the school that go to another territory, in shelf order."""
    waiting = in_shelf_order(found(Parcel.state.in_(AT_SCHOOL)))
    return [line for line in waiting if line.address and passes_customs(sender_postcode, line.address.postcode)]


def of_loans(ids: Collection[int]) -> list[Line]:
    """These loans, each with its parcel, in no order."""
    return found(Loan.id.in_(ids))


def leaving() -> list[Line]:
    """The parcels that wait for the carrier, slip printed, in shelf order."""
    return in_shelf_order(found(Parcel.state == ParcelState.READY))


def pick_list(class_name: str = "") -> list[Line]:
    """What is to be taken from the shelves, in shelf order."""
    chosen = [Loan.state == LoanState.APPROVED]
    if class_name:
        chosen.append(Student.class_name == class_name)
    return in_shelf_order(found(*chosen))


def models_to_pack() -> Sequence[Any]:
    """The models that the school has, with the weight that the catalogue says: id, name, grams."""
    statement = (
        select(DeviceModel.id, DeviceModel.name, DeviceModel.packed_weight)
        .where(DeviceModel.id.in_(select(Device.model_id)))
        .order_by(DeviceModel.name)
    )
    return db.session.execute(statement).all()
