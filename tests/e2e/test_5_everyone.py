"""One loan from the first page to the active loan: everyone sees the same, and is told once."""

import re
from collections import Counter

from playwright.sync_api import expect

from tests.e2e.walk import repeated
from tests.e2e.ways import (
    BENCH,
    CHARTER,
    QUEUE,
    READ,
    REFERENCE,
    as_one_of_the_cast,
    ask_a_code,
    come_in,
    give_to_the_carrier,
    printed,
    sign,
)

TIMELINE = "Où en est mon ordinateur ?"
NUMBER, SHOWN = "6A15984040669", "6A 15984 04066 9"


def test_everyone_follows_one_loan_from_the_request_to_the_laptop_at_home(live, town, walk):
    mother, father = town["whole"].parents
    child = town["whole"].child.name

    at_home = walk()
    come_in(at_home, live, mother.email)
    reference = ask(at_home)
    sign_the_charter(at_home, live, mother)
    at_home.open("/", "Mes dossiers")
    at_home.follow("Où en est l’ordinateur ?", then=TIMELINE)
    page = at_home.page.url
    assert standing(at_home) == {"Réponse du lycée": "current"}

    head = walk(width=1280)
    accept(head, reference)
    wait_for(live, mother, f"Demande {reference} acceptée")
    at_home.open(page, TIMELINE)
    assert standing(at_home) == {"Préparation de l’ordinateur": "current"}

    bench = walk(width=1280)
    tag = pack(bench, child)
    at_home.open(page, TIMELINE)
    assert standing(at_home) == {"Départ du colis": "current"}

    send(bench, child)
    wait_for(live, mother, f"Colis en route : demande {reference}")
    at_home.open(page, TIMELINE)
    assert standing(at_home) == {"Colis en route": "current"}
    at_home.read(SHOWN, "laposte.fr")

    at_home.press("J’ai reçu l’ordinateur", then=TIMELINE)
    at_home.read("C’est noté : l’ordinateur est entre vos mains.")
    assert standing(at_home) == {}
    assert at_home.steps()["Ordinateur entre vos mains"] == "done"
    at_home.read(tag, "chargeur", "Garantie", "Campagne", "jusqu’au")

    all_see_the_same(head, bench, at_home, child=child, tag=tag, loan=page.rpartition("/")[2])
    all_were_told_once(live, mother, father, reference)


def ask(at_home):
    """The shortest way through the request; gives its reference back."""
    at_home.follow("Demander un ordinateur", then="Demander un ordinateur")
    at_home.press("Commencer la demande", then="Où voulez-vous recevoir l’ordinateur ?")
    at_home.choose("Chez vous, par La Poste")
    at_home.press("Continuer", then="À quelle adresse livrer le colis ?")
    at_home.press("Enregistrer l’adresse", then="Comment vous joindre pour cette demande ?")
    at_home.press("Continuer", then="Vérifiez votre demande")
    at_home.press("Envoyer la demande au lycée", then="Votre demande est envoyée au lycée")
    reference = REFERENCE.search(at_home.text())
    assert reference
    return reference[0]


def sign_the_charter(at_home, live, mother):
    """At once after the request: the page waits while the worker prints."""
    at_home.follow("Signer la charte", then=re.compile("charte", re.IGNORECASE))
    at_home.wait_for(at_home.page.get_by_role("button", name=READ))
    at_home.arrive(CHARTER)
    at_home.press(READ, then="Recevoir un code")
    sign(at_home, code=ask_a_code(at_home, live, by="email", to=mother.email), name=mother.name)
    at_home.wait_for(at_home.page.get_by_role("link", name="Télécharger ma charte signée (PDF)"))


def accept(head, reference):
    """From the row of the queue."""
    as_one_of_the_cast(head, "Claire Vasseur", then=QUEUE)
    head.page.get_by_label("Nom ou numéro de dossier").fill(reference)
    head.page.get_by_role("button", name="Filtrer").click()
    expect(head.page).to_have_url(re.compile("recherche=FP"))
    row = head.page.locator(".request")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Rien à signaler")
    row.get_by_role("button", name="Accepter").click()
    expect(row).to_contain_text("Acceptée")
    head.look()


def pack(bench, child):
    """Scan the device that was set aside; gives its tag back."""
    as_one_of_the_cast(bench, "Thomas Klein", then=BENCH)
    tag = re.search(r"GE1-\d{5}", bench.page.locator("tbody tr").filter(has_text=child).inner_text())
    assert tag
    bench.page.get_by_label("Scannez").press_sequentially(tag[0])
    bench.page.keyboard.press("Enter")
    expect(bench.page.locator("#bench-verdict .verdict__word")).to_have_text("Prêt")
    bench.read(child, at="#bench-verdict")
    return tag[0]


def send(bench, child):
    """Slip, number, carrier."""
    bench.open("/preparation?voie=prets", BENCH)
    bench.page.get_by_label(f"Imprimer pour {child}").check()
    printed(bench, "Imprimer les bordereaux")
    bench.follow("Revenir aux colis prêts", then=BENCH)
    bench.page.locator("tbody tr").filter(has_text=child).get_by_role("link").first.click()
    bench.arrive("Colis")
    bench.write("Numéro de suivi La Poste", NUMBER)
    bench.press("Enregistrer le numéro", then="Colis")
    bench.read("Le numéro de suivi est enregistré.")
    give_to_the_carrier(bench, [child])


AT_HOME = "Ordinateur entre vos mains"


def done_of(walk):
    return [title for title, state in walk.steps().items() if state == "done"]


def all_see_the_same(head, bench, at_home, *, child, tag, loan):
    head.open(f"/demandes/{loan}", child)
    head.read("Prêté")
    done = ["Ordinateur chez la famille" if title == AT_HOME else title for title in done_of(at_home)]
    assert done_of(head) == done  # each in their own words
    bench.open("/preparation?voie=remis", BENCH)
    gone = bench.page.locator("tbody tr").filter(has_text=child)
    expect(gone).to_contain_text(tag)
    expect(gone).to_contain_text("Arrivé")


def all_were_told_once(live, mother, father, reference):
    last = f"Réception confirmée : demande {reference}"
    wait_for(live, mother, last)
    wait_for(live, father, last)
    both = [
        f"Charte à signer : demande {reference}",
        f"Demande {reference} acceptée",
        f"Colis en route : demande {reference}",
        last,
    ]
    hers = [
        "Votre lien pour entrer dans Fin prêt",
        f"Demande {reference} bien reçue",
        "Votre code pour signer la charte",
        f"Votre charte signée : demande {reference}",
    ]
    assert Counter(subjects(live, father)) == Counter([*both, f"Charte signée : demande {reference}"])
    assert Counter(subjects(live, mother)) == Counter([*both, *hers])
    assert live.letters(mother.sms) == live.letters(father.sms) == []


def standing(walk):
    """The step at which the loan is, or is stuck."""
    return {title: state for title, state in walk.steps().items() if state in {"current", "problem"}}


def subjects(live, parent):
    """The subjects of what somebody received, their spaces made plain."""
    return [" ".join(letter.subject.split()) for letter in live.letters(parent.email)]


def wait_for(live, parent, subject):
    with repeated() as again:
        for _ in again:
            if subject in subjects(live, parent):
                return
