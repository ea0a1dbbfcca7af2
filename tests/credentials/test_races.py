"""Several workers at the same instant, on both engines (SEC-7, SEC-9), and what an unknown account costs (SEC-11)."""

import subprocess
import sys
import time as wall
from pathlib import Path
from statistics import median

import pytest
from argon2 import PasswordHasher

from portal.credentials import hashing, services
from portal.credentials.rules import LastFactor
from portal.extensions import db as database
from tests import factories as make
from tests.visitor import apart

ROOT = Path(__file__).resolve().parents[2]


def test_sec_9_one_code_typed_eight_times_at_once_is_accepted_once(together):
    account = make.account()
    code = make.phone(account).code()
    assert sorted(together(lambda: services.use_app(account_id=account.id, code=code))) == [False] * 7 + [True]


def test_one_recovery_code_typed_eight_times_at_once_is_accepted_once(together):
    account = make.account()
    code = make.recovery_code(account)
    assert sorted(together(lambda: services.use_code(account_id=account.id, code=code))) == [False] * 7 + [True]


def test_two_removals_at_once_leave_staff_one_factor(together):
    head = make.head()
    keys = iter([make.passkey(head.account).public_id for _ in range(8)])

    def remove():
        try:
            return services.remove_factor(account_id=head.account_id, public_id=next(keys))
        except LastFactor:
            return None

    assert together(remove).count(None) == 1


def test_sec_7_four_processes_and_a_hundred_bad_passwords_are_five_evaluations(db, engine_url, tmp_path):
    head = make.head()
    make.password(head.account)
    database.session.rollback()
    command = [sys.executable, "-m", "tests.credentials.attacker", str(tmp_path), engine_url, head.account.email]
    done = subprocess.run([*command, "25", "4"], cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = [line.split() for line in done.stdout.splitlines()]
    evaluated, refused = (sum(int(line[rank]) for line in told) for rank in (0, 1))
    assert len(told) == 4
    assert (evaluated, refused) == (5, 95)


@pytest.fixture
def light_hashes(monkeypatch):
    """Argon2 at its least: at its usual cost it would hide whatever else differs."""
    monkeypatch.setattr(hashing, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    hashing._nobodys.cache_clear()
    yield
    hashing._nobodys.cache_clear()


@pytest.mark.usefixtures("light_hashes")
def test_sec_11_known_and_unknown_accounts_cost_the_same_work(app):
    """Processor time of the check itself: the clock on the wall would measure the machine's other work."""
    known = make.account()
    make.password(known)
    spent = {known.email: [], "nobody@example.org": []}
    services.check_password(contact="nobody@example.org", password="to make the hash of nobody")

    def check(contact):
        begun = wall.thread_time()
        services.check_password(contact=contact, password="un mauvais mot de passe")
        return wall.thread_time() - begun

    for _ in range(200):
        for contact, times in spent.items():
            times.append(apart(_inside, app, check, contact))
    first, second = (median(times) for times in spent.values())
    assert abs(first - second) <= 0.10 * max(first, second), (first, second)


def _inside(app, call, *args):
    with app.app_context():
        return call(*args)
