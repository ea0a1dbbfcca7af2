"""Staff come in with a passkey: a real browser, a virtual authenticator (WebAuthn through Chrome's DevTools Protocol).

Passkeys belong to a name, not to a number: the portal is opened as `localhost`, which browsers trust without https.
"""

from playwright.sync_api import expect

from portal.demo.cast import TECHNICIAN
from tests.browser import Live, axe, fits

PASSPHRASE = "grenouille bleue sous le pont"


def authenticator(page):
    """A device that says yes, with the finger of its owner."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return cdp, made["authenticatorId"]


def press(page, button, *, then):
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=then)).to_be_visible()
    axe(page)
    fits(page)


def test_first_time_with_a_passkey_then_password_and_passkey(live: Live, visit):
    page = visit(width=320)
    cdp, device = authenticator(page)
    site = live.url.replace("127.0.0.1", "localhost")
    before = len(live.letters(TECHNICIAN.email))
    page.goto(f"{site}/entrer")
    page.get_by_label("Votre e-mail ou votre portable").fill(TECHNICIAN.email)
    press(page, "Recevoir mon code", then="Regardez vos e-mails")
    letter = live.wait_for_letter(TECHNICIAN.email, after=before)
    page.goto(letter.links[0].replace("127.0.0.1", "localhost"))
    press(page, "Entrer", then="Choisissez un mot de passe")
    page.get_by_label("Votre nouveau mot de passe").fill(PASSPHRASE)
    page.get_by_role("button", name="Afficher").click()
    assert page.get_by_label("Votre nouveau mot de passe").get_attribute("type") == "text"
    press(page, "Continuer", then="Choisissez un deuxième facteur")
    press(page, "Créer une clé d’accès", then="Vos dix codes de secours")
    (kept,) = cdp.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert kept["rpId"] == "localhost"
    page.get_by_role("button", name="Mes codes sont rangés, continuer").click()
    expect(page.locator("header .who")).to_contain_text(TECHNICIAN.name)
    page.get_by_role("button", name="Se déconnecter").click()

    page.goto(f"{site}/entrer/personnel")
    page.get_by_label("Votre e-mail ou votre portable").fill(TECHNICIAN.email)
    page.get_by_label("Votre mot de passe").fill(PASSPHRASE)
    press(page, "Continuer", then="Deuxième étape")
    page.get_by_role("button", name="Utiliser ma clé").click()
    expect(page.locator("header .who")).to_contain_text(TECHNICIAN.name)
    page.goto(f"{site}/securite")
    expect(page.get_by_role("main")).to_contain_text("Ma clé d’accès")
    expect(page.get_by_role("main")).to_contain_text("Dernier usage")
    axe(page)
    fits(page)
    subjects = {letter.subject for letter in live.letters(TECHNICIAN.email)}
    assert "Un deuxième facteur est ajouté à votre compte" in subjects


def test_a_device_that_says_no_is_told_and_the_page_stays(live: Live, visit):
    page = visit(width=1280)
    cdp, device = authenticator(page)
    site = live.url.replace("127.0.0.1", "localhost")
    page.goto(f"{site}/demo")
    page.get_by_role("button", name="Paul Schmitt").click()
    page.goto(f"{site}/securite/ajouter")
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})
    refuse = "Promise.reject(new DOMException('no', 'NotAllowedError'))"
    page.evaluate(f"() => {{ navigator.credentials.create = () => {refuse}; }}")
    page.get_by_role("button", name="Créer une clé d’accès").click()
    expect(page.locator("[data-passkey-said]")).to_contain_text("L’appareil n’a pas répondu")


def test_without_javascript_the_page_says_what_to_do(live: Live, visit):
    page = visit(width=320, js=False)
    page.goto(f"{live.url}/demo")
    page.get_by_role("button", name="Paul Schmitt").click()
    page.goto(f"{live.url}/securite/ajouter")
    expect(page.get_by_role("main")).to_contain_text("Choisissez l’application")
    expect(page.get_by_role("button", name="Créer une clé d’accès")).to_be_hidden()
    page.get_by_role("button", name="Installer une application").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Scannez ce carré, tapez le code")
