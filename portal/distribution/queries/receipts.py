"""What a family received on distribution day: the kit, piece by piece, and when its warranty began."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.extensions import db
from portal.kernel.clock import PARIS
from portal.loans.models import Loan
from portal.loans.rules import warranty_until
from portal.roster.models import Student
from portal.schools.models import School
from portal.stock.models import Device, DeviceModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One hand-over: who, what, where, and the warranty that starts that day."""

    reference: str
    student: str
    class_name: str
    school: str
    model: str
    serial: str
    asset_tag: str
    accessories: Sequence[str]
    handed_on: date
    warranty_until: date


def receipt(loan_id: int) -> Receipt | None:
    """What was handed over for a loan; None when the device has come back since."""
    row = db.session.execute(
        select(Loan, Student, School, Device, DeviceModel)
        .join(Student, Student.id == Loan.student_id)
        .join(School, School.id == Loan.school_id)
        .join(Device, Device.loan_id == Loan.id)
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .where(Loan.id == loan_id)
    ).first()
    if row is None or row.Loan.received_at is None:
        return None
    loan, student, school, device, model = row
    day = row.Loan.received_at.astimezone(PARIS).date()
    return Receipt(
        reference=loan.reference,
        student=student.name,
        class_name=student.class_name,
        school=school.name,
        model=model.name,
        serial=device.serial,
        asset_tag=device.asset_tag,
        accessories=model.accessories,
        handed_on=day,
        warranty_until=warranty_until(day, years=model.warranty_years),
    )
