import re

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from portal.platform.codes import CODE128_QUIET, QR_QUIET, code128_modules, code128_path, qr_path
from tests.documents.paper import symbols

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40)
DIGITS_AND_LETTERS = st.text("0123456789AB", min_size=1, max_size=20)


def drawn(svg, scale=4):
    """Draw the path again, as a printer that knows nothing of the encoder."""
    high = 40 if svg.rows == 1 else svg.rows * scale
    picture = Image.new("L", (svg.columns * scale, high), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, width in re.findall(r"M(\d+) (\d+)(?:\.5)?h(\d+)", svg.path):
        left, top = int(x) * scale, int(y) * scale
        bottom = high if svg.rows == 1 else top + scale
        pen.rectangle((left, top, left + int(width) * scale - 1, bottom - 1), fill=0)
    return picture


def read(svg):
    return [found.text for found in symbols(drawn(svg))]


@given(PRINTABLE)
def test_a_scanner_reads_exactly_the_text_that_was_encoded(text):
    plain = zxingcpp.TextMode.Plain
    found = symbols(drawn(code128_path(text)), formats=zxingcpp.BarcodeFormat.Code128, text_mode=plain)
    assert [symbol.text for symbol in found] == [text]


@given(DIGITS_AND_LETTERS)
def test_no_other_mix_of_code_sets_is_shorter(text):
    reference = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    widest = reference.to_image(scale=1, add_quiet_zones=False).shape[1]
    assert code128_modules(text) - 2 * CODE128_QUIET <= widest


def test_digits_are_written_two_by_two():
    assert code128_modules("12345678") < code128_modules("ABCDEFGH")


@pytest.mark.parametrize("text", ["", "é", "tab\t", "line\n"])
def test_a_text_that_code_128_cannot_hold_is_refused(text):
    with pytest.raises(ValueError, match="printable ASCII"):
        code128_path(text)


def test_a_phone_reads_the_address_in_the_square():
    address = "https://finpret.example.org/r/k3Jd92hfQzL0ab"
    assert read(qr_path(address)) == [address]


def test_the_quiet_zones_are_part_of_the_picture():
    bars, square = drawn(code128_path("P7K3M2Q9T000"), scale=1), drawn(qr_path("https://example.org"), scale=1)
    dark = bars.point(lambda value: 255 - value).getbbox()
    assert (dark[0], bars.width - dark[2]) == (CODE128_QUIET, CODE128_QUIET)
    dark = square.point(lambda value: 255 - value).getbbox()
    assert dark == (QR_QUIET, QR_QUIET, square.width - QR_QUIET, square.height - QR_QUIET)


def test_the_width_is_exact_in_millimetres():
    svg = code128_path("P7K3M2Q9T000", module_mm=0.25)
    assert svg.width_mm == code128_modules("P7K3M2Q9T000") * 0.25
    assert f'width="{svg.width_mm:g}mm"' in svg.__html__()


def test_one_code_is_one_path_with_a_title_that_cannot_break_out():
    html = qr_path("https://example.org", label="<script>").__html__()
    assert html.count("<path") == 1
    assert "<title>&lt;script&gt;</title>" in html
