"""The proviseure at her desk: what makes one hesitate, many at once, the effect first, undone in time, one refusal."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.ways import QUEUE, as_one_of_the_cast, come_in, tab_to

PREVIEW = re.compile(r"2 demandes, 2 en stock")


@pytest.fixture
def head(patient, town, walk):
    """The head of the demo's first lycée, where an hour is left to undo."""

    def come(*, js=True, class_name):
        here = walk(js=js, width=1280, site=patient)
        as_one_of_the_cast(here, "Claire Vasseur", then=QUEUE)
        here.page.get_by_label("Classe").select_option(class_name)
        here.page.get_by_role("button", name="Filtrer").click()
        expect(here.page).to_have_url(re.compile("classe=TLE"))
        here.arrive(QUEUE)
        return here

    return come


def names(here):
    return set(here.page.locator(".request__name").all_inner_texts())


def row(here, name):
    return here.page.locator(".request").filter(has_text=name)


def test_a_head_approves_many_undoes_and_refuses_one(head, town, walk, live, js):
    class_name = "TLE B" if js else "TLE C"
    plain, doubtful, refused = (town[f"{class_name} {key}"].child.name for key in ("plain", "doubtful", "refused"))
    here = head(js=js, class_name=class_name)
    expect(row(here, plain)).to_contain_text("Charte")
    expect(row(here, doubtful)).to_contain_text("Adresse")
    assert {plain, doubtful, refused} <= names(here)

    here.press("Accepter les demandes cochées", then=QUEUE)
    here.read("Aucune demande n’est cochée.")
    here.page.get_by_label("Classe").select_option(class_name)
    here.page.get_by_role("button", name="Filtrer").click()
    expect(here.page).to_have_url(re.compile("classe=TLE"))

    before = here.text("#queue-rest strong >> nth=0")
    for name in (plain, doubtful):
        here.page.get_by_label(name, exact=True).check()
    if js:
        here.read("2 demandes cochées", at="#queue-stock")
        assert int(here.text("#queue-rest strong >> nth=0")) == int(before) - 2
    here.press("Accepter les demandes cochées", then=PREVIEW)
    here.read("Rien n’est encore enregistré.", "Claire Vasseur, proviseure", plain, doubtful)
    here.follow("Ne rien faire", then=QUEUE)
    assert {plain, doubtful} <= names(here)

    for name in (plain, doubtful):
        here.page.get_by_label(name, exact=True).check()
    here.press("Accepter les demandes cochées", then=PREVIEW)
    here.press("Confirmer les 2 décisions", then="2 demandes acceptées")
    here.read("2 familles ne sont pas encore prévenues.", "Par Claire Vasseur, proviseure")
    family = town[f"{class_name} plain"].parent
    there = walk()
    come_in(there, live, family.email)
    there.read("Envoyée" if there.page.get_by_text("Envoyée").count() else "À signer")
    here.press("Annuler les 2 décisions", then=QUEUE)
    here.read("2 décisions sont annulées.")
    assert {plain, doubtful} <= names(here)
    assert not [letter for letter in live.letters(family.email) if "acceptée" in letter.subject]

    here.page.get_by_label(refused, exact=True).check()
    here.page.get_by_role("button", name="Refuser").click()
    here.arrive(f"Refuser le prêt pour {refused}")
    here.refused("Refuser la demande", "Choisissez un motif : la famille le lira.")
    here.choose("Un autre motif, que j’écris ci-dessous")
    here.refused("Refuser la demande", "Écrivez le motif : la famille le lira.")
    here.write("Votre message à la famille", "L’élève change de lycée en décembre.")
    here.press("Refuser la demande", then="1 demande refusée")
    here.read("Motif lu par la famille : « L’élève change de lycée en décembre. »")
    here.follow("Continuer avec les demandes", then=QUEUE)
    assert refused not in names(here)
    here.follow(re.compile("[Dd]écision"), then="Décisions récentes")  # how many are left to undo depends on the others
    here.read(refused, "L’élève change de lycée en décembre.")


def test_a_head_decides_from_one_row_and_takes_it_back(head, town):
    here = head(class_name="TLE B")
    name = town["TLE B plain"].child.name
    one = row(here, name)
    one.get_by_role("button", name="Accepter").click()
    undo = one.get_by_role("button", name="Annuler")
    expect(undo).to_be_focused()
    expect(one).to_contain_text("Acceptée")
    here.look()
    undo.click()
    expect(one.get_by_role("button", name="Accepter")).to_be_focused()
    here.look()


def test_an_opposed_request_is_decided_apart(head, town):
    here = head(class_name="TLE B")
    name = town["opposed"].child.name
    one = row(here, name)
    here.wait_for(one.get_by_text("s’oppose"))
    assert one.get_by_role("button", name="Accepter").count() == 0
    one.get_by_role("link", name="Examiner").click()
    here.arrive(name)
    here.read("Un responsable légal s’oppose au prêt")
    here.page.locator("summary", has_text="Accepter malgré l’opposition").click()
    expect(here.page.get_by_role("button", name="Accepter cette demande")).to_be_visible()
    here.look()


def test_a_head_decides_with_the_keyboard_only(head, town):
    here = head(class_name="TLE D")
    plain, doubtful, refused = (town[f"TLE D {key}"].child.name for key in ("plain", "doubtful", "refused"))
    keys, page = here.page.keyboard, here.page

    def push(button):
        tab_to(here, page.get_by_role("button", name=button, exact=True))
        keys.press("Enter")

    for name in (plain, doubtful):
        tab_to(here, page.get_by_label(name, exact=True))
        keys.press("Space")
        expect(page.get_by_label(name, exact=True)).to_be_checked()
        keys.press("Home")
    tab_to(here, page.get_by_role("button", name="Accepter les demandes cochées"), back=True)
    keys.press("Enter")
    here.arrive(PREVIEW)
    push("Confirmer les 2 décisions")
    here.arrive("2 demandes acceptées")
    push("Annuler les 2 décisions")
    here.arrive(QUEUE)
    tab_to(here, page.get_by_label(refused, exact=True))
    keys.press("Space")
    tab_to(here, page.get_by_role("button", name="Refuser les demandes cochées"), back=True)
    keys.press("Enter")
    here.arrive(f"Refuser le prêt pour {refused}")
    tab_to(here, page.get_by_label("L’élève dispose déjà d’un ordinateur qui convient."))
    keys.press("Space")
    push("Refuser la demande")
    here.arrive("1 demande refusée")
