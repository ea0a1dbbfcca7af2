"""What a running worker does with the outbox."""

import json
import re
import sqlite3
import subprocess
import sys
from base64 import b64decode
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.demo import mailbox
from portal.demo.sink import running
from portal.extensions import db
from portal.kernel import clock
from portal.platform.health import Heartbeat
from portal.platform.outbox import Delivery, OutboxRow, OutboxState, withdraw
from portal.platform.sessions import WebSession
from portal.platform.work import emit, unit_of_work
from portal.worker import claims
from tests import factories as make
from tests.databases import ENGINES
from tests.ports import free_port
from tests.worker.rig import Broken, Counted, Poked
from tests.worker.running import ROOT, Program, count, until, worker
from tests.worker.test_crash import MESSAGES, queue_messages

RIG = "tests.worker.rig"


def emit_all(app, *events, delay=0):
    with app.app_context(), unit_of_work():
        for event in events:
            emit(event, delay=delay)


def pokes(app):
    path = app.config["SETTINGS"].home / "poked.txt"
    return path.read_text().splitlines() if path.exists() else []


def done(app, number):
    return lambda: count(app, state=OutboxState.DONE) == number


@pytest.mark.parametrize("engine", ENGINES)
def test_a_plain_handler_takes_effect_once_and_withdrawn_events_never_do(portal, engine, tmp_path):
    app = portal(engine)
    emit_all(app, *[Counted(school_id=None, number=n) for n in range(5)])
    emit_all(app, *[Poked(school_id=None, number=n) for n in (1, 2)], delay=1)
    with app.app_context(), unit_of_work():
        assert withdraw([Poked], ["poke:1"]) == {"poke:1"}
    with worker(app, RIG) as program:
        until(done(app, 6), "five counted, one poked")
        assert program.ask_to_stop() == 0
    assert [line.split()[0] for line in pokes(app)] == ["2"]
    assert count(app, state=OutboxState.WITHDRAWN) == 1
    with app.app_context():
        assert len(make.every(WebSession)) == 5
        assert len(make.every(Delivery)) == 6


def test_a_row_taken_by_a_worker_that_died_before_handing_it_over_is_found_again(portal):
    app = portal("sqlite")
    emit_all(app, Poked(school_id=None, number=1))
    with app.app_context():
        with clock.frozen(clock.now() - timedelta(minutes=2)):
            assert claims.take(10) == []
        assert [claim.kind for claim in claims.take(10)] == ["Poked"]
        assert claims.take(10) == []
        assert claims.take_forgotten(10) == []
        with unit_of_work():
            db.session.execute(update(OutboxRow).values(dispatched_at=clock.after(minutes=-2)))
    with worker(app, RIG):
        until(done(app, 1), "the forgotten row")


def test_two_workers_on_postgresql_deliver_each_row_once(portal, tmp_path):
    app = portal("postgresql")
    with worker(app, RIG) as one, worker(app, RIG) as two:
        until(lambda: beats(app) == 3, "both workers alive")
        emit_all(app, *[Poked(school_id=None, number=n) for n in range(60)])
        until(done(app, 60), "sixty rows")
    lines = pokes(app)
    assert sorted(int(line.split()[0]) for line in lines) == list(range(60))
    assert {int(line.split()[2]) for line in lines} == {one.process.pid, two.process.pid}


def beats(app):
    with app.app_context():
        return len(make.every(Heartbeat))


def test_a_second_worker_on_the_embedded_database_is_refused(portal, tmp_path):
    app = portal("sqlite")
    with worker(app, RIG) as first:
        until(lambda: beats(app) > 0, "the first worker")
        second = Program(app)
        assert second.process.wait(60) == 1
        assert "stop it first" in second.log.read_text()
        assert first.process.poll() is None


def test_what_fails_ends_as_failed_with_a_class_name_and_nothing_personal_anywhere(portal, tmp_path):
    app = portal("sqlite")
    emit_all(app, Broken(school_id=None, number=1))
    with worker(app, RIG) as program:
        until(lambda: count(app, state=OutboxState.FAILED) == 1, "failed")
        (row,) = as_rows(app)
        assert row.error == "Unreachable"
        assert len(pokes(app)) == 3, "one attempt and two more"
    kept = what_the_engine_keeps(tmp_path / "worker.db")
    assert "Unreachable" in kept
    assert "jeanne" not in kept + program.log.read_text()
    health = app.test_client().get("/sante").get_json()
    assert health["outbox"]["failed"] == 1
    assert health["worker"] == "ok"


def what_the_engine_keeps(path):
    """Every value of its database, unpacked: it stores what steps return as pickles in base 64."""
    with closing(sqlite3.connect(path)) as link:
        values = re.findall(r"'([^']*)'", "".join(link.iterdump()))
    return "".join(values) + "".join(_unpacked(value) for value in values)


def _unpacked(value):
    try:
        return b64decode(value, validate=True).decode("latin-1")
    except ValueError:
        return ""


def as_rows(app):
    with app.app_context():
        return make.outbox()


def test_an_effect_follows_its_action_within_seconds(portal, tmp_path):
    app = portal("sqlite")
    with worker(app, RIG):
        until(lambda: beats(app) > 0, "the worker")
        emit_all(app, Poked(school_id=None, number=1))  # the engine's first row also starts its queue
        until(done(app, 1), "the first")
        emit_all(app, Poked(school_id=None, number=2))
        until(done(app, 2), "the second", patience=5)


def test_nothing_is_lost_while_the_relay_is_down(portal, tmp_path):
    port = free_port()
    app = portal("sqlite", smtp_url=f"smtp://127.0.0.1:{port}")
    queue_messages(app)
    with worker(app):
        until(lambda: count(app, error="ConnectionRefusedError", state=OutboxState.DISPATCHED) == MESSAGES, "all tried")
        with running(tmp_path, smtp_port=port, sms_port=0):
            until(done(app, MESSAGES), "all sent")
    assert len(mailbox.list_messages(tmp_path)) == MESSAGES
    assert count(app, error=None) == MESSAGES


def test_the_web_starts_without_the_engine_nor_what_only_some_pages_need():
    code = (
        "import json, sys\nfrom pathlib import Path\nfrom portal.factory import create_app\nfrom tests.databases import settings\n"
        "create_app(settings(Path(sys.argv[1]), 'sqlite://', demo=True, base_url='http://127.0.0.1'))\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    said = subprocess.run([sys.executable, "-c", code, "/tmp"], cwd=ROOT, capture_output=True, check=True, text=True)
    loaded = json.loads(said.stdout.splitlines()[-1])
    assert "flask" in loaded
    assert {"dbos", "weasyprint", "pyhanko", "pikepdf", "aiosmtpd"} & set(loaded) == set()
    assert {"obstore", "yaml", "webauthn", "authlib", "joserfc", "cas"} & set(loaded) == set()
