"""Messages on real servers: what is sent, and what happens when it is refused or the server is down."""

import re
import smtplib
from dataclasses import replace

import httpx
import pytest

from portal.charter.states import SignatureState
from portal.loans.events import LoanApproved
from portal.loans.states import LoanState
from portal.notifications import handlers, letters, sending
from portal.notifications.mail import Mail, message_id, written
from portal.notifications.models import Message
from portal.notifications.states import Channel, MessageState
from portal.platform import files, scope
from portal.platform.outbox import OutboxRow
from portal.platform.work import unit_of_work
from tests import factories as make
from tests.notifications.servers import gateway, relay
from tests.ports import free_port


@pytest.fixture
def connect(app):
    """Point the portal at other servers."""

    def change(**settings):
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], **settings)

    before = app.config["SETTINGS"]
    yield change
    app.config["SETTINGS"] = before


def message(db, **values):
    loan = values.pop("loan", None) or make.loan(state=LoanState.APPROVED)
    usual = {
        "event_key": "k",
        "loan_id": loan.id,
        "template": "loan_approved",
        "channel": Channel.EMAIL,
        "to": "jeanne@example.org",
        "name": "Jeanne",
    }
    from portal.kernel import clock

    row = Message(school_id=loan.school_id, queued_at=clock.now(), **{**usual, **values})
    with scope.schools(loan.school_id), unit_of_work():
        db.session.add(row)
    return row, loan


def send(row):
    with scope.schools(row.school_id):
        sending.send_message(row.id)


def test_an_email_has_two_versions_and_a_recognisable_id(db, connect):
    row, loan = message(db)
    with relay() as server:
        connect(smtp_url=server.url)
        send(row)
        send(row)
    (sent,) = server.received
    assert sent["To"] == "jeanne@example.org"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["Message-ID"] == message_id(row.public_id, sender="x@example.org")
    assert row.public_id not in sent["Message-ID"]
    assert loan.reference in sent["Subject"]
    assert {part.get_content_type() for part in sent.iter_parts()} == {"text/plain", "text/html"}
    assert make.fresh(row).state is MessageState.SENT


def test_an_email_says_no_more_than_it_may(db, connect):
    child = make.student(given_name="Inès", family_name="Secretname")
    row, _ = message(
        db, loan=make.loan(state=LoanState.REFUSED, student=child, reason="Motif caché."), template="loan_refused"
    )
    with relay() as server:
        connect(smtp_url=server.url)
        send(row)
    whole = server.received[0].get_body(("plain",)).get_content()
    assert "Inès" in whole
    assert "Secretname" not in whole
    assert "Motif caché" not in whole


def test_an_address_refused_for_good_ends_the_message(db, connect):
    row, _ = message(db)
    with relay() as server:
        server.to_recipient = "550 jeanne@example.org unknown"
        connect(smtp_url=server.url)
        send(row)
    failed = make.fresh(row)
    assert (failed.state, failed.error) == (MessageState.FAILED, "RecipientRefused")


def test_a_relay_that_says_later_is_asked_later(db, connect):
    row, _ = message(db)
    with relay() as server:
        server.to_data = "451 greylisted"
        connect(smtp_url=server.url)
        with pytest.raises(smtplib.SMTPDataError):
            send(row)
        server.to_data = "250 OK"
        send(row)
    assert len(server.received) == 1
    assert make.fresh(row).state is MessageState.SENT


def test_after_four_hours_of_silence_the_message_is_shown_as_failed(db, connect, clock):
    row, _ = message(db)
    connect(smtp_url=f"smtp://127.0.0.1:{free_port()}")
    with pytest.raises(ConnectionRefusedError):
        send(row)
    clock.forward(hours=4, seconds=1)
    send(row)
    failed = make.fresh(row)
    assert (failed.state, failed.error) == (MessageState.FAILED, "ConnectionRefusedError")


def test_a_text_message_goes_to_the_gateway_with_its_key(db, connect):
    row, loan = message(db, channel=Channel.SMS, to="+33639980012")
    with gateway() as server:
        connect(sms_url=server.url, sms_token="secret")
        send(row)
    ((headers, body),) = server.asked
    assert headers["Idempotency-Key"] == row.public_id
    assert headers["Authorization"] == "Bearer secret"
    assert body["to"] == "+33639980012"
    assert loan.reference in body["text"]
    assert make.fresh(row).state is MessageState.SENT


@pytest.mark.parametrize(("status", "state"), [(422, MessageState.FAILED), (503, None), (429, None), (401, None)])
def test_a_gateway_refuses_for_good_or_for_now(db, connect, status, state):
    row, _ = message(db, channel=Channel.SMS, to="+33639980012")
    with gateway() as server:
        server.status = status
        connect(sms_url=server.url)
        if state is None:
            with pytest.raises(httpx.HTTPStatusError):
                send(row)
        else:
            send(row)
    assert make.fresh(row).state is (state or MessageState.QUEUED)


def test_the_signed_charter_is_attached_under_a_name_that_names_nobody(db, connect):
    family = make.family()
    loan = make.loan(state=LoanState.SUBMITTED, student=family.student)
    key = files.keep(b"%PDF sealed", kind="charte")
    signed = make.signature(loan, by=family, state=SignatureState.SEALED, sealed_key=key)
    row, _ = message(db, loan=loan, template="charter_sealed", event_key="sealing")
    _origin(db, "sealing", "CharterSealed", {"signature_id": signed.id})
    with relay() as server:
        connect(smtp_url=server.url)
        send(row)
    (enclosed,) = list(server.received[0].iter_attachments())
    assert enclosed.get_content() == b"%PDF sealed"
    assert enclosed.get_filename() == f"charte-{loan.reference}.pdf"


def _origin(db, key, kind, payload):
    from portal.kernel import clock

    with unit_of_work():
        db.session.add(OutboxRow(key=key, kind=kind, payload=payload, created_at=clock.now(), due_at=clock.now()))


def test_a_header_cannot_be_forged_by_an_address(app):
    forged = Mail(
        identity="1", sender="a@example.org", to="b@example.org\nBcc: c@example.org", subject="s", text="t", html="h"
    )
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        written(forged)


def deliver(handler, event, key="event-key"):
    """As the worker does: the event's school, and one unit of work."""
    with scope.schools(event.school_id), unit_of_work():
        handler(event, key)


def approved(loan):
    return LoanApproved(school_id=loan.school_id, loan_id=loan.id)


def test_a_decision_is_told_once_to_each_person_and_can_no_longer_be_undone(db):
    family = make.family()
    other = make.guardian(name="Paul Weber", email=None)
    make.guardianship(family.student, other)
    stranger = make.guardian(name="Tante Weber")
    make.guardianship(family.student, stranger, may_sign=False)
    loan = make.loan(state=LoanState.APPROVED, student=family.student, requested_by=family.account_id)
    deliver(handlers.tell_approval, approved(loan))
    queued = make.every(Message)
    assert {(one.channel, one.to) for one in queued} == {
        (Channel.EMAIL, family.account.email),
        (Channel.SMS, other.mobile),
    }
    assert make.fresh(loan).told_at is not None
    assert [row.kind for row in make.every(OutboxRow)] == ["MessageQueued"] * 2


def test_the_parents_of_an_adult_student_are_not_told(db):
    pupil = make.signed_in_student(make.adult_student())
    make.guardianship(pupil.student, make.guardian())
    loan = make.loan(state=LoanState.APPROVED, student=pupil.student, requested_by=pupil.account_id)
    deliver(handlers.tell_approval, approved(loan))
    assert [one.to for one in make.every(Message)] == [pupil.account.email]


def test_the_database_refuses_the_same_message_twice(db):
    family = make.family()
    loan = make.loan(state=LoanState.APPROVED, student=family.student, requested_by=family.account_id)
    deliver(handlers.tell_approval, approved(loan))
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError):
        deliver(handlers.tell_approval, approved(loan))
    assert len(make.every(Message)) == 1


def test_the_charter_is_announced_to_its_signatory_only(db):
    family = make.family()
    make.guardianship(family.student, make.guardian())
    signature = make.signature(by=family)
    from portal.charter.events import CharterPresented

    event = CharterPresented(school_id=signature.school_id, signature_id=signature.id, loan_id=signature.loan_id)
    deliver(handlers.ask_to_sign, event)
    (row,) = make.every(Message)
    assert (row.to, row.template) == (family.account.email, "charter_to_sign")


def test_a_way_in_is_sent_at_once_and_its_secrets_are_kept_nowhere(db, connect):
    from portal.accounts import services as accounts
    from portal.accounts.models import SignInLink

    person = make.account()
    accounts.ask(contact=person.email, browser="b")
    (link,) = make.every(SignInLink)
    with relay() as server:
        connect(smtp_url=server.url)
        sending.send_way_in(link.id)
    (sent,) = server.received
    text = sent.get_body(("plain",)).get_content()
    token = text.split("/lien/")[1].split()[0]
    assert accounts.follow_link(token=token).account_id == person.id
    kept = [str(vars(row)) for row in (*make.every(OutboxRow), *make.every(SignInLink), *make.every(Message))]
    assert token not in "".join(kept)


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_a_signing_code_goes_to_the_contact_of_the_school_at_once(db, connect, clock, channel):
    family = make.family()
    to = family.guardian.email if channel == "email" else family.guardian.mobile
    asked = {"code_channel": channel, "code_to": to, "code_asked_at": clock.now()}
    signature = make.signature(by=family, state=SignatureState.DISPLAYED, **asked)
    with relay() as server, gateway() as texts, scope.schools(signature.school_id):
        connect(smtp_url=server.url, sms_url=texts.url)
        sending.send_code(signature.id)
    emails = [sent.get_body(("plain",)).get_content() for sent in server.received]
    (text,) = emails + [body["text"] for _, body in texts.asked]
    assert re.search(r"\b\d{6}\b", text)
    assert make.fresh(signature).code_sent_at == clock.now()
    assert not emails or signature.public_id in text


@pytest.mark.parametrize("endpoint", [sending.LOAN_PAGE, sending.CHARTER_PAGE])
def test_messages_lead_to_pages_that_exist(app, endpoint):
    assert letters.link(endpoint, public_id="Ab-1").rpartition("Ab-1")[1] == "Ab-1"


def test_nothing_is_sent_for_an_unknown_address(db, connect):
    from portal.accounts import services as accounts
    from portal.accounts.models import SignInLink

    accounts.ask(contact="nobody@example.org", browser="b")
    with relay() as server:
        connect(smtp_url=server.url)
        sending.send_way_in(make.every(SignInLink)[0].id)
    assert server.received == []


def test_every_handler_of_a_network_event_is_declared_as_such():
    from portal.platform.outbox import HANDLERS

    ours = {
        handler.name.rpartition(".")[2]: handler.network
        for found in HANDLERS.values()
        for handler in found
        if handler.name.startswith("portal.notifications")
    }
    secrets = {"send", "send_way_in", "send_code", "send_address_code", "send_head", "send_warning"}
    security = {name for name in ours if name.startswith("tell_") and name not in TOLD_IN_A_MESSAGE}
    assert len(security) == 9
    assert {name for name, network in ours.items() if network} == secrets | security


TOLD_IN_A_MESSAGE = {
    "tell_condition",
    "tell_handed_over",
    "tell_pickup",
    "tell_delivered",
    "tell_returning",
    "tell_approval",
    "tell_refusal",
    "tell_waiting",
    "tell_set_aside",
    "tell_sent",
    "tell_received",
    "tell_return",
}
"""Queued first, then sent: what concerns a loan."""
