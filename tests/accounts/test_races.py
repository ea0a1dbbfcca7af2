"""Two presses at the same instant, on both engines."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.accounts import services
from portal.accounts.models import SignInLink
from portal.extensions import db as database
from portal.kernel import clock as time
from tests import factories as make

AT_ONCE = 8


@pytest.fixture
def together(app, db, clock):
    """Call the same thing from several threads, each as a request of its own."""

    def work(call):
        with time.frozen(clock.now()), app.app_context():
            return call()

    def run(call):
        database.session.rollback()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(work, [call] * AT_ONCE))

    return run


@pytest.fixture
def link(db):
    email = make.account().email
    services.ask(contact=email, browser="browser")
    return make.every(SignInLink)[0]


def test_a_link_pressed_eight_times_at_once_opens_once(link, together):
    token = services.draw_secrets(link.id).token
    doors = together(lambda: services.follow_link(token=token))
    assert sorted(door.account_id for door in doors) == [0] * (AT_ONCE - 1) + [link.account_id]


def test_eight_wrong_codes_at_once_are_five_tries(link, together):
    code = services.draw_secrets(link.id).code
    wrong = "0" * 6 if code != "0" * 6 else "1" * 6
    doors = together(lambda: services.type_code(public_id=link.public_id, code=wrong, browser="browser"))
    assert all(door.refusal for door in doors)
    assert sum("n’est pas le dernier" in door.refusal for door in doors) == 5
    assert make.fresh(link).tries == 5
