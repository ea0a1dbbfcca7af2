"""Labels of students: one each, at the right place to half a millimetre, read by scanners and telephones."""

import pytest

from portal.distribution.events import StudentLabelsAsked
from portal.distribution.models import Attendance
from portal.distribution.papers import SHEETS, StudentLabel, student_labels_pdf
from portal.distribution.rules import new_student_code
from portal.distribution.states import AttendanceState
from portal.platform import outbox, scope
from tests import factories as make
from tests.documents import paper
from tests.pages import Page

NAMES = (
    ("Marie-Antoinette", "de La Rochefoucauld-Montmorency"),
    ("Zoé", "O"),
    ("Ömer", "Çelik"),
    ("Hồng", "Nguyễn Thị"),
)


DPI, QUIET = 203, 4
"""Of a desk label printer; and the modules left white around a square (ISO/IEC 18004)."""


def inked(picture, left, top, width, height):
    """Where the ink lies in a part of the page, in millimetres from that part's corner: left, top, right, bottom."""
    dots = DPI / 25.4
    ink = picture.point(lambda grey: 255 * (grey < 128))  # before the crop, which may reach over the edge of the page
    return [
        edge / dots
        for edge in ink.crop([round(edge * dots) for edge in (left, top, left + width, top + height)]).getbbox()
    ]


@pytest.mark.parametrize("name", SHEETS)
def test_each_label_is_read_at_203_dpi_where_it_should_be(name):
    sheet, codes = SHEETS[name], [new_student_code() for _ in range(4)]
    labels = [StudentLabel(*who, "2de 4", code, sheet) for who, code in zip(NAMES, codes, strict=True)]
    pdf = student_labels_pdf(labels, sheet, start=min(2, sheet.cells), offset_mm=(1, -0.5))
    assert paper.sizes_mm(pdf)[0] == pytest.approx(sheet.page, abs=0.1)
    pictures = paper.pictures(pdf, dpi=DPI)
    found = [code for picture in pictures for code in paper.everything_on(picture)]
    assert sorted(found) == sorted([(kind, code) for code in codes for kind in ("Code 128", "QR Code")])
    laid = sheet.spots(4, start=min(2, sheet.cells), offset=(1, -0.5))
    spots, corner = [spot for page in laid for spot in page], sheet.pad + QUIET * sheet.qr
    for picture, page in zip(pictures, laid, strict=True):
        for spot in page:
            square = inked(picture, spot.right_mm, spot.down_mm, labels[0].words_left - 1, sheet.label[1])
            assert square[:2] == pytest.approx([corner, corner], abs=0.5)
            whole = inked(picture, spot.right_mm, spot.down_mm, *sheet.label)
            assert whole[3] == pytest.approx(sheet.label[1] - sheet.pad, abs=0.5)
    expected = sorted(spot.right_mm + labels[0].words_left for spot in spots)
    assert sorted(word.left / paper.MM for word in paper.words(pdf) if word.text == "2de") == pytest.approx(
        expected, abs=0.5
    )
    (last,) = (word for word in paper.words(pdf) if word.text == "Rochefoucauld-Montmorency")
    assert last.right / paper.MM <= spots[0].right_mm + sheet.label[0]


@pytest.fixture
def clerk(app, as_user):
    return as_user(make.manager())


def work():
    """What the worker does with the last labels asked."""
    row = [row for row in make.outbox() if row.kind == "StudentLabelsAsked"][-1]
    event = StudentLabelsAsked(**row.payload)
    with scope.schools(event.school_id):
        for handler in outbox.HANDLERS[StudentLabelsAsked]:
            handler.run(event, row.key)


def test_labels_are_asked_followed_and_opened_class_by_class(clerk):
    day = make.session()
    for name in ("2de 5", "2de 4"):
        make.session_class(day, name)
        make.attendance(day, student=make.student(class_name=name))
    make.attendance(day, state=AttendanceState.DROPPED)
    form = Page(clerk.get(f"/distribution/{day.public_id}/etiquettes"))
    waiting = Page(form.submit(clerk, "Préparer les étiquettes", right="1,5"))
    assert "0 sur 2" in waiting.text("#job")
    work()
    done = Page(clerk.get(waiting.url.replace("https://pret.example.org", "")))
    pdf = clerk.get(done.href("Ouvrir le PDF"))
    expected = [
        one.code for name in ("2de 4", "2de 5") for one in make.every(Attendance, class_name=name, state="expected")
    ]
    read = [code for kind, code in paper.everything_on(paper.pictures(pdf.data)[0]) if kind == "QR Code"]
    assert sorted(read) == sorted(expected)
    text = paper.text(pdf.data)
    assert text.index("2de 4") < text.index("2de 5")
    assert Page(clerk.get(f"/distribution/{day.public_id}/etiquettes")).one("#right")["value"] == "1,5"


def test_a_cell_that_the_sheet_has_not_and_a_class_without_anybody_are_refused_in_words(clerk):
    day = make.session()
    make.session_class(day)
    form = Page(clerk.get(f"/distribution/{day.public_id}/etiquettes"))
    refused = Page(form.submit(clerk, "Préparer les étiquettes", start="22"), status=422)
    assert refused.errors() == ["Sur ce papier, la première case va de 1 à 21."]
    refused = Page(form.submit(clerk, "Préparer les étiquettes"), status=422)
    assert "Personne n’est attendu" in refused.errors()[0]
