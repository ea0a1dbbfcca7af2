"""SEC-10: scanners of mail open every link, and the person who comes after them still enters."""

from portal.accounts import services
from portal.accounts.models import SignInLink
from tests import factories as make
from tests.pages import Page

PERSON = {"User-Agent": "Mozilla/5.0 (Linux; Android 9) Chrome/120"}
SCANNERS = ("Microsoft Office/16.0 (Outlook)", "Barracuda/5.0", "curl/7.88", "Slackbot-LinkExpanding 1.0", "")


def asked(client, account):
    """A link that somebody asked for, and what its message says."""
    client.post("/entrer", data={"contact": account.email})
    (link,) = make.every(SignInLink)
    return link, services.draw_secrets(link.id)


def scanned(app, token):
    """Each scanner in a browser of its own: HEAD, then GET."""
    for name in SCANNERS:
        scanner = app.test_client()
        assert scanner.head(f"/lien/{token}", headers={"User-Agent": name}).status_code == 200
        assert scanner.get(f"/lien/{token}", headers={"User-Agent": name}).status_code == 200
        assert "Se déconnecter" not in scanner.get("/mentions-legales").text


def test_sec_10_head_and_get_five_times_from_elsewhere_then_a_human_click_works(app, client):
    account = make.account()
    link, secrets = asked(client, account)
    scanned(app, secrets.token)
    assert (make.fresh(link).used_at, make.fresh(link).tries) == (None, 0)
    phone = app.test_client()
    page = Page(phone.get(f"/lien/{secrets.token}", headers=PERSON))
    assert page.submit(phone, "Entrer", follow=False).status_code == 303
    assert account.name in phone.get("/mentions-legales").text


def test_sec_10_after_the_scanners_the_typed_code_works_too(app, client):
    account = make.account()
    link, secrets = asked(client, account)
    scanned(app, secrets.token)
    page = Page(client.get(f"/entrer/{link.public_id}"))
    assert page.submit(client, "Entrer avec ce code", code=secrets.code, follow=False).status_code == 303


def test_sec_10_a_link_opens_once_even_when_a_scanner_presses_its_button_after(app, client):
    _, secrets = asked(client, make.account())
    phone = app.test_client()
    Page(phone.get(f"/lien/{secrets.token}")).submit(phone, "Entrer", follow=False)
    scanner = app.test_client()
    assert scanner.post(f"/lien/{secrets.token}").status_code == 410
    assert scanner.get(f"/lien/{secrets.token}").status_code == 410
