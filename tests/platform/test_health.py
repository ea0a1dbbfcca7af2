"""`/sante` says what works, to whoever watches: 200, or 503 with the part that does not."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from portal.kernel import clock as time
from portal.platform.health import Heartbeat
from portal.platform.outbox import OutboxRow, OutboxState

pytestmark = pytest.mark.both


@pytest.fixture
def beating(app):
    write(app, insert(Heartbeat).values(name="worker", at=time.now()))


def write(app, statement):
    from portal.extensions import db

    with db.engine.begin() as link:
        link.execute(statement)


def waiting(**values):
    usual = {"key": "k", "kind": "X", "payload": {}, "state": OutboxState.WAITING, "created_at": time.now()}
    return insert(OutboxRow).values({**usual, "due_at": time.now(), **values})


def test_all_is_well(client, beating):
    answer = client.get("/sante")
    assert (answer.status_code, answer.json["status"]) == (200, "ok")


def test_a_silent_worker_is_told(client, beating, clock):
    clock.forward(seconds=31)
    answer = client.get("/sante")
    assert (answer.status_code, answer.json["worker"]) == (503, "silent")


def test_a_worker_that_never_was_is_silent(client):
    assert client.get("/sante").json["worker"] == "silent"


def test_an_outbox_that_does_not_move_is_told(app, client, beating):
    write(app, waiting(due_at=time.now() - timedelta(minutes=6)))
    answer = client.get("/sante")
    assert answer.status_code == 503
    assert answer.json["outbox"] == {"waiting": 1, "oldest_seconds": 360, "failed": 0, "stuck": True}


def test_what_is_not_due_yet_does_not_wait(app, client, beating):
    write(app, waiting(due_at=time.now() + timedelta(minutes=6)))
    assert client.get("/sante").json["outbox"]["waiting"] == 0


def test_a_database_that_does_not_answer_is_told(app, client, beating, monkeypatch):
    from sqlalchemy import event
    from sqlalchemy.exc import OperationalError

    from portal.extensions import db

    def down(*_):
        raise OperationalError("select", {}, Exception("down"))

    event.listen(db.engine, "before_cursor_execute", down)
    try:
        answer = client.get("/sante")
    finally:
        event.remove(db.engine, "before_cursor_execute", down)
    assert (answer.status_code, answer.json["database"]) == (503, "unreachable")


def test_it_tells_nothing_about_anybody(client, beating):
    parts = {"status", "web", "database", "worker", "outbox", "purge", "time_stamps"}
    assert set(client.get("/sante").json) == parts
