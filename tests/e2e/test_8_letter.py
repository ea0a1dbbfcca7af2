"""A family without any account: the lycée prints, the telephone reads the square, the birth date opens the door."""

import re

from playwright.sync_api import expect

from tests.documents.paper import pictures, symbols
from tests.e2e.ways import CODE, HOME, as_one_of_the_cast, printed

PARENT, CHILD, CLASS = "Ursule Vannier", "Octave Vannier", "2DE D"


def square(pdf: bytes) -> str:
    """What a telephone reads on the letter."""
    (page,) = pictures(pdf)
    (found,) = symbols(page)
    return found.text


def print_the_letter(desk) -> bytes:
    """The office finds the person in its list and prints one letter."""
    as_one_of_the_cast(desk, "Thomas Klein", then="Préparation")
    desk.open("/familles/acces", "Accès des familles")
    desk.write("Nom de l’élève ou du responsable", "Vannier")
    desk.press("Filtrer", then="Accès des familles")
    desk.read(PARENT, "Aucun accès")
    desk.follow(f"Imprimer la lettre de {PARENT}", then="Imprimer des lettres")
    return printed(desk, "Imprimer")


def test_a_parent_without_any_contact_enters_with_the_letter(live, town, walk):
    pdf = print_the_letter(walk(width=1280))
    address = square(pdf).replace(re.match(r"https?://[^/]+", square(pdf))[0], live.url)
    code = address.partition("#")[2]
    assert re.fullmatch(r"[2-9A-Z]{12}", code)

    phone = walk()
    phone.open(address, "Entrer avec ma lettre")
    expect(phone.page.get_by_label("Code de la lettre")).to_have_value(f"{code[:4]}-{code[4:8]}-{code[8:]}")
    assert code not in phone.page.url, "the code stays in the address bar"
    for now, other in (("Français", "العربية"), ("العربية", "Français")):
        phone.page.locator("summary", has_text=now).click()
        phone.page.get_by_role("link", name=other).click()
        expect(phone.page.locator("html")).to_have_attribute("lang", "ar" if other == "العربية" else "fr")
        expect(phone.page.locator("#code")).to_have_value(f"{code[:4]}-{code[4:8]}-{code[8:]}")
    phone.write("Jour", "4")
    phone.write("Mois", "mai")
    phone.write("Année", "2011")
    phone.refused("Entrer", "ne vont pas ensemble")
    phone.write("Année", "2010")
    phone.press("Entrer", then="Mon accès")
    next_time(phone, live)

    late = walk(js=False)
    late.open("/acces", "Entrer avec ma lettre")
    late.write("Code de la lettre", code.lower())
    for label, text in (("Jour", "4"), ("Mois", "5"), ("Année", "10")):
        late.write(label, text)
    late.refused("Entrer", "déjà servi")
    assert code not in live.log.read_text(errors="replace"), "a log holds the code"


def next_time(phone, live):
    """An address for next time, confirmed by the code sent there."""
    phone.write("adresse e", "ursule.vannier@example.org")
    phone.press("Recevoir un code", then="Confirmer mon adresse")
    letter = live.wait_for_letter("ursule.vannier@example.org")
    found = CODE.search(letter.text)
    assert found, letter.text
    phone.write("Code à 6", found[1])
    phone.press("Confirmer", then=HOME)
    phone.read(CHILD)
