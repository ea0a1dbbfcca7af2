"""REL-2: a worker killed in the middle loses nothing and repeats nothing that a careful receiver would keep."""

import pytest

from portal.demo import mailbox
from portal.demo.sink import running
from portal.kernel import clock
from portal.loans.states import LoanState
from portal.notifications.events import MessageQueued
from portal.notifications.models import Message
from portal.notifications.states import Channel, MessageState
from portal.platform.outbox import OutboxState
from portal.platform.work import unit_of_work
from portal.worker import life
from tests import factories as make
from tests.databases import ENGINES
from tests.ports import free_port
from tests.worker.running import count, until, worker

MESSAGES = 20


def queue_messages(app):
    from portal.extensions import db
    from portal.platform import scope
    from portal.platform.work import emit

    with app.app_context():
        loan = make.loan(state=LoanState.APPROVED)
        with scope.schools(loan.school_id), unit_of_work():
            for number in range(MESSAGES):
                row = Message(
                    school_id=loan.school_id,
                    event_key=f"key-{number}",
                    loan_id=loan.id,
                    template="loan_approved",
                    channel=Channel.EMAIL,
                    to=f"famille{number}@example.org",
                    name="Famille",
                    queued_at=clock.now(),
                )
                db.session.add(row)
                db.session.flush()
                emit(MessageQueued(school_id=loan.school_id, loan_id=loan.id, message_id=row.id))


def forget_the_living(app):
    """As if the time after which a silent worker is dead had passed."""
    from portal.extensions import db
    from portal.platform.health import Heartbeat

    with app.app_context(), unit_of_work():
        for beat in db.session.query(Heartbeat).filter(Heartbeat.name.startswith(life.ONE)):
            beat.at = beat.at - life.DEAD_AFTER


@pytest.mark.parametrize("engine", ENGINES)
def test_twenty_messages_arrive_although_the_worker_is_killed_in_the_middle(portal, engine, tmp_path):
    smtp = free_port()
    app = portal(engine, smtp_url=f"smtp://127.0.0.1:{smtp}")
    queue_messages(app)
    with running(tmp_path, smtp_port=smtp, sms_port=0):
        with worker(app) as first:
            until(lambda: len(mailbox.list_messages(tmp_path)) >= 5, "five messages")
            first.kill()
        assert len(mailbox.list_messages(tmp_path)) < MESSAGES, "killed too late to prove anything"
        forget_the_living(app)
        with worker(app) as second:
            until(lambda: count(app, kind="MessageQueued", state=OutboxState.DONE) == MESSAGES, second.log.read_text())
    letters = mailbox.list_messages(tmp_path)
    assert sorted(letter.to for letter in letters) == sorted(f"famille{n}@example.org" for n in range(MESSAGES))
    with app.app_context():
        assert {message.state for message in make.every(Message)} == {MessageState.SENT}
