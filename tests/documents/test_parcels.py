import re

import pytest

from portal.shipping.documents import MAX_OFFSET_MM, deposit_pdf, labels_pdf, slips_pdf
from tests.documents.paper import (
    MM,
    PEOPLE,
    code,
    deposit,
    label,
    pictures,
    scanned,
    sizes_mm,
    slip,
    text,
    url,
    words,
)

GIVES_AWAY = re.compile(r"ordinateur|portable|tablette|laptop|\bPC\b|batterie|numéro de série", re.IGNORECASE)


@pytest.fixture(scope="module")
def slips():
    return slips_pdf([slip(number) for number in range(3)])


@pytest.fixture(scope="module")
def labels():
    return labels_pdf([label(number) for number in range(3)])


@pytest.fixture(scope="module")
def handover():
    return deposit_pdf(deposit(120))


def inside(word, *, width_mm, height_mm, margin_mm):
    left, right = margin_mm * MM - 0.5, (width_mm - margin_mm) * MM + 0.5
    top, bottom = margin_mm * MM - 3, (height_mm - margin_mm) * MM + 3  # bounding boxes are as high as the type
    return left <= word.left and word.right <= right and top <= word.top and word.bottom <= bottom


def test_a_label_is_100_by_150_and_a_slip_is_a4_to_half_a_millimetre(slips, labels, handover):
    assert sizes_mm(labels) == [pytest.approx((100, 150), abs=0.5)] * 3
    assert sizes_mm(slips) == [pytest.approx((210, 297), abs=0.5)] * 3
    assert set(sizes_mm(handover)) == {sizes_mm(slips)[0]}


@pytest.mark.parametrize("options", [(), ("-mono",)])
def test_every_code_is_read_from_a_203_dpi_print_even_without_greys(slips, labels, options):
    for number, picture in enumerate(pictures(slips, options=options)):
        assert scanned(picture) == {"Code 128": code(number), "QR Code": url(number)}
    for number, picture in enumerate(pictures(labels, options=options)):
        assert scanned(picture) == {"Code 128": code(number)}


def test_a_bar_is_three_dots_of_a_203_dpi_printer_on_paper(labels):
    picture = pictures(labels, dpi=1016)[0]  # 40 dots a millimetre: 15 dots a module
    row = [value < 128 for value in picture.crop((0, 5000, picture.width, 5001)).tobytes()]
    first, last = row.index(True), len(row) - row[::-1].index(True)
    modules = 12 * 11 + 35
    assert (last - first) / 40 == pytest.approx(modules * 0.375, abs=0.1)


def test_nothing_on_the_parcel_says_what_is_inside(labels, slips):
    assert not GIVES_AWAY.search(text(labels))
    for page in text(slips).split("\f"):
        travels, _, _stays = page.partition("À détacher")
        assert not GIVES_AWAY.search(travels)


def test_nothing_looks_like_paid_postage(slips, labels):
    assert "Affranchissement non compris" in text(slips)
    assert "sans valeur postale" in text(labels)
    assert not re.search(r"la poste|colissimo|port payé", text(slips) + text(labels), re.IGNORECASE)


def test_a_slip_says_who_what_how_and_what_to_check_before_closing_the_box(slips):
    page = text(slips).split("\f")[0]
    for expected in (
        "FP-7K3M-2Q9T",
        "Nguyễn Thị Hồng Phượng",
        "67200 STRASBOURG",
        "Lycée Marguerite-Yourcenar",
        "1 équipement scolaire",
        "2,35 kg",
        "mercredi 2 septembre 2026",
        "sans contact ni signature",
        "100 Wh",
        "Vérifié par",
    ):
        assert expected in page.replace("\N{NO-BREAK SPACE}", " ")


def test_the_six_lines_of_an_address_stay_on_six_lines(labels):
    wide = [line.strip() for line in text(labels).split("\f")[1].splitlines() if line.strip()]
    expected = PEOPLE[1].lines()
    start = wide.index("Destinataire") + 1
    assert wide[start : start + len(expected)] == expected


def test_long_and_foreign_names_stay_inside_the_margins(slips, labels, handover):
    assert len(words(labels)) > 60
    assert all(inside(word, width_mm=100, height_mm=150, margin_mm=6) for word in words(labels))
    assert all(inside(word, width_mm=210, height_mm=297, margin_mm=16) for word in words(slips))
    assert all(inside(word, width_mm=210, height_mm=297, margin_mm=7) for word in words(handover))


def test_pages_come_in_the_order_given():
    numbers = [7, 2, 5]
    pages = text(labels_pdf([label(number) for number in numbers])).split("\f")
    assert [code(number)[-4:] in page for number, page in zip(numbers, pages, strict=False)] == [True] * 3


@pytest.mark.parametrize(
    "pdf_of", [lambda **shift: labels_pdf([label()], **shift), lambda **shift: slips_pdf([slip()], **shift)]
)
def test_an_offset_moves_everything_on_the_page_and_nothing_out_of_it(pdf_of):
    straight, moved = words(pdf_of()), words(pdf_of(offset_mm=(1.5, -2)))
    assert [(word.text, word.page) for word in moved] == [(word.text, word.page) for word in straight]
    for before, after in zip(straight, moved, strict=True):
        assert (after.left - before.left) / MM == pytest.approx(1.5, abs=0.02)
        assert (after.top - before.top) / MM == pytest.approx(-2, abs=0.02)


def test_an_offset_that_would_cut_the_page_is_refused():
    with pytest.raises(ValueError, match="offset"):
        labels_pdf([label()], offset_mm=(0, MAX_OFFSET_MM + 0.1))


def test_a_long_code_gets_thinner_bars_and_a_longer_one_is_refused():
    assert label(parcel_code="P7K3M2Q9T000").barcode.width_mm == pytest.approx((12 * 11 + 35 + 20) * 0.375)
    longer = label(parcel_code="ABCDEFGHIJKLMNOPQRST").barcode
    assert longer.width_mm == pytest.approx((20 * 11 + 35 + 20) * 0.25)
    with pytest.raises(ValueError, match="too long"):
        assert label(parcel_code="A" * 40).barcode


def test_each_page_of_a_long_hand_over_list_repeats_its_header_and_counts_pages(handover):
    pages = text(handover).split("\f")[:-1]
    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        assert "Numéro de suivi" in page
        assert "Destination" in page
        assert f"page {number}/{len(pages)}" in page
        assert "BD-2026-0042" in page


def test_a_hand_over_list_has_each_parcel_once_the_totals_and_two_places_to_sign(handover):
    flat = text(handover).replace("\N{NO-BREAK SPACE}", " ")
    assert re.findall(r"P7K3 M2Q9 T(\d{3})", flat) == [f"{row:03d}" for row in range(120)]
    assert "120 colis" in flat
    assert flat.count("259,14 kg") == 2
    assert "6A 15984 04033 1" in flat
    assert "Pour le lycée" in flat
    assert "Pour le transporteur" in flat


def test_the_places_to_sign_are_never_alone_on_the_last_page():
    for rows in range(27, 33):
        last = text(deposit_pdf(deposit(rows))).split("\f")[-2]
        assert "Pour le lycée" in last
        assert "P7K3" in last
