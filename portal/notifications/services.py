"""Queue messages, and write down what became of them."""

from collections.abc import Iterable
from typing import Final

from portal.accounts import queries as accounts
from portal.charter import services as charter
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.values.references import new_public_id
from portal.notifications import queries
from portal.notifications.events import HeadWarned, MessageQueued
from portal.notifications.models import Message
from portal.notifications.rules import Recipient
from portal.platform.work import emit, use_case
from portal.policy import Role

CALLS_TO_SIGN: Final = frozenset({"charter_to_sign", "charter_reminder"})


@use_case
def queue(*, key: str, template: str, loan_id: int, school_id: int, recipients: Iterable[Recipient]) -> list[Message]:
    """One message to each recipient about a loan. `key` is the event's: the database refuses the same message twice."""
    messages = [
        Message(
            school_id=school_id,
            public_id=new_public_id(),
            event_key=key,
            loan_id=loan_id,
            template=template,
            channel=recipient.channel,
            to=recipient.to,
            name=recipient.name,
            language=recipient.language,
            queued_at=clock.now(),
        )
        for recipient in recipients
    ]
    db.session.add_all(messages)
    db.session.flush()  # for their ids
    for message in messages:
        emit(MessageQueued(school_id=school_id, loan_id=loan_id, message_id=message.id))
    return messages


@use_case
def warn_heads(*, school_id: int, by: int | None) -> None:
    """Somebody objects to a loan: each head of the lycée is told, but whoever wrote it down."""
    for account_id in accounts.holders(Role.HEAD, school_id):
        if account_id != by:
            emit(HeadWarned(school_id=school_id, account_id=account_id))


@use_case
def note_sent(message_id: int) -> None:
    """The next server has taken the message."""
    message = queries.message(message_id)
    message.move("send")
    message.sent_at, message.error = clock.now(), None
    _tell_charter(message, taken=True)


@use_case
def note_failed(message_id: int, *, error: str) -> None:
    """The message will not arrive. `error` is the name of a class: a server's own words may repeat the address."""
    message = queries.message(message_id)
    message.move("fail")
    message.error = error[:200]
    _tell_charter(message, taken=False)


def _tell_charter(message: Message, *, taken: bool) -> None:
    """The school's list shows whom the call to sign does not reach."""
    if message.template in CALLS_TO_SIGN:
        charter.note_delivery(queries.origin(message.event_key).signature_ids, taken=taken)


@use_case
def send_again(message_id: int) -> None:
    """Queue a failed message once more, for whoever has corrected the cause."""
    message = queries.message(message_id)
    message.move("queue_again")
    message.queued_at, message.error = clock.now(), None
    emit(MessageQueued(school_id=message.school_id, loan_id=message.loan_id or 0, message_id=message.id))
