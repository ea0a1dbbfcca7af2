"""What is too old to be kept, rule by rule: each function gives the statement that finds them.

Called while every school is seen. The lengths are those of `data-map.yml`; `now` is the instant of the purge.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select

from portal.access.models import IdentityDoubt
from portal.accounts.models import Account, RoleGrant, SignInLink
from portal.charter.models import CharterSignature
from portal.distribution.models import ConditionReport, DistributionSession
from portal.extensions import db
from portal.kernel.clock import PARIS
from portal.kernel.events import Event
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.notifications.models import Message
from portal.platform.audit import AuditLine
from portal.platform.jobs import Job
from portal.platform.outbox import OutboxRow, OutboxState
from portal.platform.sessions import WebSession
from portal.privacy.datamap import period
from portal.privacy.models import DataExport, FileView, PurgeRun, RightsRequest
from portal.recalls.models import Recall
from portal.roster.models import Guardian, Guardianship, RosterImport, Student
from portal.schools.models import Campaign, School
from portal.shipping.models import Parcel
from portal.shipping.states import ENDED as PARCEL_ENDED
from portal.team.models import ScanHelper

Keys = Sequence[Any]
Rows = Select[Any]
AT_ONCE: Final = 2_000
"""Rows that one transaction removes: the others wait for the next, so that nobody waits for the purge."""

WERE_LENT: Final = (LoanState.CLOSED, LoanState.KEPT, LoanState.WRITTEN_OFF)
NEVER_LENT: Final = (LoanState.REFUSED, LoanState.WITHDRAWN)
DEPOSITS: Final = "deposit:"
"""Jobs whose file is a deposit slip: it names nobody, and stays with its handover."""

SECURITY: Final = ("portal.accounts.", "portal.credentials.", "portal.access.", "portal.federation.")
"""Features whose events are about coming in: the security log."""


def how_many(rows: Rows) -> int:
    """How many rows there are."""
    return db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def piece(rows: Rows) -> Keys:
    """The keys of the first of them."""
    return db.session.scalars(rows.limit(AT_ONCE)).all()


def _rows(column: Any, *conditions: ColumnElement[bool]) -> Rows:
    statement: Any = select(column).where(*conditions).order_by(column)
    found: Rows = statement
    return found


def sessions(now: datetime) -> Rows:
    """Sessions that nobody can use any more."""
    return _rows(WebSession.id_hash, WebSession.seen_at < now - period("session"))


def links(now: datetime) -> Rows:
    """Links and codes of the sign-in."""
    return _rows(SignInLink.id, SignInLink.asked_at < now - period("link"))


def drafts(now: datetime) -> Rows:
    """Requests begun and left."""
    return _rows(Loan.id, Loan.state == LoanState.DRAFT, Loan.saved_at < now - period("draft"))


def _ended() -> Any:
    return func.coalesce(Loan.ended_at, Loan.decided_at, Loan.saved_at)


def refused(now: datetime) -> Rows:
    """Requests refused or withdrawn: no device was ever lent."""
    return _rows(Loan.id, Loan.state.in_(NEVER_LENT), _ended() < now - period("refused"))


def ended(now: datetime) -> Rows:
    """Loans over for a year that still hold contacts, an address or a message: they go to the archive without them."""
    held = (Loan.contact_email, Loan.contact_mobile, Loan.note, Loan.recipient, Loan.street)
    some = or_(*(column.is_not(None) for column in held))
    return _rows(Loan.id, Loan.state.in_(WERE_LENT), _ended() < now - period("loan"), some)


def conditions(now: datetime) -> Rows:
    """How kits looked that came back, or were given, a year ago: nobody will dispute it any more."""
    return _rows(ConditionReport.id, ConditionReport.loan_id.in_(_long_over(now)))


def recalls(now: datetime) -> Rows:
    """What was done to have devices of the emergency pools back, a year after they came."""
    return _rows(Recall.id, Recall.loan_id.in_(_long_over(now)))


def _long_over(now: datetime) -> Select[Any]:
    return select(Loan.id).where(Loan.state.in_(WERE_LENT), _ended() < now - period("loan"))


def archived(now: datetime) -> Rows:
    """Loans whose archive is over: the charter goes with them."""
    return _rows(Loan.id, Loan.state.in_(WERE_LENT), _ended() < now - period("archive"))


def parcels(now: datetime) -> Rows:
    """Parcels that arrived, or will not, and still hold an address."""
    at = func.coalesce(Parcel.delivered_at, Parcel.handed_over_at, Parcel.made_at)
    return _rows(
        Parcel.id,
        Parcel.state.in_(PARCEL_ENDED),
        at < now - period("parcel_address"),
        or_(Parcel.recipient.is_not(None), Parcel.postcode.is_not(None)),
    )


def papers(now: datetime) -> Rows:
    """Printed slips and labels: sheets of names and addresses."""
    return _rows(Job.id, Job.asked_at < now - period("papers"), not_(Job.kind.startswith(DEPOSITS)))


def messages(now: datetime) -> Rows:
    """To whom one wrote, and whether it arrived."""
    return _rows(Message.id, Message.queued_at < now - period("message"))


def students(now: datetime) -> Rows:
    """Students who asked nothing, once they have left or their region's campaigns are over."""
    today = now.astimezone(PARIS).date()
    last = (
        select(func.max(Campaign.ends_on))
        .join(School, School.region_id == Campaign.region_id)
        .where(School.id == Student.school_id)
        .correlate(Student)
        .scalar_subquery()
    )
    asked = exists().where(Loan.student_id == Student.id)
    return _rows(Student.id, not_(asked), or_(Student.left_on < today, last < today))


def guardians(_now: datetime) -> Rows:
    """Guardians of nobody any more, who signed nothing that is kept."""
    linked = exists().where(Guardianship.guardian_id == Guardian.id)
    signed = exists().where(CharterSignature.guardian_id == Guardian.id)
    return _rows(Guardian.id, not_(linked), not_(signed))


def accounts(now: datetime) -> Rows:
    """Accounts without a child, a file of their own or a role, that nobody has used for six months."""
    before = now - period("account")
    gone = before.astimezone(PARIS).date()
    role = and_(RoleGrant.account_id == Account.id, or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= gone))
    came = and_(AuditLine.account_id == Account.id, AuditLine.at >= before)
    waits = and_(RightsRequest.account_id == Account.id, RightsRequest.answered_at.is_(None))
    used = [
        exists().where(Guardian.account_id == Account.id),
        exists().where(Student.account_id == Account.id),
        exists().where(role),
        exists().where(came),
        exists().where(waits),
    ]
    return _rows(Account.id, Account.created_at < before, *(not_(one) for one in used))


def helpers(now: datetime) -> Rows:
    """Accounts of a day's helpers: a first name, and nothing that they may do any more."""
    return _rows(ScanHelper.account_id, ScanHelper.came_at < now - period("helper"))


def _security_kinds() -> list[str]:
    found, look = [], list(Event.__subclasses__())
    while look:
        kind = look.pop()
        look += kind.__subclasses__()
        if kind.__module__.startswith(SECURITY):
            found.append(kind.__name__)
    return found


def security_log(now: datetime) -> Rows:
    """Who came in, from where one asked: a year."""
    return _rows(AuditLine.id, AuditLine.kind.in_(_security_kinds()), AuditLine.at < now - period("security_log"))


def business_log(now: datetime) -> Rows:
    """Who did what on which loan: as long as the loan's archive."""
    return _rows(AuditLine.id, AuditLine.at < now - period("business_log"))


def distributions(now: datetime) -> Rows:
    """Sessions over for as long as the log is kept: their turns and their scans go with them."""
    over = func.coalesce(DistributionSession.closed_at, DistributionSession.made_at)
    return _rows(DistributionSession.id, over < now - period("business_log"))


def access_log(now: datetime) -> Rows:
    """Who looked at which file."""
    return _rows(FileView.id, FileView.at < now - period("access_log"))


def exports(now: datetime) -> Rows:
    """Copies of somebody's data: seven days after they were made, or were asked in vain."""
    return _rows(DataExport.id, func.coalesce(DataExport.ready_at, DataExport.asked_at) < now - period("export"))


def doubts(now: datetime) -> Rows:
    """Doubts about two records, settled a year ago."""
    return _rows(IdentityDoubt.id, IdentityDoubt.decided_at < now - period("doubt"))


def imports(now: datetime) -> Rows:
    """Student files loaded a year ago, with their lines."""
    return _rows(RosterImport.id, RosterImport.asked_at < now - period("imports"))


def rights(now: datetime) -> Rows:
    """Requests answered long ago."""
    return _rows(RightsRequest.id, RightsRequest.answered_at < now - period("rights"))


def outbox(now: datetime) -> Rows:
    """What was sent or calculated, and the proof that it was done once."""
    over = OutboxRow.state.in_([OutboxState.DONE, OutboxState.WITHDRAWN, OutboxState.FAILED])
    return _rows(OutboxRow.key, over, OutboxRow.done_at < now - period("outbox"))


def proofs(now: datetime) -> Rows:
    """The proofs of purges made long ago."""
    return _rows(PurgeRun.id, PurgeRun.at < now - period("proof"))


def last_run() -> PurgeRun | None:
    """The last purge."""
    return db.session.scalars(select(PurgeRun).order_by(PurgeRun.at.desc(), PurgeRun.id.desc()).limit(1)).first()


def runs(*, limit: int = 30) -> list[PurgeRun]:
    """The last purges, latest first."""
    return list(db.session.scalars(select(PurgeRun).order_by(PurgeRun.at.desc(), PurgeRun.id.desc()).limit(limit)))
