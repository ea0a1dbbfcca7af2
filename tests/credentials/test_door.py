"""The doors with a password, and the second step (SEC-7, SEC-9, SEC-11)."""

import re

import pytest

from portal.accounts import services as accounts
from portal.accounts.models import SignInLink
from portal.credentials.routes.blueprint import must_wait
from portal.platform.sessions import WebSession
from tests import factories as make
from tests.pages import Page

HOST = "pret.example.org"
COOKIE = "__Host-session"
STAFF, SECOND = "/entrer/personnel", "/entrer/deuxieme-etape"


@pytest.fixture
def head(app):
    return make.head()


@pytest.fixture
def phone(head):
    make.password(head.account)
    return make.phone(head.account)


def cookie(browser):
    return browser.get_cookie(COOKIE, domain=HOST).value


def thief_of(app, browser):
    thief = app.test_client()
    thief.set_cookie(COOKIE, cookie(browser), domain=HOST, secure=True)
    return thief


def by_password(browser, who, password=make.PASSPHRASE, url=STAFF, **data):
    browser.raw_token = None
    answer = browser.post(url, data={"contact": who.account.email, "password": password, **data})
    browser.raw_token = None  # the session has another key now
    return answer


def by_link(browser, who):
    answer = browser.post("/entrer", data={"contact": who.account.email})
    (link,) = make.every(SignInLink, public_id=answer.location.rpartition("/")[2])
    token = accounts.draw_secrets(link.id).token
    answer = browser.post(f"/lien/{token}")
    browser.raw_token = None
    return answer


def is_in(browser, page="/demandes"):
    return browser.get(page).status_code == 200


@pytest.mark.both
def test_staff_come_in_by_password_and_code_and_by_nothing_less(client, head, phone):
    page = Page(client.get(STAFF))
    answer = page.submit(client, "Continuer", contact=head.account.email, password=make.PASSPHRASE)
    second = Page(answer)
    assert second.heading == "Deuxième étape"
    assert not is_in(client)
    home = Page(second.submit(client, "Entrer", code=phone.code()))
    assert is_in(client)
    assert home.has("header .who")


def test_the_email_link_alone_opens_no_page_of_staff(app, client, head, phone):
    assert by_link(client, head).location == SECOND
    for rule in ("/demandes", "/equipe", "/securite", "/role"):
        assert client.get(rule).location.startswith("/entrer"), rule
    assert client.post(SECOND, data={"code": phone.code()}).status_code == 303
    assert is_in(client)


def test_sec_9_a_forgotten_password_does_not_bypass_the_second_factor(client, head, phone):
    by_link(client, head)
    assert client.get("/securite/mot-de-passe").location.startswith("/entrer")
    assert client.get("/entrer/premiere-fois").location == SECOND
    assert client.post("/entrer/premiere-fois", data={"new": "un autre mot de passe long"}).location == SECOND
    assert client.post("/entrer/premiere-fois/application").location == SECOND
    client.post(SECOND, data={"code": phone.code()})
    client.raw_token = None
    page = Page(client.get("/securite/mot-de-passe"))
    assert page.form("Enregistrer ce mot de passe").select("[name=password]") == []
    page.submit(client, "Enregistrer ce mot de passe", new="renard gris devant la mairie")
    client.post("/sortir")
    client.raw_token = None
    assert by_password(client, head, "renard gris devant la mairie").location == SECOND


@pytest.mark.both
def test_sec_9_the_same_code_twice_is_refused_on_another_worker(app, make_app, client, head, phone, engine_name):
    code = phone.code()
    by_password(client, head)
    assert client.post(SECOND, data={"code": code}).status_code == 303
    other = (make_app() if engine_name == "sqlite" else app).test_client()
    by_password(other, head)
    page = Page(other.post(SECOND, data={"code": code}), status=422)
    assert "a déjà servi" in page.text("#error-summary")
    assert not is_in(other)


def test_a_code_of_paper_comes_in_once(app, client, head, phone):
    code = make.recovery_code(head.account)
    by_password(client, head)
    page = Page(client.get(SECOND)).follow(client, "Entrer avec un code de secours")
    assert page.submit(client, "Entrer avec ce code", code=code.lower(), follow=False).location == "/securite"
    other = app.test_client()
    by_password(other, head)
    page = Page(other.post(f"{SECOND}/secours", data={"code": code}), status=422)
    assert "a déjà servi" in page.text("#error-summary")
    assert "RecoveryCodeUsed" in make.trail()


@pytest.mark.parametrize("typed", ["", "12", "abcdef", "1234567"])
def test_what_is_no_code_is_explained_and_costs_no_try(client, head, phone, typed):
    by_password(client, head)
    for _ in range(7):
        page = Page(client.post(SECOND, data={"code": typed}), status=422)
    assert page.errors()
    assert client.post(SECOND, data={"code": phone.code()}).status_code == 303


def test_five_wrong_codes_must_wait_whoever_types_and_wherever(app, client, head, phone, clock):
    wrong = "000000" if phone.code() != "000000" else "111111"
    for _ in range(5):
        by_password(client, head)
        assert client.post(SECOND, data={"code": wrong}).status_code == 422
    other = app.test_client()
    by_password(other, head)
    late = other.post(SECOND, data={"code": phone.code()})
    assert late.status_code == 429
    assert late.headers["Retry-After"] == "900"
    assert "15 minutes" in late.text
    clock.forward(minutes=14, seconds=59)
    by_password(other, head)
    assert other.post(SECOND, data={"code": phone.code()}).status_code == 429
    clock.forward(seconds=2)
    assert other.post(SECOND, data={"code": phone.code()}).status_code == 303


def test_sec_7_ten_bad_passwords_a_quarter_of_an_hour_at_most_even_over_two_windows(client, head, phone, clock):
    seen = []
    for _ in range(6):
        seen += [by_password(client, head, "un mauvais mot de passe").status_code for _ in range(20)]
        clock.forward(minutes=5)
    assert seen.count(422) == 10
    assert set(seen) == {422, 429}


def test_sec_7_a_forged_header_does_not_help(client, head, phone):
    answers = [
        client.post(
            STAFF,
            data={"contact": head.account.email, "password": "un mauvais mot de passe"},
            headers={"X-Forwarded-For": f"198.51.100.{n}"},
        )
        for n in range(10)
    ]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429] * 5


def test_sec_7_three_hundred_parents_behind_one_address_pass_three_tries_each(app, clock):
    with app.test_request_context("/entrer/mot-de-passe", method="POST", environ_base={"REMOTE_ADDR": "203.0.113.7"}):
        waits = [must_wait("password", f"parent.{n}@example.org") for _ in range(3) for n in range(300)]
        assert set(waits) == {0}
        assert must_wait("password", "one.more@example.org") == 900
    with app.test_request_context("/entrer/mot-de-passe", method="POST", environ_base={"REMOTE_ADDR": "203.0.113.8"}):
        assert must_wait("password", "one.more@example.org") == 0


def test_a_right_password_forgets_the_wrong_ones(client, head, phone):
    for _ in range(3):
        for _ in range(4):
            assert by_password(client, head, "un mauvais mot de passe").status_code == 422
        assert by_password(client, head).status_code == 303


def _plain(answer, contact):
    return re.sub(r'name="csrf_token" value="[^"]+"', "TOKEN", answer.text.replace(contact, "CONTACT"))


def test_sec_11_an_unknown_account_gets_the_same_answer_for_the_same_statements(app, head, phone, count_statements):
    seen = []
    for contact in (head.account.email, make.account().email, "nobody@example.org", "+33639980000"):
        client = app.test_client()
        client.token()
        with count_statements() as sql:
            answer = client.post(STAFF, data={"contact": contact, "password": "un mauvais mot de passe"})
        seen.append((answer.status_code, _plain(answer, contact).replace("06 39 98 00 00", "CONTACT"), len(sql)))
    assert {status for status, _, _ in seen} == {422}
    assert len({page for _, page, _ in seen}) == 1
    assert len({count for _, _, count in seen}) == 1


def test_the_session_before_the_second_step_is_worth_nothing_after_it(app, client, head, phone):
    by_password(client, head)
    thief = thief_of(app, client)
    client.post(SECOND, data={"code": phone.code()})
    assert is_in(client)
    assert not is_in(thief)
    assert thief.get(SECOND).location == STAFF


def test_half_way_lasts_a_quarter_of_an_hour(client, head, phone, clock):
    by_password(client, head)
    clock.forward(minutes=16)
    answer = client.post(SECOND, data={"code": phone.code()})
    assert answer.location == STAFF
    assert not is_in(client)


def test_a_password_alone_sets_up_no_second_factor(client, head):
    make.password(head.account)
    by_password(client, head)
    page = Page(client.get(SECOND, follow_redirects=True))
    assert "Demandez un lien" in page.text(".flashed")
    assert client.get("/entrer/premiere-fois").location == SECOND


def test_a_family_with_a_password_comes_in_at_once(client):
    family = make.family()
    make.password(family.account)
    answer = by_password(client, family, url="/entrer/mot-de-passe", suite="/securite")
    assert (answer.status_code, answer.location) == (303, "/securite")
    assert is_in(client, "/securite")


def test_a_parent_who_works_here_sees_their_children_without_the_second_factor(client):
    family = make.family()
    head = make.head(account=family.account)
    make.password(head.account)
    phone = make.phone(head.account)
    by_link(client, head)
    page = Page(client.get(SECOND))
    assert Page(page.submit(client, "Entrer comme parent seulement")).status == 200
    client.raw_token = None
    assert is_in(client, "/mes-dossiers")
    assert client.get("/demandes").status_code == 403
    answer = client.post("/role", data={"grant": head.grant_id, "suite": "/demandes"})
    assert answer.location == SECOND
    assert client.get("/demandes").location.startswith("/entrer")
    client.raw_token = None
    assert client.post(SECOND, data={"code": phone.code()}).location == "/demandes"
    assert is_in(client)


def test_staff_without_children_are_offered_no_family(client, head, phone):
    by_password(client, head)
    assert "Entrer comme parent seulement" not in Page(client.get(SECOND)).buttons()
    assert client.post(f"{SECOND}/famille").location == STAFF


def test_whoever_is_in_is_not_asked_again(as_user, head):
    browser = as_user(head)
    assert browser.get(STAFF).location == "/"
    assert browser.get(SECOND).location == "/"


@pytest.mark.parametrize("password", ["", "x" * 500, "<script>", "é" * 200])
def test_any_password_is_answered_calmly(client, head, phone, password):
    answer = by_password(client, head, password)
    assert answer.status_code == 422
    assert password == "" or password not in answer.text


def test_a_password_is_never_in_the_session_nor_in_the_trail(client, head, phone):
    by_password(client, head)
    assert all(make.PASSPHRASE not in row.data for row in make.every(WebSession))
