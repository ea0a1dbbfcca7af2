"""What people do in several journeys: come in, ask for a laptop, sign."""

import re

from playwright.sync_api import Locator, expect

from tests.browser import Live
from tests.e2e.walk import Walk

CODE = re.compile(r"\b([0-9A-Z]{6})\b")
REFERENCE = re.compile(r"\bFP-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
HOME = "Mes dossiers"
CHARTER = "Charte d’engagement Lycée 4.0"
READ = "J’ai lu la charte, je veux signer"


DOOR = "Entrer dans Fin prêt"


def ask_for_a_way_in(walk: Walk, live: Live, email: str):
    """From the front page to the e-mail; gives the letter back."""
    walk.open("/", "L’ordinateur du lycée, prêté à votre enfant")
    walk.follow("Entrer avec mon e‑mail ou mon portable", then=DOOR)
    return say_who(walk, live, email)


def say_who(walk: Walk, live: Live, contact: str):
    """At the door, with an address or a number; gives back the e-mail or the SMS that came."""
    before = len(live.letters(contact))
    walk.write("Votre e-mail ou votre portable", contact)
    walk.press("Recevoir mon code", then="Regardez vos SMS" if contact.startswith("+") else "Regardez vos e-mails")
    return live.wait_for_letter(contact, after=before)


def come_in(walk: Walk, live: Live, email: str, *, then: str = HOME) -> None:
    """By the link of a real e-mail, and its button."""
    letter = ask_for_a_way_in(walk, live, email)
    walk.open(letter.links[0], "Il ne reste qu’un bouton")
    walk.press("Entrer", then=then)


def as_one_of_the_cast(walk: Walk, name: str, *, then: str | re.Pattern[str]) -> None:
    """By the demo's own door."""
    walk.open("/demo", "Qui voulez-vous être ?")
    walk.use(walk.page.get_by_role("button", name=name), then=then)


def code_of(letter) -> str:
    """The six digits of a signing code, as they were sent."""
    found = re.search(r"\b(\d{6})\b", letter.text)
    assert found, letter.text
    return found[1]


def ask_a_code(walk: Walk, live: Live, *, by: str, to: str) -> str:
    """Choose « sms » or « email » and wait for the code; gives it back."""
    before = len(live.letters(to))
    walk.page.locator(f"input[value={by}]").check()
    walk.press("Recevoir le code", then="Signer la charte")
    return code_of(live.wait_for_letter(to, after=before))


def sign(walk: Walk, *, code: str, name: str) -> None:
    """The act."""
    walk.write("Le code reçu", code)
    walk.write("Votre prénom et votre nom", name)
    walk.choose("J’ai lu cette charte.")
    walk.press("Signer la charte", then="Charte signée")


QUEUE = re.compile("demandes? à décider")
BENCH = "Préparation"


def tab_to(walk: Walk, wanted: Locator, *, back: bool = False) -> None:
    """With the Tab key only, until the focus is there; whoever tabs sees where they are."""
    for _ in range(400):
        if wanted.evaluate("element => element === document.activeElement"):
            ring = wanted.evaluate("element => getComputedStyle(element).outlineStyle")
            assert ring != "none", "the focus is not visible"
            return
        walk.page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"{wanted} cannot be reached with the Tab key")


def printed(walk: Walk, button: str) -> bytes:
    """Ask for papers, wait for the worker, open the PDF."""
    walk.page.get_by_role("button", name=button).click()
    expect(walk.page).to_have_title(re.compile("^Impression"))
    walk.look()
    walk.wait_for(walk.page.get_by_role("link", name="Ouvrir le PDF"))
    walk.look()
    return walk.file_of("Ouvrir le PDF")


def close_the_boxes(walk: Walk, names: list[str]) -> None:
    """Scan the device, the slip and the loan of each parcel; the slip once more when the box is closed."""
    for name in names:
        walk.open("/preparation/verification", "Vérifier et fermer les colis")
        row = walk.page.get_by_role("row").filter(has_text=name)
        tag, code = row.locator(".code").all_inner_texts()
        reference = re.search(r"FP-\S+", row.inner_text())
        assert reference
        for scanned in (tag, code, reference[0], code):
            walk.page.locator("#scan-code").fill(scanned)
            walk.page.locator("#scan-code").press("Enter")
            walk.wait_for(walk.page.locator("#seal-verdict .verdict--waiting, #seal-verdict .verdict--done"))
            walk.page.wait_for_load_state("networkidle")
        walk.read("Fermé")


def give_to_the_carrier(walk: Walk, names: list[str]) -> bytes:
    """Hand these parcels over, and no other; gives the deposit slip back."""
    close_the_boxes(walk, names)
    walk.open("/preparation/remise", "Remettre au transporteur")
    for box in walk.page.locator("tbody input[type=checkbox]").all():
        box.uncheck()
    for name in names:
        walk.page.get_by_label(f"Remettre le colis de {name}").check()
    walk.press("Marquer comme remis au transporteur", then="Bordereau de dépôt")
    for name in names:
        walk.read(name)
    walk.wait_for(walk.page.get_by_role("link", name="Ouvrir le PDF"))
    walk.look()
    return walk.file_of("Ouvrir le PDF")
