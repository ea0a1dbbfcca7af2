from datetime import date

import pytest
from markupsafe import Markup

from portal.charter import text as charter_text
from portal.charter.document import SEAL_ANCHOR, SEAL_BOX, CharterDocument, Party, charter_pdf
from tests.documents.paper import MM, opened, pictures, text, words

CONSENT = "J’ai lu cette charte. Je l’accepte et je m’engage à la respecter."


def charter(**changes):
    model = charter_text.model("grand-est-2026")
    facts = {
        "region": "Région Grand Est",
        "school": "Lycée Marguerite-Yourcenar, Strasbourg",
        "title": model.title,
        "campaign": "2026-2027",
        "reference": "FP-7K3M-2Q9T",
        "version": "2026-2",
        "issued_on": date(2026, 9, 2),
        "parties": (
            Party("L’élève", "Nguyễn Minh Anh", ("Classe de 2nde 4",)),
            Party("La personne qui signe", "Mme Nguyễn Thị Hồng Phượng", ("Mère, responsable légale",)),
            Party("Le lycée", "Lycée Marguerite-Yourcenar", ("Représenté par Mme Ferreira, proviseure",)),
        ),
        "signatory": "Mme Nguyễn Thị Hồng Phượng",
        "equipment": ("1 ordinateur portable", "1 chargeur", "1 housse"),
        "body": Markup(model.render(dict.fromkeys(charter_text.VARIABLES, "valeur"))),
        "consent": CONSENT,
    }
    return CharterDocument(**{**facts, **changes})


@pytest.fixture(scope="module")
def printed():
    return charter_pdf(charter())


def test_a_charter_is_made_to_be_kept_and_read_aloud(printed):
    document = opened(printed)
    with document.open_metadata() as about:
        assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "A")
        assert about["dc:title"] == "Charte d’engagement pour le prêt d’un ordinateur, dossier FP-7K3M-2Q9T"
    assert document.Root.MarkInfo.Marked
    assert str(document.Root.Lang) == "fr"
    assert "/OutputIntents" in document.Root


def test_a_charter_names_everyone_the_equipment_and_every_part_of_its_text(printed):
    flat = " ".join(text(printed).split())
    for expected in ("Région Grand Est", "Nguyễn Minh Anh", "proviseure", "1 ordinateur portable", "version 2026-2"):
        assert expected in flat
    for section in charter_text.model("grand-est-2026").sections:
        assert f"{section.number}. {section.title}" in flat


def test_the_consent_stands_on_the_last_page_where_one_signs(printed):
    pages = [" ".join(page.split()) for page in text(printed).split("\f")[:-1]]
    assert CONSENT in pages[-1]
    assert "Mme Nguyễn Thị Hồng Phượng" in pages[-1]
    assert all(f"page {number}/{len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert all("FP-7K3M-2Q9T" in page for page in pages)


@pytest.mark.parametrize("body", [Markup("<p>Un mot."), Markup("<h2>Longue</h2>") + Markup("<p>Phrase. " * 3000)])
def test_the_place_of_the_seal_is_empty_and_framed_however_long_the_charter(body):
    pdf = charter_pdf(charter(body=body, consent=f"{CONSENT} " * 4))
    left, bottom, right, top = SEAL_BOX.rect
    picture = pictures(pdf, dpi=72)[SEAL_BOX.page]
    high = picture.height
    assert picture.crop((left, high - top, right, high - bottom)).getextrema() == (255, 255)
    frame = picture.crop((left - 5, high - top - 5, right + 5, high - bottom + 5))
    for edge in (
        (0, 20, 8, 21),
        (frame.width - 8, 20, frame.width, 21),
        (20, 0, 21, 8),
        (20, frame.height - 8, 21, frame.height),
    ):
        assert frame.crop(edge).getextrema()[0] < 200


def test_the_frame_can_be_found_again_in_the_file_by_its_name(printed):
    document = opened(printed)
    names = list(document.Root.Names.Dests.Names)
    place = dict(zip(map(str, names[::2]), names[1::2], strict=True))[SEAL_ANCHOR]
    left, _, _, top = SEAL_BOX.rect
    assert place[0].objgen == document.pages[SEAL_BOX.page].obj.objgen
    assert float(place[2]) == pytest.approx(left - MM, abs=1)
    assert float(place[3]) == pytest.approx(top + MM, abs=1)


def test_nothing_runs_over_the_margins(printed):
    assert all(word.left >= 24 * MM - 0.5 and word.right <= 186 * MM + 0.5 for word in words(printed))


def test_the_same_charter_gives_the_same_bytes():
    assert charter_pdf(charter()) == charter_pdf(charter())


def test_a_name_that_looks_like_html_is_printed_as_typed():
    pdf = charter_pdf(charter(signatory="<b>Léa</b>", consent="<i>oui</i>"))
    assert "<b>Léa</b>" in text(pdf)
    assert "<i>oui</i>" in text(pdf)
