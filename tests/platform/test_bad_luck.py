"""The database is away, read-only or busy: pages stay calm, and what was acknowledged is kept."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from portal.extensions import db
from portal.kernel.errors import DomainError
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.platform import work
from portal.platform.sessions import TOUCH_EVERY
from tests import factories as make


@contextmanager
def refusing(app, *starts):
    """A database that refuses the statements that begin so; all of them when none is named."""

    def refuse(_connection, _cursor, statement, parameters, _context, _many):
        if not starts or statement.upper().startswith(starts):
            raise OperationalError(statement, parameters, Exception("database or disk is full"))

    event.listen(db.engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", refuse)


WRITES = ("INSERT", "UPDATE", "DELETE")


def test_a_page_without_its_database_says_so_and_asks_nobody_to_sign_in(app, as_user):
    browser = as_user(make.head())
    with refusing(app):
        answer = browser.get("/demandes")
    assert answer.status_code == 503
    assert "Ce n’est pas de votre fait" in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["Retry-After"] == "60"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert browser.get("/demandes").status_code == 200


def test_health_answers_when_the_database_does_not(app, as_user):
    browser = as_user(make.head())
    with refusing(app):
        answer = browser.get("/sante")
    assert answer.status_code == 503
    assert answer.json["database"] == "unreachable"


def test_a_full_disk_still_lets_people_read(app, as_user, clock):
    browser = as_user(make.head())
    clock.forward(seconds=2 * TOUCH_EVERY.total_seconds())
    with refusing(app, *WRITES):
        assert browser.get("/demandes").status_code == 200


@pytest.mark.parametrize("htmx", [False, True])
def test_what_a_full_disk_refuses_is_not_acknowledged(app, as_user, htmx):
    loan = make.loan(state=LoanState.SUBMITTED)
    make.device()
    browser = as_user(make.head())
    with refusing(app, *WRITES):
        answer = browser.post(f"/demandes/{loan.public_id}/accord", htmx=htmx)
    assert answer.status_code == 503
    assert ("rien n’a été enregistré" in answer.text) == htmx
    assert make.fresh(loan).state is LoanState.SUBMITTED
    assert make.every(Loan)[0].decided_at is None


class Crossed(Exception):
    sqlstate = "40P01"


def test_a_use_case_that_crossed_another_starts_again(db, monkeypatch):
    tries = []

    @work.use_case
    def approve():
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("SELECT", {}, Crossed())
        return "done"

    assert approve() == "done"
    assert len(tries) == 3


def test_a_use_case_that_always_crosses_gives_up(db):
    @work.use_case
    def approve():
        raise OperationalError("SELECT", {}, Crossed())

    with pytest.raises(OperationalError):
        approve()


def test_a_refusal_is_not_tried_again(db):
    tries = []

    @work.use_case
    def approve():
        tries.append(1)
        raise DomainError

    with pytest.raises(DomainError):
        approve()
    assert len(tries) == 1


@pytest.mark.parametrize("host", ["a b", "x" * 300, "pret.example.org:port", "-", "", "é.example.org"])
def test_a_forged_host_gets_a_sentence_and_no_failure(app, client, host):
    answer = client.get("/entrer", headers={"Host": host})
    assert answer.status_code in {200, 400, 404}
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_no_page_repeats_a_forged_host(app, as_user):
    browser = as_user(make.head())
    for name in ("Host", "X-Forwarded-Host", "X-Forwarded-For", "X-Original-URL", "Referer"):
        for path in ("/", "/demandes", "/demandes/inconnu", "/role"):
            answer = browser.get(path, headers={name: "evil.example.com"})
            assert "evil.example.com" not in answer.text
            assert "evil.example.com" not in str(answer.headers)


@pytest.mark.parametrize("path", ["/static/rien.css", "/assets/rien.css", "/static/%00", "/rien"])
def test_the_page_of_a_missing_file_names_its_reader_so_nobody_keeps_it(app, as_user, path):
    answer = as_user(make.head()).get(path)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"
