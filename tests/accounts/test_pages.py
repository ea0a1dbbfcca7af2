"""The door, as a browser meets it."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.accounts import services
from portal.accounts.models import SignInLink
from portal.extensions import db
from portal.platform.sessions import WebSession
from tests import factories as make
from tests.databases import HOST

COOKIE = "__Host-session"
ANY_PAGE = "/mentions-legales"


def page(response):
    return BeautifulSoup(response.text, "html.parser")


def text(response):
    return " ".join(page(response).select_one("main").get_text(" ").split())


def ask(client, contact, **data):
    """Ask for a way in; the id of the page that waits for the code."""
    response = client.post("/entrer", data={"contact": contact, **data})
    assert response.status_code == 303, text(response)
    return response.location.rpartition("/")[2]


def secrets_of(public_id):
    """What the worker draws and the message says."""
    (link,) = make.every(SignInLink, public_id=public_id)
    return services.draw_secrets(link.id)


def cookie(client):
    return client.get_cookie(COOKIE, domain="pret.example.org").value


def press(client, address, **data):
    """Send the form of a page as its page would: with that page's own token."""
    token = page(client.get(address)).select_one('main form input[name="csrf_token"]')["value"]
    return client.post(address, data={"csrf_token": token, **data}, csrf=False)


def then(client, response):
    """The page that a form leads to."""
    assert response.status_code == 303
    return client.get(response.location)


@pytest.fixture
def account(app):
    return make.account(email="ines.lefevre@example.org", name="Inès Lefèvre")


@pytest.fixture
def entered(client, account):
    """A browser that came in by the link."""
    token = secrets_of(ask(client, account.email)).token
    assert press(client, f"/lien/{token}").status_code == 303
    client.raw_token = None  # the tokens of before are dead
    return client


def test_a_visitor_reads_what_this_is_and_how_long_it_takes(client):
    response = client.get("/")
    assert response.status_code == 200
    assert "3 ou 4 écrans, 3 minutes, rien à préparer." in text(response)
    assert len(page(response).select(".thread__step")) == 5
    assert "Set-Cookie" not in response.headers


def test_the_whole_way_by_link(client, account):
    assert client.get("/entrer").status_code == 200
    public_id = ask(client, account.email)
    waiting = client.get(f"/entrer/{public_id}")
    assert "Regardez vos e-mails" in text(waiting)
    secrets = secrets_of(public_id)
    response = press(client, f"/lien/{secrets.token}")
    assert (response.status_code, response.location) == (303, "/")
    assert "Inès Lefèvre" in client.get(ANY_PAGE).text


def test_the_whole_way_by_code_in_lower_case_with_spaces(client, account):
    public_id = ask(client, account.email)
    code = secrets_of(public_id).code.lower()
    response = client.post(f"/entrer/{public_id}", data={"code": f" {code[:3]} {code[3:]} "})
    assert (response.status_code, response.location) == (303, "/")


@pytest.mark.both
@pytest.mark.parametrize("typed", ["06 39 98 00 14", "+33 6 39 98 00 14"])
def test_the_whole_way_by_sms_for_those_who_have_no_e_mail(client, db, typed):
    make.account(name="Sophie Marchal", email=None, mobile="+33639980014")
    public_id = ask(client, typed)
    waiting = text(client.get(f"/entrer/{public_id}"))
    assert "Regardez vos SMS" in waiting
    assert "06 39 98 00 14" in waiting
    drawn = secrets_of(public_id)
    assert (drawn.by_sms, drawn.to) == (True, "+33639980014")
    response = client.post(f"/entrer/{public_id}", data={"code": drawn.code})
    assert (response.status_code, response.location) == (303, "/")
    assert "Sophie Marchal" in client.get(ANY_PAGE).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("03 63 99 00 12", "téléphone fixe"), ("06 39 98", "dix chiffres"), ("", "votre e-mail ou votre numéro")],
)
def test_a_number_that_gets_no_sms_is_explained_and_kept(client, typed, sentence):
    response = client.post("/entrer", data={"contact": typed})
    assert response.status_code == 422
    assert sentence in text(response)
    assert page(response).select_one("#contact")["value"] == typed


def test_the_number_typed_last_is_offered_as_people_write_it(client):
    ask(client, "0639980014")
    assert page(client.get("/entrer")).select_one("#contact")["value"] == "06 39 98 00 14"


def test_the_link_opens_on_another_device(app, client, account):
    token = secrets_of(ask(client, account.email)).token
    phone = app.test_client()
    assert press(phone, f"/lien/{token}").status_code == 303
    assert "Inès Lefèvre" in phone.get(ANY_PAGE).text
    assert "Inès Lefèvre" not in client.get(ANY_PAGE).text


def test_a_code_typed_in_another_browser_is_refused(app, client, account):
    public_id = ask(client, account.email)
    code = secrets_of(public_id).code
    response = app.test_client().post(f"/entrer/{public_id}", data={"code": code})
    assert response.status_code == 422
    assert "l’appareil qui l’a demandé" in text(response)
    assert account.email not in response.text


def test_mail_scanners_change_nothing(app, client, account):
    public_id = ask(client, account.email)
    token = secrets_of(public_id).token
    (before,) = make.every(SignInLink)
    for _ in range(5):
        scanner = app.test_client()
        assert scanner.get(f"/lien/{token}").status_code == 200
        assert scanner.head(f"/lien/{token}").status_code == 200
    (after,) = make.every(SignInLink)
    assert (after.used_at, after.tries) == (before.used_at, before.tries) == (None, 0)
    assert press(client, f"/lien/{token}").status_code == 303


def test_a_used_link_offers_another(app, entered, account):
    (link,) = make.every(SignInLink)
    token = services.draw_secrets(link.id)
    assert token is None
    again = ask(app.test_client(), account.email)
    token = secrets_of(again).token
    services.follow_link(token=token)
    response = app.test_client().get(f"/lien/{token}")
    assert response.status_code == 410
    assert "déjà servi" in text(response)
    assert page(response).select_one("main a.button")["href"] == "/entrer"


def test_a_link_posted_twice_is_refused(app, client, account):
    token = secrets_of(ask(client, account.email)).token
    press(client, f"/lien/{token}")
    late = app.test_client().post(f"/lien/{token}")
    assert late.status_code == 410
    assert "déjà servi" in text(late)


def test_an_expired_link_offers_another(client, account, clock):
    token = secrets_of(ask(client, account.email)).token
    clock.forward(minutes=20)
    response = client.get(f"/lien/{token}")
    assert response.status_code == 410
    assert "trop ancien" in text(response)


def test_a_made_up_link_says_so(client):
    assert "Nous ne reconnaissons pas ce lien" in text(client.get("/lien/made-up"))
    assert client.get("/entrer/made-up").status_code == 404


def test_five_wrong_codes_close_the_code(client, account):
    public_id = ask(client, account.email)
    code = secrets_of(public_id).code
    wrong = "0" * 6 if code != "0" * 6 else "1" * 6
    for left in ("4 essais", "3 essais", "2 essais", "un essai", "cinq essais"):
        response = client.post(f"/entrer/{public_id}", data={"code": wrong})
        assert response.status_code == 422
        assert left in text(response)
    assert client.post(f"/entrer/{public_id}", data={"code": code}).status_code == 422


@pytest.mark.parametrize("typed", ["", "12", "  ", "trop long pour un code"])
def test_what_is_no_code_is_explained_kept_and_costs_no_try(client, account, typed):
    public_id = ask(client, account.email)
    response = client.post(f"/entrer/{public_id}", data={"code": typed})
    assert response.status_code == 422
    assert page(response).title.text.startswith("Erreur\u00a0:")
    assert page(response).select_one("#error-summary a")["href"] == "#code"
    assert page(response).select_one("#code")["value"] == typed.strip()
    assert make.every(SignInLink)[0].tries == 0


def test_a_phone_may_fill_the_code_by_itself(client, account):
    field = page(client.get(f"/entrer/{ask(client, account.email)}")).select_one("#code")
    assert field["autocomplete"] == "one-time-code"


def test_an_address_with_a_fault_is_explained(client):
    response = client.post("/entrer", data={"contact": "ines.example.org"})
    assert response.status_code == 422
    assert "Il manque le signe @" in text(response)
    assert page(response).select_one("#contact")["value"] == "ines.example.org"


def test_a_probable_mistake_is_a_question(client):
    waiting = page(client.get(f"/entrer/{ask(client, 'ines@gmial.com')}"))
    assert "Vouliez-vous écrire ines@gmail.com" in waiting.select_one(".notice").text
    assert waiting.select_one('input[name="contact"]')["value"] == "ines@gmail.com"


def test_too_many_links_say_when_to_come_back(client, account):
    for _ in range(5):
        ask(client, account.email)
    response = client.post("/entrer", data={"contact": account.email})
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "900"
    assert "dans 15 minutes" in text(response)


def test_another_mail_is_offered_after_a_minute(client, account, clock):
    public_id = ask(client, account.email)
    early = then(client, client.post(f"/entrer/{public_id}/encore"))
    assert "Patientez encore 60 secondes" in text(early)
    again = page(client.get(f"/entrer/{public_id}")).select_one("#again")
    assert again["data-hx-trigger"] == "load delay:61s"
    clock.forward(seconds=61)
    piece = client.get(f"/entrer/{public_id}", htmx=True)
    assert len(page(piece).find_all(True, recursive=False)) == 1
    assert "Envoyer un autre message" in piece.text
    response = then(client, client.post(f"/entrer/{public_id}/encore"))
    assert "Seul son code compte" in text(response)
    assert len(make.every(SignInLink)) == 2


def test_another_browser_cannot_send_mails_to_somebody(app, client, account, clock):
    public_id = ask(client, account.email)
    clock.forward(minutes=2)
    assert app.test_client().post(f"/entrer/{public_id}/encore").location == "/entrer"
    assert len(make.every(SignInLink)) == 1


def test_after_entering_one_goes_where_one_was_going(client, account):
    assert page(client.get("/entrer?suite=/mentions-legales")).select_one("#suite")["value"] == "/mentions-legales"
    token = secrets_of(ask(client, account.email, suite="/mentions-legales")).token
    assert press(client, f"/lien/{token}").location == "/mentions-legales"


@pytest.mark.parametrize(
    "suite", ["//evil.example.org", "https://evil.example.org", "/\\evil.example.org", "/\t/evil.example.org"]
)
def test_entering_never_leads_to_another_site(client, account, suite):
    assert page(client.get("/entrer", query_string={"suite": suite})).select_one("#suite")["value"] == ""
    token = secrets_of(ask(client, account.email, suite=suite)).token
    assert press(client, f"/lien/{token}").location == "/"
    assert client.get("/entrer", query_string={"suite": suite}).location == "/"


@pytest.mark.both
def test_the_session_gets_a_new_key_and_a_new_csrf_token(app, client, account):
    token = secrets_of(ask(client, account.email)).token
    before, old_page = cookie(client), page(client.get("/entrer"))
    old_token = old_page.select_one('input[name="csrf_token"]')["value"]
    press(client, f"/lien/{token}")
    assert cookie(client) != before
    assert client.post("/sortir", data={"csrf_token": old_token}, csrf=False).status_code == 400
    thief = app.test_client()
    thief.set_cookie(COOKIE, before, domain="pret.example.org", secure=True)
    assert "Inès Lefèvre" not in thief.get(ANY_PAGE).text


@pytest.mark.both
def test_a_copied_cookie_is_dead_after_sign_out(app, entered):
    thief = app.test_client()
    thief.set_cookie(COOKIE, cookie(entered), domain="pret.example.org", secure=True)
    assert thief.get("/role").status_code == 200
    response = then(entered, entered.post("/sortir"))
    assert "Votre session est fermée" in text(response)
    assert thief.get("/role").location.startswith("/entrer")
    accounts = db.session.scalars(select(WebSession.account_id)).all()
    assert [known for known in accounts if known] == []


def test_a_closed_account_is_out_at_its_next_page(entered, account):
    assert entered.get("/role").status_code == 200
    services.disable_account(account_id=account.id)
    assert entered.get("/role").location.startswith("/entrer")


def test_the_chosen_language_is_kept_through_the_door(client, account):
    client.get("/entrer?langue=ar")
    token = secrets_of(ask(client, account.email)).token
    press(client, f"/lien/{token}")
    assert page(client.get(ANY_PAGE)).html["dir"] == "rtl"


def test_somebody_with_two_roles_chooses_one(client):
    head = make.head()
    region = make.region_agent(account=head.account)
    token = secrets_of(ask(client, head.account.email, suite="/mentions-legales")).token
    phone = make.phone(head.account)
    assert press(client, f"/lien/{token}").location == "/entrer/deuxieme-etape"
    second = press(client, "/entrer/deuxieme-etape", code=phone.code())
    assert second.location == "/role?suite=/mentions-legales"
    choice = client.get("/role?suite=/mentions-legales")
    assert head.school.name in text(choice)
    client.raw_token = None
    response = client.post("/role", data={"grant": region.grant_id, "suite": "/mentions-legales"})
    assert (response.status_code, response.location) == (303, "/mentions-legales")
    assert page(client.get("/mentions-legales")).select_one("a.who__role")["href"] == "/role"
    assert "Région" in page(client.get("/mentions-legales")).select_one(".who").text


@pytest.mark.parametrize("grant", ["", "x", "999999", "-1"])
def test_nobody_takes_a_role_of_somebody_else(as_user, grant):
    response = as_user(make.head()).post("/role", data={"grant": grant})
    assert response.status_code == 422
    assert "Choisissez un rôle dans la liste" in text(response)


def test_somebody_inside_is_not_asked_to_enter_again(entered):
    assert entered.get("/entrer?suite=/mentions-legales").location == "/mentions-legales"
    assert entered.get("/entrer").location == "/"


@pytest.mark.parametrize("address", ["/accessibilite", "/donnees-personnelles", "/mentions-legales"])
def test_the_pages_of_the_footer_open_for_everybody(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert len(page(response).select("h1")) == 1
    assert page(response).select_one(f'footer a[href="{address}"]')


def test_the_declaration_says_non_conforme_while_no_audit_was_made(client):
    assert "non conforme" in page(client.get("/accessibilite")).h1.text


def test_pages_cost_few_statements(client, account, entered, app, count_statements):
    visitor = app.test_client()
    public_id = ask(visitor, account.email)
    token = secrets_of(public_id).token
    for browser, address, most in (
        (app.test_client(), "/", 0),
        (visitor, "/entrer", 1),
        (visitor, f"/entrer/{public_id}", 2),
        (visitor, f"/lien/{token}", 2),
        (entered, "/mentions-legales", 3),
        (entered, "/role", 5),
    ):
        browser.get(address)
        with count_statements() as sql:
            assert browser.get(address).status_code in {200, 302}
        assert sql.count <= most, f"{address}\n{sql}"


def test_no_page_of_the_door_is_kept_by_the_browser(client, account):
    assert client.get(f"{HOST}/entrer").headers["Cache-Control"] == "no-store"
