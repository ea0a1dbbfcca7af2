"""Sessions live on the server: what a cookie opens ends with the session, not with the cookie."""

import pytest

from portal.platform.sessions import IDLE, LONGEST, STAFF_IDLE, WebSession, forget_expired
from tests import factories as make

pytestmark = pytest.mark.both
PAGE = "/"


@pytest.fixture
def head(app):
    return make.head()


def cookie_of(browser):
    return browser.get_cookie("__Host-session", domain="pret.example.org")


def is_in(browser, head):
    return head.account.name in browser.get(PAGE, follow_redirects=True).text


def test_the_cookie_is_private_and_only_a_key(as_user, head):
    browser = as_user(head)
    cookie = cookie_of(browser)
    assert cookie.secure
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert cookie.path == "/"
    (kept,) = make.every(WebSession)
    assert cookie.value not in kept.id_hash + kept.data
    assert kept.account_id == head.account_id


def test_a_copied_cookie_is_dead_after_sign_out(app, as_user, head):
    browser = as_user(head)
    thief = app.test_client()
    thief.set_cookie("__Host-session", cookie_of(browser).value, domain="pret.example.org", secure=True)
    assert is_in(thief, head)
    browser.post("/sortir")
    assert not is_in(thief, head)
    assert not is_in(browser, head)


@pytest.mark.parametrize(("who", "idle"), [(make.head, STAFF_IDLE), (make.family, IDLE)])
def test_sec_1_an_idle_session_ends_sooner_for_staff(as_user, app, clock, who, idle):
    person = who()
    browser = as_user(person)
    private = "/securite"
    clock.forward(seconds=idle.total_seconds() - 1)
    assert browser.get(private).status_code == 200
    clock.forward(seconds=idle.total_seconds() + 1)
    assert browser.get(private).location.startswith("/entrer")


def test_sec_1_even_a_busy_session_ends_after_twelve_hours(as_user, head, clock):
    browser = as_user(head)
    for _ in range(int(LONGEST / STAFF_IDLE) * 2):
        assert is_in(browser, head)
        clock.forward(minutes=15)
    clock.forward(minutes=1)
    assert not is_in(browser, head)


def test_changing_roles_does_not_make_a_session_younger(as_user, head, clock):
    region = make.region_agent(account=head.account)
    browser = as_user(head)
    for _ in range(46):
        clock.forward(minutes=15)
        grant = region.grant_id if _ % 2 else head.grant_id
        assert browser.post("/role", data={"grant": grant}).status_code == 303
        browser.raw_token = None
    assert is_in(browser, head)
    clock.forward(minutes=29)
    assert is_in(browser, head)
    clock.forward(minutes=2)
    assert not is_in(browser, head)


def test_a_session_of_staff_without_both_factors_opens_nothing(app, head):
    browser = app.test_client()
    with browser.session_transaction(base_url="https://pret.example.org") as session:
        session["_user_id"] = f"{head.account_id}:{head.grant_id}"
        session["_fresh"] = True
    assert not is_in(browser, head)
    assert browser.get("/demandes").location.startswith("/entrer")


def test_a_made_up_cookie_opens_nothing(client, head):
    client.set_cookie("__Host-session", "made-up", domain="pret.example.org", secure=True)
    assert not is_in(client, head)


def test_dead_sessions_are_swept_away(as_user, head, clock):
    as_user(head)
    clock.forward(hours=13)
    as_user(head)
    assert forget_expired() == 1
    assert len(make.every(WebSession)) == 1


def test_an_account_that_is_closed_is_out_at_once(as_user, head):
    browser = as_user(head)
    assert is_in(browser, head)
    make.change(head.account, disabled_at=head.account.created_at)
    assert not is_in(browser, head)
