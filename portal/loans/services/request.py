"""The family's request. Every answer is kept as soon as it is given, and can be resumed on another device."""

from sqlalchemy.exc import IntegrityError, NoResultFound

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.values.address import PostalAddress
from portal.kernel.values.references import new_reference
from portal.kernel.words import later
from portal.loans import queries, rules
from portal.loans.errors import CannotStart, Changed, Incomplete, SomebodyElse
from portal.loans.events import LoanStarted, LoanSubmitted, LoanWithdrawn
from portal.loans.models import Loan
from portal.loans.states import Delivery, LoanState
from portal.platform import actor, scope
from portal.platform.work import emit, use_case
from portal.policy import Role
from portal.roster import queries as roster
from portal.schools import queries as schools
from portal.stock import services as stock
from portal.stock.states import DeviceKind


@use_case
def start(*, student_id: int, account_id: int, kind: DeviceKind = DeviceKind.LAPTOP) -> Loan:
    """Open a request, or give back the draft that is already open: two tabs make one file.

    A draft that somebody else of the family left is taken over, emptied of what they wrote.
    """
    student = roster.one(student_id)
    found = queries.open_loan(student_id, kind)
    if found is not None and found.state is LoanState.DRAFT:
        return _resumed(found, account_id)
    refusal = rules.refusal_to_start(
        left_on=student.left_on, open_reference=found.reference if found else None, today=clock.today()
    )
    if refusal:
        raise CannotStart(refusal)
    loan = Loan(
        school_id=student.school_id,
        student_id=student.id,
        campaign_id=_campaign_id(student.school_id),
        kind=kind,
        reference=new_reference(),
        requested_by=account_id,
        started_at=clock.now(),
        saved_at=clock.now(),
    )
    return _opened(loan, account_id)


def _campaign_id(school_id: int) -> int:
    try:
        return schools.current_campaign(school_id, on=clock.today()).id
    except NoResultFound:
        raise CannotStart(
            later("Aucune campagne de prêt n’est ouverte aujourd’hui. Le lycée vous dira quand revenir.")
        ) from None


def _opened(loan: Loan, account_id: int) -> Loan:
    """Two tabs at once: the second meets the unique index and gets the draft of the first."""
    student_id, kind = loan.student_id, loan.kind
    try:
        with db.session.begin_nested():
            db.session.add(loan)
    except IntegrityError:
        found = queries.open_loan(student_id, kind)
        if found is None or found.state is not LoanState.DRAFT:
            raise CannotStart(later("Une demande vient d’être ouverte pour cet élève. Rechargez la page.")) from None
        return _resumed(found, account_id)
    emit(LoanStarted(school_id=loan.school_id, loan_id=loan.id))
    return loan


def _resumed(draft: Loan, account_id: int) -> Loan:
    """The person's own draft as it is; somebody else's without what they wrote."""
    if draft.requested_by != account_id:
        draft.requested_by, draft.saved_at = account_id, clock.now()
        draft.delivery = draft.address = draft.contact_email = draft.contact_mobile = draft.note = None
        draft.address_confirmed = False
        emit(LoanStarted(school_id=draft.school_id, loan_id=draft.id))
    return draft


def _own(loan_id: int) -> Loan:
    """The request of whoever acts; jobs and staff at a desk act for the family."""
    loan, who = queries.lock(loan_id), actor.current()
    if who.role == Role.FAMILY and who.account_id != loan.requested_by:
        raise SomebodyElse
    return loan


def _editable(loan_id: int) -> Loan:
    loan = _own(loan_id)
    if loan.state is not LoanState.DRAFT:
        raise CannotStart(later("Cette demande est déjà envoyée : elle ne peut plus être modifiée ici."))
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
def save_contact(loan_id: int, *, email: str | None, mobile: str | None, note: str | None = None) -> Loan:
    """Keep how to reach the family about this loan."""
    loan = _editable(loan_id)
    loan.contact_email, loan.contact_mobile, loan.note = email, mobile, note
    return loan


@use_case
def submit(loan_id: int, *, seen_version: int | None = None) -> Loan:
    """Send the request to the school. Sent twice, it is sent once.

    `seen_version` is the version of the answers that the person read: what changed since is not sent unread.
    """
    loan = _own(loan_id)
    if loan.submitted_at is not None:
        return loan
    if seen_version is not None and seen_version != loan.version:
        raise Changed
    if rules.missing(queries.answers(loan)):
        raise Incomplete
    loan.move("submit")
    loan.submitted_at = loan.saved_at = clock.now()
    emit(LoanSubmitted(school_id=loan.school_id, loan_id=loan.id))
    return loan


@use_case
def withdraw(loan_id: int) -> Loan:
    """Give up a request before anything was prepared; a device set aside becomes free. Said twice, it is done once."""
    loan = _own(loan_id)
    if loan.state is LoanState.WITHDRAWN:
        return loan
    loan.move("withdraw")
    loan.ended_at = clock.now()
    with scope.every_school(reason="a withdrawn request frees its device"):
        stock.release([loan.id])
        db.session.flush()  # the device leaves the family's scope with its holder: written while it may be
    emit(LoanWithdrawn(school_id=loan.school_id, loan_id=loan.id))
    return loan
