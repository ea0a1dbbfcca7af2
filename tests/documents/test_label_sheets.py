"""Labels on sheets of four, begun sheets, printers that are off: every label is there, each on its own place."""

import re
from io import BytesIO

import pikepdf
import pytest

from portal.kernel.values.address import PostalAddress
from portal.shipping.documents import AddressLabel, calibration_pdf, label_sheets_pdf, label_spots, labels_pdf
from tests.documents.paper import pictures, symbols

HERE = PostalAddress(recipient="Lycée Fabert", street="12 rue Saint-Vincent", postcode="57000", city="Metz")
THERE = PostalAddress(recipient="Mme Nadia Benali", street="8 rue des Tilleuls", postcode="57000", city="Metz")
LABELS = [AddressLabel(f"P7K3M2Q9T{n}", HERE, THERE) for n in range(5)]
A4 = (595, 842)


def pages(pdf):
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [tuple(round(float(side)) for side in page.mediabox[2:]) for page in opened.pages]


@pytest.mark.parametrize(("start", "sheets"), [(1, 2), (2, 2), (4, 2)])
def test_a_begun_sheet_is_finished_first(start, sheets):
    made = label_spots(len(LABELS), start=start)
    assert [spot.paper for page in made for spot in page] == [0, 1, 2, 3, 4]
    assert [len(page) for page in made] == [5 - start, start] if start > 1 else [4, 1]
    assert len(made) == sheets
    assert (made[0][0].right_mm > 100, made[0][0].down_mm > 100) == (start in {2, 4}, start in {3, 4})


def test_sheets_of_four_are_a4_one_page_each():
    assert pages(label_sheets_pdf(LABELS, start=3, offset_mm=(1.5, -0.4))) == [A4, A4]


@pytest.mark.parametrize("offset", [(10, 10), (-10, -10), (0.1, -0.1)])
def test_a_shift_of_ten_millimetres_still_gives_one_page_a_label(offset):
    assert pages(labels_pdf(LABELS[:2], offset_mm=offset)) == [(283, 425)] * 2


@pytest.mark.parametrize(("a4", "size"), [(True, A4), (False, (283, 425))])
def test_the_calibration_page_is_one_page_of_the_paper(a4, size):
    assert pages(calibration_pdf(a4=a4, name="Bordereaux", offset_mm=(0.4, -10))) == [size]


def test_a_shift_beyond_ten_is_refused():
    with pytest.raises(ValueError, match="over"):
        calibration_pdf(a4=True, name="x", offset_mm=(10.1, 0))


def test_on_a_sheet_every_code_is_read_without_greys_and_every_word_is_tagged():
    pdf = label_sheets_pdf(LABELS, start=2, offset_mm=(1, -1))
    found = [{symbol.text for symbol in symbols(picture)} for picture in pictures(pdf, options=("-mono",))]
    assert found == [{f"P7K3M2Q9T{n}" for n in range(3)}, {f"P7K3M2Q9T{n}" for n in range(3, 5)}]
    with pikepdf.open(BytesIO(pdf)) as opened:
        numbers = list(opened.Root.StructTreeRoot.ParentTree.Nums)
        content = [page.Contents.read_bytes() for page in opened.pages]
    for holders, drawn in zip(numbers[1::2], content, strict=True):
        marks = sorted(int(mark) for mark in re.findall(rb"/MCID (\d+)", drawn))
        assert marks == list(range(len(holders)))
