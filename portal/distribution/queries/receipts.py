"""What a family received on distribution day: the kit, piece by piece, its condition, and when its warranty began."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import NoResultFound

from portal.distribution.models import ConditionReport
from portal.distribution.states import View
from portal.extensions import db
from portal.kernel.clock import PARIS
from portal.kernel.values.dates import years_after
from portal.loans.models import Loan
from portal.roster.models import Student
from portal.schools.models import School
from portal.stock.models import Device, DeviceModel
from portal.stock.states import Condition


@dataclass(frozen=True, slots=True)
class Piece:
    """One line of the kit list: so many of it, and whether it was missing when the kit was handed over."""

    name: str
    number: int
    missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One hand-over: who, what, where, in which condition, and the warranty that starts that day."""

    reference: str
    student: str
    given_name: str
    class_name: str
    school: str
    model: str
    serial: str
    asset_tag: str
    accessories: Sequence[Piece]
    handed_on: date
    warranty_until: date
    condition: Condition | None
    remark: str | None
    photos: Mapping[View, str]
    """The files of the guided photos, in their order."""


def receipt(loan_id: int) -> Receipt | None:
    """What was handed over for a loan; None when the device has come back since."""
    return _receipt(Loan.id == loan_id)


def receipt_of(public_id: str) -> Receipt:
    """The same for a loan in scope, by what the address shows; raises `NoResultFound`."""
    found = _receipt(Loan.public_id == public_id)
    if found is None:
        raise NoResultFound(public_id)
    return found


def _receipt(wanted: ColumnElement[bool]) -> Receipt | None:
    row = db.session.execute(
        select(Loan, Student, School, Device, DeviceModel, ConditionReport)
        .join(Student, Student.id == Loan.student_id)
        .join(School, School.id == Loan.school_id)
        .join(Device, Device.loan_id == Loan.id)
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .outerjoin(ConditionReport, ConditionReport.loan_id == Loan.id)
        .where(wanted, Loan.received_at.is_not(None))
    ).first()
    return _read(*row) if row else None


def _read(
    loan: Loan, student: Student, school: School, device: Device, model: DeviceModel, report: ConditionReport | None
) -> Receipt:
    assert loan.received_at is not None, "asked of the database"
    day = loan.received_at.astimezone(PARIS).date()
    missing = report.missing if report else ()
    noted: dict[str, Any] = {"condition": None, "remark": None, "photos": {}}
    if report:
        noted = {"condition": report.condition, "remark": report.remark, "photos": report.photos}
    return Receipt(
        reference=loan.reference,
        student=student.name,
        given_name=student.given_name,
        class_name=student.class_name,
        school=school.name,
        model=model.name,
        serial=device.serial,
        asset_tag=device.asset_tag,
        accessories=[Piece(name, number, name in missing) for name, number in Counter(model.accessories).items()],
        handed_on=day,
        warranty_until=years_after(device.warranty_from or day, model.warranty_years),
        **noted,
    )


def condition(loan_id: int) -> ConditionReport | None:
    """What was noted of a loan's kit, if anything was."""
    return db.session.execute(select(ConditionReport).where(ConditionReport.loan_id == loan_id)).scalar_one_or_none()
