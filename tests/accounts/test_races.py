"""Two presses at the same instant, on both engines."""

import pytest

from portal.accounts import services
from portal.accounts.models import SignInLink
from tests import factories as make


@pytest.fixture
def link(db):
    email = make.account().email
    services.ask(contact=email, browser="browser")
    return make.every(SignInLink)[0]


def test_a_link_pressed_eight_times_at_once_opens_once(link, together):
    token = services.draw_secrets(link.id).token
    doors = together(lambda: services.follow_link(token=token))
    assert sorted(door.account_id for door in doors) == [0] * 7 + [link.account_id]


def test_eight_wrong_codes_at_once_are_five_tries(link, together):
    code = services.draw_secrets(link.id).code
    wrong = "0" * 6 if code != "0" * 6 else "1" * 6
    doors = together(lambda: services.type_code(public_id=link.public_id, code=wrong, browser="browser"))
    assert all(door.refusal for door in doors)
    assert sum("n’est pas le dernier" in door.refusal for door in doors) == 5
    assert make.fresh(link).tries == 5
