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


@pytest.mark.parametrize("name", SHEETS)
def test_each_label_is_read_at_203_dpi_where_it_should_be(name):
    sheet, codes = SHEETS[name], [new_student_code() for _ in range(4)]
    labels = [StudentLabel(*who, "2de 4", code, sheet) for who, code in zip(NAMES, codes, strict=True)]
    pdf = student_labels_pdf(labels, sheet, start=min(2, sheet.cells), offset_mm=(1, -0.5))
    assert paper.sizes_mm(pdf)[0] == pytest.approx(sheet.page, abs=0.1)
    found = [code for picture in paper.pictures(pdf) for code in paper.everything_on(picture)]
    assert sorted(found) == sorted([(kind, code) for code in codes for kind in ("Code 128", "QR Code")])
    spots = [spot for page in sheet.spots(4, start=min(2, sheet.cells), offset=(1, -0.5)) for spot in page]
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
