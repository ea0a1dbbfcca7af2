"""The family's request. Every answer is kept as soon as it is given, and can be resumed on another device."""

from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.values.address import PostalAddress
from portal.kernel.values.references import new_reference
from portal.loans import queries, rules
from portal.loans.errors import CannotStart, Incomplete
from portal.loans.events import LoanStarted, LoanSubmitted, LoanWithdrawn
from portal.loans.models import Loan
from portal.loans.states import Delivery, LoanState
from portal.platform import scope
from portal.platform.work import emit, use_case
from portal.roster import queries as roster
from portal.schools import queries as schools
from portal.stock import services as stock
from portal.stock.states import DeviceKind


@use_case
def start(*, student_id: int, account_id: int, kind: DeviceKind = DeviceKind.LAPTOP) -> Loan:
    """Open a request, or give back the draft that is already open: two tabs make one file."""
    student = roster.one(student_id)
    draft = queries.open_loan(student_id, kind)
    if draft is not None and draft.state is LoanState.DRAFT:
        return draft
    today = clock.today()
    refusal = rules.refusal_to_start(
        left_on=student.left_on, open_reference=draft.reference if draft else None, today=today
    )
    if refusal:
        raise CannotStart(refusal)
    loan = Loan(
        school_id=student.school_id,
        student_id=student.id,
        campaign_id=schools.current_campaign(student.school_id, on=today).id,
        kind=kind,
        reference=new_reference(),
        requested_by=account_id,
        started_at=clock.now(),
        saved_at=clock.now(),
    )
    db.session.add(loan)
    try:
        db.session.flush()  # two tabs at once: the second meets the unique index here, not at the commit
    except IntegrityError as race:
        raise CannotStart("Une demande vient d’être ouverte pour cet élève. Rechargez la page.") from race
    emit(LoanStarted(school_id=loan.school_id, loan_id=loan.id))
    return loan


def _editable(loan_id: int) -> Loan:
    loan = queries.lock(loan_id)
    if loan.state is not LoanState.DRAFT:
        raise CannotStart("Cette demande est déjà envoyée : elle ne peut plus être modifiée ici.")
    loan.saved_at = clock.now()
    return loan


@use_case
def save_delivery(loan_id: int, *, delivery: Delivery) -> Loan:
    """Keep where the kit should go; an address already given is kept in case they change their mind."""
    loan = _editable(loan_id)
    loan.delivery = delivery
    return loan


@use_case
def save_address(loan_id: int, *, address: PostalAddress, confirmed: bool) -> Loan:
    """Keep the address. `confirmed` tells whether post code and town agree with the offline table."""
    loan = _editable(loan_id)
    loan.address, loan.address_confirmed = address, confirmed
    return loan


@use_case
def save_contact(loan_id: int, *, email: str | None, mobile: str | None, note: str | None) -> Loan:
    """Keep how to reach the family about this loan."""
    loan = _editable(loan_id)
    loan.contact_email, loan.contact_mobile, loan.note = email, mobile, note
    return loan


@use_case
def submit(loan_id: int) -> Loan:
    """Send the request to the school. Sent twice, it is sent once."""
    loan = queries.lock(loan_id)
    if loan.submitted_at is not None:
        return loan
    if rules.missing(queries.answers(loan)):
        raise Incomplete
    loan.move("submit")
    loan.submitted_at = loan.saved_at = clock.now()
    emit(LoanSubmitted(school_id=loan.school_id, loan_id=loan.id))
    return loan


@use_case
def withdraw(loan_id: int) -> Loan:
    """Give up a request before anything was prepared; a device set aside becomes free."""
    loan = queries.lock(loan_id)
    loan.move("withdraw")
    loan.ended_at = clock.now()
    with scope.every_school(reason="a withdrawn request frees its device"):
        stock.release([loan.id])
    emit(LoanWithdrawn(school_id=loan.school_id, loan_id=loan.id))
    return loan
