"""The gestionnaire at the bench: the list, the scanner, the printer, the carrier."""

import re

import pytest
from playwright.sync_api import expect

from portal.kernel.values.tracking import read_tracking_number
from tests.documents import paper
from tests.e2e.ways import BENCH, as_one_of_the_cast, give_to_the_carrier, printed

TAG = re.compile(r"GE1-\d{5}")
PARCEL = re.compile(r"\bP[0-9A-Z]{11}\b")


@pytest.fixture
def manager(town, walk):
    def come(*, js=True):
        here = walk(js=js, width=1280)
        as_one_of_the_cast(here, "Thomas Klein", then=BENCH)
        return here

    return come


def to_pack(here):
    """From the list that one takes along the shelves: (name, tag) of those who wait for a parcel, charter signed."""
    here.follow("Liste à imprimer", then="Liste de préparation")
    rows = here.page.locator("tbody tr").filter(has_text="À domicile").filter(has_text="Charte signée").all()
    found = [(row.locator("th bdi").first.inner_text(), TAG.search(row.inner_text())[0]) for row in rows]
    here.follow("Revenir à la préparation", then=BENCH)
    return found


def scan(here, code, *, suffix="Enter", word):
    """As a scanner types: fast, and its suffix at the end."""
    field = here.page.get_by_label("Scannez")
    field.focus()
    here.page.keyboard.type(code)
    for key in suffix.split("+"):
        here.page.keyboard.press(key)
    expect(here.page.locator("#bench-verdict .verdict__word")).to_have_text(word)
    if here.js:
        expect(field).to_be_focused()
        expect(field).to_have_value("")


def lane(here, name, folder):
    here.follow(name, then=BENCH)
    expect(here.page).to_have_url(re.compile(f"voie={folder}"))


def wrong_and_right_number(serial):
    """A number whose last digit is wrong, and the one that was meant."""
    numbers = [f"6A{serial}{digit}" for digit in range(10)]
    right = next(number for number in numbers if read_tracking_number(number).key_ok)
    return next(number for number in numbers if number != right), right


def test_a_batch_goes_from_the_shelves_to_the_carrier(manager):
    here = manager()
    (first, first_tag), (second, second_tag) = to_pack(here)[:2]

    scan(here, "ZZ-99999", word="Inconnu")
    here.read("Rien dans votre lycée ne porte le code ZZ-99999.", at="#bench-verdict")
    here.look()
    lane(here, "Remis", "remis")
    out = TAG.search(here.page.locator("#bench-lane").inner_text())[0]
    scan(here, out, word="Stop")
    here.look()
    lane(here, "À préparer", "a-preparer")

    scan(here, first_tag, suffix="Enter+Enter", word="Prêt")  # CR LF
    here.read(first, at="#bench-verdict")
    here.look()
    scan(here, second_tag.lower(), suffix="Tab", word="Prêt")
    here.read(second, at="#bench-verdict")
    scan(here, first_tag, word="Déjà préparé")
    here.read(first, second, at="#bench-recent")

    lane(here, "Prêts à partir", "prets")
    rows = {name: here.page.locator("tbody tr").filter(has_text=name) for name in (first, second)}
    codes = {name: PARCEL.search(row.inner_text())[0] for name, row in rows.items()}
    for name in (first, second):
        here.page.get_by_label(f"Imprimer pour {name}").check()
    slips = printed(here, "Imprimer les bordereaux")
    seen = [paper.scanned(picture) for picture in paper.pictures(slips)]
    assert {one["Code 128"] for one in seen} == set(codes.values())
    assert {one["QR Code"].rpartition("/")[0] for one in seen} == {f"{here.site.url}/r"}
    for name in (first, second):  # a pouch can be read from outside
        assert first_tag not in paper.text(slips), name

    lane_of(here)
    for name in (first, second):
        here.page.get_by_label(f"Imprimer pour {name}").check()
    labels = printed(here, "Imprimer les étiquettes 10×15")
    found = [paper.scanned(picture)["Code 128"] for picture in paper.pictures(labels)]
    assert sorted(found) == sorted(codes.values())

    lane_of(here)
    wrong, right = wrong_and_right_number("1598404077")
    here.follow(codes[first], then=f"Colis {codes[first]}")
    here.write("Numéro de suivi La Poste", wrong)
    here.refused("Enregistrer le numéro", "Un chiffre semble faux.")
    here.write("Numéro de suivi La Poste", right)
    here.press("Enregistrer le numéro", then=f"Colis {codes[first]}")
    here.read("Le numéro de suivi est enregistré.")

    here.follow("Revenir à la préparation", then=BENCH)
    wrong, right_too = wrong_and_right_number("1598404078")
    scan(here, codes[second], word=second)
    scan(here, wrong, word="Vérifiez")
    here.look()
    scan(here, right_too, word="Suivi noté")

    slip = give_to_the_carrier(here, [first, second])
    text = "".join(paper.text(slip).split())  # on paper, codes are read in groups
    for expected in (*codes.values(), right, right_too):
        assert expected in text, text
    here.follow("Tous les bordereaux de dépôt", then="Bordereaux de dépôt")


def lane_of(here):
    """Back from the printing to the parcels that are ready."""
    here.follow("Revenir aux colis prêts", then=BENCH)


def test_a_wrong_key_is_kept_once_it_is_confirmed(manager):
    here = manager(js=False)
    lane(here, "Prêts à partir", "prets")
    row = here.page.locator("tbody tr").first
    code = PARCEL.search(row.inner_text())[0]
    here.follow(code, then=f"Colis {code}")
    wrong, _right = wrong_and_right_number("1598404079")
    here.write("Numéro de suivi La Poste", wrong)
    here.refused("Enregistrer le numéro", "Un chiffre semble faux.")
    here.choose("J’ai comparé avec l’étiquette")
    here.press("Enregistrer le numéro", then=f"Colis {code}")
    here.read("Le numéro de suivi est enregistré.")
    here.press("Effacer le numéro", then=f"Colis {code}")
    here.read("Le numéro de suivi est effacé.")


def test_the_bench_works_without_javascript(manager):
    here = manager(js=False)
    name, tag = to_pack(here)[0]
    scan(here, "ZZ-99999", word="Inconnu")
    here.look()
    scan(here, tag, word="Prêt")
    here.look()
    entry = here.page.locator(".recent__item").filter(has_text=name)
    here.press("Annuler la préparation pour " + name, then=BENCH, within=entry)
    here.read("Annulé.", name)
    assert (name, tag) in to_pack(here)
