"""Parcels in any state, with the loan and the device that go with it, and handovers."""

from typing import Any

from sqlalchemy import select

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.values.references import new_opaque_code
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.schools.models import School
from portal.shipping.contracts import Service
from portal.shipping.models import CarrierContract, Handover, Journey, LabelAttempt, Parcel, TrackingEvent
from portal.shipping.states import AttemptState, ParcelState
from portal.stock.models import Device
from tests.factories import people
from tests.factories.loans import loan as new_loan
from tests.factories.schools import usual_school
from tests.factories.stock import device
from tests.factories.writing import add, made

_S = ParcelState
LOAN_STATES = {
    _S.DRAFT: LoanState.PREPARING,
    _S.READY: LoanState.PREPARING,
    _S.HANDED_OVER: LoanState.IN_TRANSIT,
    _S.IN_TRANSIT: LoanState.IN_TRANSIT,
    _S.OUT_FOR_DELIVERY: LoanState.IN_TRANSIT,
    _S.AT_PICKUP_POINT: LoanState.IN_TRANSIT,
    _S.DELIVERED: LoanState.LENT,
    _S.RETURNING: LoanState.RETURNING,
    _S.RETURNED: LoanState.RETURNING,
    _S.LOST: LoanState.WRITTEN_OFF,
    _S.CANCELLED: LoanState.APPROVED,
}
AT_SCHOOL = (_S.DRAFT, _S.READY, _S.CANCELLED)
PARTS = ("recipient", "line2", "line3", "street", "locality", "postcode", "city")


@made
def handover(**values: Any) -> Handover:
    """A batch given to the carrier."""
    n = people.number()
    if "school_id" not in values:
        values["school_id"] = usual_school().id
    return add(Handover(**{"number": f"D-{n:06d}", "at": clock.now(), "parcels": 1, **values}))


@made
def parcel(loan: Loan | None = None, *, state: ParcelState = ParcelState.DRAFT, **values: Any) -> Parcel:
    """One box for one loan; without `loan`, one is made in the state that goes with the parcel's."""
    about = loan or new_loan(state=LOAN_STATES[state])
    now = clock.now()
    if "device_id" not in values:
        held = _held(about)
        values["device_id"] = held.id
    usual: dict[str, Any] = {
        "school_id": about.school_id,
        "code": new_opaque_code("P"),
        "loan_id": about.id,
        "student_id": about.student_id,
        "state": state,
        "weight": 2450,
        "made_at": now,
        **{name: getattr(about, name) for name in PARTS},
    }
    if state is not ParcelState.DRAFT:
        usual["printed_at"] = now
    if state not in {ParcelState.DRAFT, ParcelState.CANCELLED}:
        usual |= {"sealed_at": now, "checklist": ["Appareil éteint"]}
    if state not in AT_SCHOOL:
        usual |= {"handed_over_at": now, "tracking_number": about.tracking_number}
        usual["handover_id"] = values.pop("handover_id", None) or handover(school_id=about.school_id).id
    if state is ParcelState.DELIVERED:
        usual["delivered_at"] = now
    return add(Parcel(**{**usual, **values}))


def _held(about: Loan) -> Any:
    found = db.session.scalars(select(Device).where(Device.loan_id == about.id)).first()
    return found or device(school=db.session.get_one(School, about.school_id))


@made
def contract(school: School | None = None, **values: Any) -> CarrierContract:
    """A lycée's keys of the shipping service; what is under seal opens nothing."""
    where = school or usual_school()
    usual = {"region_id": where.region_id, "school_id": where.id, "service": Service.COLISSIMO}
    return add(CarrierContract(**{**usual, "secret": "sealed", "saved_at": clock.now(), **values}))


@made
def attempt(parcel: Parcel, **values: Any) -> LabelAttempt:
    """A label of which nobody knows whether it was made, unless told otherwise."""
    n, now = people.number(), clock.now()
    usual = {"school_id": parcel.school_id, "parcel_id": parcel.id, "order_number": f"{parcel.code}-{n}"}
    dates = {"prepared_at": now, "sent_at": now, "state": AttemptState.UNCERTAIN}
    return add(LabelAttempt(**{**usual, **dates, **values}))


@made
def journey(parcel: Parcel, code: str = "ET1", **values: Any) -> Journey:
    """What is known of a parcel on its way: its last event, seen now."""
    whose = {"school_id": parcel.school_id, "student_id": parcel.student_id, "parcel_id": parcel.id}
    number, now = parcel.tracking_number or "6A15984040331", values.pop("last_at", None) or clock.now()
    add(TrackingEvent(**whose, number=number, code=code, at=now, rank=1, label_hash=f"{people.number():016d}"))
    usual = {"number": number, "last_code": code, "last_at": now, "due_at": now, "polled_at": now}
    return add(Journey(**whose, **{**usual, **values}))
