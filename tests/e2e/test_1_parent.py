"""A parent asks for a laptop, on a telephone, with and without JavaScript."""

import httpx
from playwright.sync_api import expect

from tests.e2e.walk import WORKER
from tests.e2e.ways import CODE, HOME, REFERENCE, ask_for_a_way_in, come_in

ADDRESS = "À quelle adresse livrer le colis ?"
CONTACT = "Comment vous joindre pour cette demande ?"
CHECK = "Vérifiez votre demande"


def test_a_parent_asks_stops_goes_on_elsewhere_and_sends(live, town, walk, js):
    family = town["link js" if js else "link no-js"]
    parent, (child, other) = family.parent, family.children
    here = walk(js=js)
    letter = ask_for_a_way_in(here, live, parent.email)

    link = letter.links[0]
    for _ in range(2):  # a scanner of the mail opens every link: nothing is used up
        assert httpx.get(link).status_code == 200
    here.open(link, "Il ne reste qu’un bouton")
    here.press("Entrer", then=HOME)
    assert httpx.get(link).status_code == 410

    cards = here.page.locator("section.child")
    assert set(cards.get_by_role("heading").all_inner_texts()) == {child.name, other.name}
    here.follow("Demander un ordinateur", then="Demander un ordinateur", within=cards.filter(has_text=child.name))
    here.read(child.name)
    here.press("Commencer la demande", then="Où voulez-vous recevoir l’ordinateur ?")
    here.refused("Continuer", "Choisissez où vous voulez recevoir l’ordinateur.")
    here.choose("Chez vous, par La Poste")
    here.press("Continuer", then=ADDRESS)

    expect(here.page.get_by_label("Numéro et rue")).to_have_value("5 rue des Jardins")
    here.write("Commune", "Nancy")
    here.refused("Enregistrer l’adresse", "Le code postal 57000 n’est pas celui de Nancy. Choisissez votre commune.")
    here.choose("57000 Metz")
    here.press("Enregistrer l’adresse", then=CONTACT)
    here.page.context.close()  # a bus stop
    goes_on_and_sends(walk(js=js), live, parent)


def goes_on_and_sends(there, live, parent):
    """In another browser, from the question where the first one stopped."""
    come_in(there, live, parent.email)
    there.follow("Reprendre votre demande", then=CONTACT)
    there.write("Téléphone portable", "12")
    there.refused("Continuer", "numéro")
    there.write("Téléphone portable", parent.mobile)
    there.press("Continuer", then=CHECK)
    there.read("5 RUE DES JARDINS", "57000 METZ", parent.mobile, parent.email)

    there.follow("Modifier : Remise", then="Où voulez-vous recevoir l’ordinateur ?")
    there.choose("Au lycée")
    there.press("Continuer", then=CHECK)
    there.read("à l’intendance, rez-de-chaussée")
    there.follow("Modifier : Remise", then="Où voulez-vous recevoir l’ordinateur ?")
    there.choose("Chez vous, par La Poste")
    there.press("Continuer", then=CHECK)
    there.read("57000 METZ")
    there.press("Envoyer la demande au lycée", then="Votre demande est envoyée au lycée")

    reference = REFERENCE.search(there.text())
    assert reference
    live.wait_for_letter(parent.email, after=2, seconds=WORKER / 1000)
    assert any(reference[0] in letter.subject for letter in live.letters(parent.email))
    there.follow("Suivre ma demande", then="Où en est mon ordinateur ?")
    assert there.steps()["Demande envoyée"] == "done"
    assert there.steps()["Charte à signer"] == "current"
    there.open("/", HOME)
    there.read(reference[0], at="section.child")


def test_a_parent_comes_in_by_the_code_of_the_email(live, town, walk, js):
    parent = town["code js" if js else "code no-js"].parent
    here = walk(js=js)
    letter = ask_for_a_way_in(here, live, parent.email)
    code = CODE.search(letter.text.partition("restée ouverte")[2])
    assert code
    here.write("code", "ZZZZZ0" if code[1] != "ZZZZZ0" else "ZZZZZ1")
    here.refused("Entrer avec ce code", "Ce code n’est pas le dernier reçu. Il reste 4 essais.")
    here.write("code", f" {code[1][:3].lower()} {code[1][3:].lower()}")
    here.press("Entrer avec ce code", then=HOME)
    here.press("Se déconnecter", then="L’ordinateur du lycée, prêté à votre enfant")
