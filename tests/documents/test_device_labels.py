"""Labels of devices: every format is exact to half a millimetre, and every code is read back from the picture."""

import pytest

from portal.stock.label_formats import FORMATS, THERMAL
from portal.stock.label_pages import DeviceLabel, device_labels_pdf
from tests.documents.paper import MM, pictures, sizes_mm, symbols, words

OWNER = "Région Bourgogne-Franche-Comté"
OFFSET = (0.6, -0.3)


def labels(paper, number):
    return [DeviceLabel(f"GE178-{n:06d}", "HP ProBook 445 G11 reconditionné", OWNER, paper) for n in range(number)]


@pytest.mark.parametrize("name", FORMATS)
def test_every_label_lies_in_its_cell_to_half_a_millimetre_and_is_read(name):
    """Three labels from the last cell but one: the far corner of a sheet, then the first cell of the next."""
    paper = FORMATS[name]
    start = max(paper.cells - 1, 1)
    pdf = device_labels_pdf(labels(paper, 3), paper, start=start, offset_mm=OFFSET)
    assert all(size == pytest.approx(paper.page, abs=0.1) for size in sizes_mm(pdf))
    assert max(word.right for word in words(pdf)) / MM <= paper.page[0] - paper.first[0] - paper.pad + 1, (
        "nothing is cut"
    )
    dpi = 203 if paper.modules is THERMAL else 300
    options = ("-mono",) if paper.modules is THERMAL else ()
    found = [
        (page, symbol)
        for page, picture in enumerate(pictures(pdf, dpi=dpi, options=options))
        for symbol in symbols(picture)
    ]
    squares = {symbol.text: (page, symbol) for page, symbol in found if "QR" in str(symbol.format)}
    tags = {label.asset_tag for label in labels(paper, 3)}
    assert set(squares) == {symbol.text for _, symbol in found if "QR" not in str(symbol.format)} == tags
    for number, tag in enumerate(sorted(tags)):
        page, symbol = squares[tag]
        sheet, cell = divmod(start - 1 + number, paper.cells)
        corner = [symbol.position.top_left.x * 25.4 / dpi, symbol.position.top_left.y * 25.4 / dpi]
        assert (page, corner) == (sheet, pytest.approx(dark_corner(paper, cell), abs=0.5)), tag


def dark_corner(paper, cell):
    """Where the first dark square of a cell's QR code must be, in millimetres from the upper left of the page."""
    down, right = divmod(cell, paper.columns)
    return [
        paper.first[axis] + rank * paper.step[axis] + paper.pad + 4 * paper.qr + OFFSET[axis]
        for axis, rank in enumerate((right, down))
    ]


def test_a_tag_too_long_for_bars_keeps_its_square():
    paper = FORMATS["5x13"]
    long = DeviceLabel("ABCDEFGHIJKLMNOPQRST", "Modèle", OWNER, paper)
    assert long.bars is None
    read = symbols(pictures(device_labels_pdf([long], paper), dpi=300)[0])
    assert [one.text for one in read] == [long.asset_tag]


def test_a_cell_that_the_sheet_does_not_have_is_refused():
    with pytest.raises(ValueError, match="no cell"):
        device_labels_pdf(labels(FORMATS["3x8"], 1), FORMATS["3x8"], start=25)
