"""Limits count in the database: whichever process is asked, the answer is the same (SEC-7)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal.extensions import db as database
from portal.kernel import clock as time
from portal.platform import limits
from portal.platform.errors import slow_down
from portal.platform.limits import RateWindow, TooMany
from portal.platform.work import unit_of_work
from tests import factories as make

QUARTER = timedelta(minutes=15)


def take(key="ines@example.org", most=3):
    return limits.take("test", key, most=most, within=QUARTER)


def test_the_first_takes_pass_and_the_next_says_when_to_come_back(db, clock):
    assert [take() for _ in range(3)] == [0, 0, 0]
    clock.forward(minutes=5)
    assert take() == 600


def test_insisting_does_not_shut_out_for_ever(db, clock):
    for _ in range(20):
        take()
    clock.forward(minutes=15)
    assert take() == 0


def test_keys_and_purposes_do_not_share(db):
    assert [take() for _ in range(4)][-1] > 0
    assert take("other@example.org") == 0
    assert limits.take("other", "ines@example.org", most=3, within=QUARTER) == 0


def test_a_proof_begins_anew(db):
    for _ in range(4):
        take()
    limits.forget("test", "ines@example.org")
    assert take() == 0


def test_only_hashes_are_kept_and_old_windows_go(db, clock):
    take()
    (row,) = make.every(RateWindow)
    assert "ines" not in row.key_hash
    assert len(row.key_hash) == 64
    assert limits.forget_closed() == 0
    clock.forward(minutes=16)
    assert limits.forget_closed() == 1
    assert make.every(RateWindow) == []


def test_it_is_not_taken_inside_a_use_case(db):
    with pytest.raises(RuntimeError, match="before the use-case"), unit_of_work():
        take()


def test_sixteen_at_the_same_instant_are_counted_one_by_one(app, db, clock):
    def once(_):
        with time.frozen(clock.now()), app.app_context():
            return take(most=10)

    database.session.rollback()
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(once, range(16)))
    assert sorted(wait == 0 for wait in waits) == [False] * 6 + [True] * 10


def test_a_refusal_is_429_says_when_and_keeps_the_page(app):
    for headers in ({}, {"HX-Request": "true"}):
        with app.test_request_context("/", headers=headers):
            answer = app.make_response(slow_down(TooMany(600)))
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "600"
        assert "Recommencez dans 10 minutes" in answer.get_data(as_text=True)
