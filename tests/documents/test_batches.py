import subprocess
import sys

import pytest

from portal.kernel.values.address import PostalAddress
from portal.platform import overprint, preprinted
from portal.shipping.documents import labels_pdf, slips_pdf
from tests.documents.paper import MM, code, label, opened, pictures, scanned, slip, text, words


@pytest.fixture(scope="module")
def batch():
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overprint, "STRIDE", 2)
        pdf = labels_pdf(
            [label(number) for number in range(5)], progress=lambda done, total: told.append((done, total))
        )
    return pdf, told


def test_a_batch_keeps_the_picking_order_over_its_chunks(batch):
    assert [scanned(picture)["Code 128"] for picture in pictures(batch[0])] == [code(number) for number in range(5)]


def test_progress_is_told_after_each_chunk_and_ends_at_the_total(batch):
    assert batch[1] == [(2, 5), (4, 5), (5, 5)]


def test_a_joined_file_is_still_tagged_from_the_first_page_to_the_last(batch):
    document = opened(batch[0])
    root = document.Root
    assert root.MarkInfo.Marked
    assert str(root.Lang) == "fr"
    (top,) = root.StructTreeRoot.K
    assert len(top.K) == 5
    assert all(element.P.objgen == top.objgen for element in top.K)
    assert [element.Pg.objgen for element in top.K] == [page.obj.objgen for page in document.pages]
    with document.open_metadata() as about:
        assert about["pdfuaid:part"] == "1"
        assert about["dc:title"] == "Étiquettes d’adresse"


def test_each_page_of_a_joined_file_finds_its_own_words_in_the_tree(batch):
    document = opened(batch[0])
    numbers = list(document.Root.StructTreeRoot.ParentTree.Nums)
    kept = {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}
    assert sorted(kept) == list(range(5))
    for page in document.pages:
        assert all(element.Pg.objgen == page.obj.objgen for element in kept[int(page.obj.StructParents)])


def test_an_empty_batch_is_refused():
    with pytest.raises(ValueError, match="empty"):
        labels_pdf([])


def test_a_joined_file_reads_as_the_same_words_as_each_part(batch):
    alone = [text(labels_pdf([label(number)])) for number in range(5)]
    assert text(batch[0]) == "".join(alone)


def test_a_process_that_prints_starts_without_the_database_and_the_web_server():
    asked = "import sys, portal.platform.typesetter, portal.shipping.documents; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True).stdout.split()
    assert not {"sqlalchemy", "alembic", "flask_migrate", "flask_wtf", "dbos"} & set(loaded)


def test_a_name_that_the_fonts_lack_is_laid_out_whole_among_the_others():
    strange = PostalAddress(recipient="M. Ɐ\u0328nders ☃", street="1 rue Haute", postcode="57000", city="Metz")
    pdf = labels_pdf([label(0), label(1, recipient=strange), label(2)])
    assert [scanned(picture)["Code 128"] for picture in pictures(pdf)] == [code(number) for number in range(3)]
    assert "Ɐ" in text(pdf).split("\f")[1]


def test_what_is_written_reads_and_stands_as_what_the_typesetter_lays_out(monkeypatch):
    papers = [slip(number) for number in range(3)]
    written = slips_pdf(papers)
    monkeypatch.setattr(preprinted, "signs", lambda face: frozenset())  # nothing is covered: all is laid out whole
    whole = slips_pdf(papers)
    assert text(written) == text(whole)
    for one, other in zip(words(written), words(whole), strict=True):
        assert (one.page, one.text) == (other.page, other.text)
        assert one.left == pytest.approx(other.left, abs=0.15 * MM)
        assert one.top == pytest.approx(other.top, abs=0.15 * MM)


def test_markup_in_a_name_is_printed_as_text():
    hostile = PostalAddress(recipient="<b>M. & \\(Tj) \0", street="1 rue Haute", postcode="57000", city="Metz")
    assert "<b>M. & \\(Tj)" in text(labels_pdf([label(0, recipient=hostile)]))
