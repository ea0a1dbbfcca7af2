"""The access letter on paper: one page for a window envelope, a square that telephones read, nothing lost."""

import secrets
import subprocess
from datetime import date

import pytest

from portal.access.documents import Letter, Lycee, letters_pdf
from portal.access.rules import grouped, new_code
from tests.documents.paper import MM, PEOPLE, opened, pictures, scanned, sizes_mm, text, words

DOOR = "https://fin-pret.grandest.example.org/acces"
LYCEE = Lycee(
    name="Lycée polyvalent Marguerite-Yourcenar, site des Frères-Lumière",
    address=("12 RUE DES FRERES LUMIERE", "67000 STRASBOURG"),
    contact_name="Karim Weber",
    phone="03 39 98 00 12",
    hours="du lundi au vendredi, de 8 h à 17 h",
    email="accueil@example.org",
)
WINDOWS = [person.lines()[-6:] for person in PEOPLE]  # six lines at most: what does not fit is handed over at the lycée
CODES = [new_code(secrets) for _ in range(3)]


def letter(number, **changes):
    facts = {
        "addressee": tuple(WINDOWS[number]),
        "name": PEOPLE[number].recipient,
        "class_name": "2DE A",
        "students": ("Anne-Gaëlle N’Guyen-Lambert de La Tour", "Léo N’Guyen-Lambert de La Tour"),
        "adult": number == 2,
        "code": CODES[number],
        "door": DOOR,
        "printed_on": date(2026, 9, 2),
        "last_day": date(2026, 12, 1),
        "lycee": LYCEE,
    }
    return Letter(**{**facts, **changes})


@pytest.fixture(scope="module")
def letters():
    return letters_pdf([letter(number) for number in range(3)])


def test_each_letter_is_one_a4_page_in_the_order_given(letters):
    assert sizes_mm(letters) == [pytest.approx((210, 297), abs=0.5)] * 3
    for code, page in zip(CODES, text(letters).split("\f"), strict=False):
        assert grouped(code) in page


@pytest.mark.parametrize("options", [(), ("-mono",)])
def test_every_square_is_read_and_leads_to_the_door_with_the_code_after_the_hash(letters, options):
    for code, picture in zip(CODES, pictures(letters, options=options), strict=True):
        assert scanned(picture) == {"QR Code": f"{DOOR}#{code}"}


def test_the_code_is_before_no_hash_so_that_no_server_sees_it(letters):
    for code, picture in zip(CODES, pictures(letters), strict=True):
        sent, _, kept = scanned(picture)["QR Code"].partition("#")
        assert (code in sent, kept) == (False, code)


def millimetres(word):
    return word.left / MM, word.top / MM, word.right / MM, word.bottom / MM


def test_the_address_shows_through_the_window_however_the_sheet_slides(letters):
    """DL envelope, window of 35 or 45 × 100 mm, 20 mm from the right and the bottom; the sheet has 10 and 11 mm of play."""
    for page, lines in enumerate(WINDOWS):
        expected = " ".join(lines).split()
        seen = [word for word in words(letters) if word.page == page]
        shown = []
        for word in seen:
            left, top, right, bottom = millimetres(word)
            if right > 90 and left < 200 and bottom > 44 and top < 90:
                shown.append(word.text)
                assert left >= 100 and right <= 190, word.text  # noqa: PT018
                assert top >= 54.5 and bottom <= 79.5, word.text  # noqa: PT018
        assert shown == expected


def test_long_and_foreign_names_stay_inside_the_margins(letters):
    for word in words(letters):
        left, top, right, bottom = millimetres(word)
        assert left >= 19.5, word.text
        assert right <= 190.5, word.text
        assert top >= 15, word.text
        assert bottom <= 287, word.text


def test_no_line_covers_another(letters):
    for page in range(3):
        boxes = [millimetres(word) for word in words(letters) if word.page == page]
        middles = [((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in boxes]
        for index, (x, y) in enumerate(middles):
            inside = [
                box
                for other, box in enumerate(boxes)
                if other != index and box[0] < x < box[2] and box[1] + 0.8 < y < box[3] - 0.8
            ]
            assert inside == [], words(letters)[index].text


def read_aloud(pdf):
    """The pages in the order of reading, each on one line with plain spaces."""
    command = ["pdftotext", "-raw", "-", "-"]
    said = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return [" ".join(page.split()) for page in said.split("\f")]


def test_a_letter_says_what_to_do_until_when_and_who_helps(letters):
    minor, _, adult, *_ = read_aloud(letters)
    for expected in (
        "Indiquez la date de naissance de votre enfant.",
        "mardi 1er décembre 2026",
        "une fois",
        "Après cinq essais",
        "Une lettre plus récente remplace celle-ci.",
        "L’autre parent reçoit le sien",
        "fin-pret.grandest.example.org/acces",
        "Karim Weber",
        "03 39 98 00 12",
        "English: choose your language",
    ):
        assert expected in minor, expected
    assert "Indiquez votre date de naissance." in adult
    assert "votre enfant" not in adult


def test_a_reader_hears_the_title_the_pictures_and_the_arabic_line(letters):
    document = opened(letters)
    assert document.Root.MarkInfo.Marked
    assert str(document.Root.Lang) == "fr"
    with document.open_metadata() as about:
        assert about["pdfuaid:part"] == "1"
        assert about["dc:title"] == "Lettres d’accès à Fin prêt"
    spoken = []

    def walk(element):
        if "/Alt" in element:
            spoken.append(str(element.Alt))
        children = element.get("/K", [])
        for child in children if hasattr(children, "__iter__") and not isinstance(children, int) else [children]:
            if hasattr(child, "keys") and "/S" in child.keys():  # noqa: SIM118
                walk(child)

    for top in document.Root.StructTreeRoot.K:
        walk(top)
    assert "Code à scanner avec un téléphone" in spoken
    assert any(said.startswith("العربية") for said in spoken)
    assert "Un ordinateur portable" in spoken
