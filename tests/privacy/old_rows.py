"""Rows of a given age, one kind for each rule of the purge: `make_old[rule](age)` returns the row it should take."""

from datetime import date, datetime, timedelta

from portal.access.states import DoubtState
from portal.accounts.models import RoleGrant, SignInLink
from portal.extensions import db
from portal.kernel import clock
from portal.loans.states import LoanState
from portal.notifications.models import Message
from portal.notifications.states import Channel
from portal.platform.audit import AuditLine
from portal.platform.jobs import Job
from portal.platform.outbox import Delivery, OutboxRow, OutboxState
from portal.platform.sessions import WebSession
from portal.policy import Role
from portal.privacy.models import DataExport, FileView, PurgeRun, RightsRequest
from portal.privacy.states import ExportState, RequestState, Right
from portal.roster.models import RosterImport
from portal.shipping.states import ParcelState
from portal.team.models import ScanHelper
from tests import factories as make
from tests.factories import people
from tests.factories.schools import usual_school
from tests.factories.writing import add, made


def ago(age: timedelta) -> datetime:
    return clock.now() - age


@made
def row(kind, /, **values):
    return add(kind(**values))


@made
def in_school(kind, /, **values):
    return add(kind(school_id=usual_school().id, **values))


def number():
    return f"{people.number():032d}"


def session(age):
    at = ago(age)
    return row(WebSession, id_hash=number(), data="{}", created_at=at, seen_at=at)


def link(age):
    at = ago(age)
    return row(SignInLink, address_hash="a", browser_hash="b", asked_at=at, expires_at=at)


def export(age):
    ready = {"state": ExportState.READY, "file_key": f"exports/{number()}", "ready_at": ago(age)}
    return in_school(DataExport, asked_at=ago(age), expires_at=ago(age) + timedelta(days=7), **ready)


def message(age):
    usual = {"event_key": number(), "template": "loan_sent", "channel": Channel.EMAIL, "name": "A B"}
    return in_school(Message, to="a.b@example.org", queued_at=ago(age), loan_id=make.loan().id, **usual)


def job(age):
    return in_school(Job, kind="bordereaux:1", title="Bordereaux", asked_at=ago(age), total=1)


def parcel(age):
    return make.change(make.parcel(state=ParcelState.DELIVERED), delivered_at=ago(age))


def distribution(age):
    """With a turn and its scan, which go along."""
    day = make.session(made_at=ago(age))
    make.scan(make.station(day), of=make.attendance(day))
    return day


def condition(age):
    return make.condition_report(over(LoanState.CLOSED)(age))


def recall(age):
    return make.recall(over(LoanState.CLOSED)(age), reason="Réparation plus longue.")


def draft(age):
    return make.loan(state=LoanState.DRAFT, saved_at=ago(age))


def over(state):
    return lambda age: make.loan(state=state, ended_at=ago(age), decided_at=ago(age))


def student(age):
    """The day after the last day of the campaign, whatever the age: `age` counts from the start of that day."""
    left = (clock.now() - age).astimezone(clock.PARIS).date()
    return make.student(left_on=left)


def guardian(age):
    parent = make.guardian()
    if age == timedelta(0):
        make.guardianship(make.student(), parent)
    return parent


def account(age):
    return make.account(created_at=ago(age))


def helper(age):
    passed = make.helper_pass()
    who = make.account(created_at=ago(age))
    day = ago(age).date()
    grant = row(
        RoleGrant, account_id=who.id, role=Role.SCAN_HELPER, at_school_id=passed.school_id, starts_on=day, ends_on=day
    )
    in_school(ScanHelper, pass_id=passed.id, account_id=who.id, grant_id=grant.id, came_at=ago(age))
    return who


def request(age):
    answered = {"state": RequestState.ANSWERED, "answer": "Fait.", "answered_at": ago(age)}
    return in_school(RightsRequest, kind=Right.RECTIFY, asked_at=ago(age), **answered)


def view(age):
    return in_school(FileView, at=ago(age), role="head", student_id=1, page="loans.review")


def audit(kind):
    return lambda age: row(AuditLine, at=ago(age), actor="account", kind=kind, payload={})


def sent(age):
    key = number()
    row(Delivery, key=key, handler="x", at=ago(age))
    at = ago(age)
    return row(OutboxRow, key=key, kind="X", payload={}, state=OutboxState.DONE, created_at=at, due_at=at, done_at=at)


def doubt(age):
    one, other = make.family().guardian, make.family().guardian
    return make.doubt(one, other, state=DoubtState.TWO, decided_at=ago(age))


def roster_import(age):
    return in_school(RosterImport, number=people.number(), asked_at=ago(age), files=[])


def proof(age):
    return row(PurgeRun, at=ago(age), milliseconds=123456, by="worker", counts={})


make_old = {
    "sessions": session,
    "links": link,
    "exports": export,
    "messages": message,
    "papers": job,
    "parcels": parcel,
    "distributions": distribution,
    "conditions": condition,
    "recalls": recall,
    "drafts": draft,
    "refused": over(LoanState.REFUSED),
    "ended": over(LoanState.CLOSED),
    "archived": over(LoanState.KEPT),
    "students": student,
    "guardians": guardian,
    "accounts": account,
    "helpers": helper,
    "rights": request,
    "access_log": view,
    "security_log": audit("SignedIn"),
    "business_log": audit("LoanApproved"),
    "doubts": doubt,
    "imports": roster_import,
    "outbox": sent,
    "proofs": proof,
}


def is_there(one) -> bool:
    """Whether a row still exists."""
    with db.engine.connect() as link:
        table = type(one).__table__
        key = next(iter(table.primary_key.columns))
        same = [key == getattr(one, key.name)]
        if isinstance(one, PurgeRun):  # SQLite gives the number of a removed row to the next one
            same.append(table.c.milliseconds == one.milliseconds)
        return link.execute(table.select().where(*same)).first() is not None


__all__ = ["date", "is_there", "make_old"]
