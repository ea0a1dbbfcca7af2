"""Reminders: one message per person, however many children; on school days only; never once it is signed or declined."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from portal.access.services import letters
from portal.charter import rules
from portal.charter.events import ReminderDue, ResendAsked
from portal.charter.models import CharterSignature
from portal.charter.queries import follow
from portal.charter.queries.follow import Awaited
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.clock import PARIS
from portal.loans.rules import Calendar
from portal.platform import keyed, scope
from portal.platform.work import emit, use_case

AGAIN = timedelta(hours=20)
"""Between two reminders to one person by hand: once a day."""

CONTACT = "charter-resend"


class Reminded(NamedTuple):
    """How many persons get a message, how many had one today, and how many cannot by this way."""

    sent: int = 0
    lately: int = 0
    without: int = 0


@use_case
def remind_all() -> int:
    """What the schedule says for today, in every school; run twice, it changes nothing. Returns how many are reminded."""
    now = clock.now()
    with scope.every_school(reason="reminders"):
        persons = [found for found in _persons(follow.awaited()) if _is_due(found, now)]
        for found in persons:
            _remind(found, now, scheduled=True)
        db.session.flush()
    return len(persons)


def _is_due(found: Sequence[Awaited], now: datetime) -> bool:
    today = now.astimezone(PARIS).date()
    return any(
        one.reachable
        and one.signature.undelivered_at is None
        and Calendar.of(one.postcode, one.closings).opens(today)
        and _reached(one, now) > one.signature.reminders
        for one in found
    )


def _reached(one: Awaited, now: datetime) -> int:
    """How many dates of the schedule are past for this signature."""
    since = (now.astimezone(PARIS).date() - one.signature.invited_at.astimezone(PARIS).date()).days
    return sum(since >= day for day in one.days)


def _remind(found: Sequence[Awaited], now: datetime, *, channel: str = "", scheduled: bool = False) -> None:
    """One event for one person; the first signature names the page when there is only one."""
    for one in found:
        one.signature.reminded_at = now
        if scheduled:
            one.signature.reminders = max(one.signature.reminders, _reached(one, now))
    first = found[0].signature
    emit(
        ReminderDue(
            school_id=first.school_id,
            signature_id=first.id,
            loan_id=first.loan_id,
            signature_ids=[one.signature.id for one in found],
            channel=channel,
        )
    )


def _persons(found: Iterable[Awaited]) -> list[list[Awaited]]:
    """Grouped by person, in the order in which they were asked."""
    groups: dict[tuple[str, int], list[Awaited]] = {}
    for one in found:
        groups.setdefault(one.person, []).append(one)
    return list(groups.values())


@use_case
def remind(loan_ids: Collection[str], *, channel: str) -> Reminded:
    """Remind the families of these loans now, by e-mail or by SMS, as somebody of the school asks."""
    now, said = clock.now(), Reminded()
    for found in _persons(follow.awaited_of_loans(loan_ids)):
        if any(one.signature.reminded_at and now - one.signature.reminded_at < AGAIN for one in found):
            said = said._replace(lately=said.lately + 1)
        elif not any(one.by_mobile if channel == rules.SMS else one.by_email for one in found):
            said = said._replace(without=said.without + 1)
        else:
            _remind(found, now, channel=channel)
            said = said._replace(sent=said.sent + 1)
    return said


def ask_letters(loan_ids: Collection[str], *, school_id: int) -> str | None:
    """Have access letters printed for those who sign for these loans; the id of the work's page, or None for nobody."""
    chosen = {
        (one.signature.guardian_id, None if one.signature.guardian_id else one.signature.student_id)
        for one in follow.awaited_of_loans(loan_ids)
    }
    return letters.ask_for(school_id=school_id, people_of=chosen)


@use_case
def nudge(loan_id: int) -> None:
    """Somebody of the family asks that those who sign for this loan get their message again; once a day each."""
    now = clock.now()
    with scope.every_school(reason="a family asks for its own message"):
        for found in _persons(follow.awaited(CharterSignature.loan_id == loan_id)):
            if not any(one.signature.reminded_at and now - one.signature.reminded_at < AGAIN for one in found):
                _remind(found, now)
        db.session.flush()


@use_case
def ask_again(contact: str) -> None:
    """Somebody at the door wants their message again. Whether anybody has this contact is looked at by the worker only."""
    emit(ResendAsked(school_id=None, sealed_contact=keyed.seal(CONTACT, contact)))


@use_case
def resend(sealed_contact: str) -> None:
    """The worker's part: a message for whoever has this contact and something to sign; else nothing."""
    contact = keyed.unseal(CONTACT, sealed_contact) or ""
    with scope.every_school(reason="a message asked again"):
        for found in _persons(follow.awaited_of_contact(contact)) if contact else []:
            _remind(found, clock.now(), channel=rules.EMAIL if "@" in contact else rules.SMS)
        db.session.flush()


@use_case
def note_delivery(signature_ids: Collection[int], *, taken: bool) -> None:
    """The next server took the last message to these signatories, or refused it for good: no more than that is known."""
    for signature_id in signature_ids:
        signature = db.session.get(CharterSignature, signature_id)
        if signature is not None:
            signature.undelivered_at = None if taken else clock.now()
