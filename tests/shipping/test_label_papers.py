"""Labels of the carrier on paper: on the sheets that the lycée has, for its thermal printer, and scanned as printed."""

import re

import pytest
from PIL import Image

from portal.platform import files, scope
from portal.platform.codes import code128_path
from portal.platform.jobs import Job
from portal.schools import services as school_services
from portal.schools.printing import LabelSheet, Printing
from portal.shipping import services
from portal.shipping.carriers.base import LabelFormat
from portal.shipping.models import LabelAttempt
from portal.shipping.states import AttemptState
from tests import factories as make
from tests.documents.paper import pictures, sizes_mm, symbols
from tests.shipping.buying import draft, work
from tests.shipping.conftest import give_contract


def printed(school, *parcels):
    """What one click prints, and what must be scanned on it: numbers and routes."""
    services.ask_labels([parcel.public_id for parcel in parcels], school_id=school.id)
    work()
    made = [row for row in make.every(LabelAttempt) if row.state is AttemptState.SUCCEEDED]
    return files.read(make.every(Job)[-1].file_key), {code for row in made for code in (row.number, row.routing)}


def scans(picture):
    return {found.text for found in symbols(picture)}


def drawn(zpl):
    """The labels as a thermal printer of 203 dpi draws them, in black or white: their bar codes."""
    for label in re.findall(r"\^XA.*?\^XZ", zpl.decode(), re.DOTALL):
        page = Image.new("1", (812, 1218), 1)
        dots = int(re.search(r"\^BY(\d+)", label)[1])
        for code in re.finditer(r"\^FO(\d+),(\d+)(?:\^BY\d+)?\^BCN,(\d+),Y,N,N\^FD(.*?)\^FS", label):
            left, top, high = map(int, code.groups()[:3])
            bars = code128_path(code[4]).rectangles(r"\1,\3;")
            for column, wide in (map(int, bar.split(",")) for bar in re.findall(r"\d+,\d+", bars)):
                page.paste(0, (left + column * dots, top, left + (column + wide) * dots, top + high))
        yield page.convert("L")


@pytest.mark.parametrize("label", [LabelFormat.PDF_10X15, LabelFormat.PDF_A4])
def test_the_number_and_the_route_of_a_label_are_scanned_at_203_dpi(app, la_poste, label):
    place = make.school()
    give_contract(place, label=label)
    with scope.schools(place.id):
        pdf, codes = printed(place, draft())
    (picture,) = pictures(pdf, options=("-mono",))
    assert scans(picture) == codes


def test_four_labels_of_the_carrier_lie_on_a_sheet_from_where_the_last_was_left(app, school, la_poste):
    kept = Printing(sheet=LabelSheet.A4, start=3, labels_right=1.5).kept
    school_services.change(school.id, version=make.fresh(school).version, values={"printing": kept})
    pdf, codes = printed(school, draft(), draft(), draft())
    first, second = (scans(picture) for picture in pictures(pdf, options=("-mono",)))
    assert (len(first), len(second), first | second) == (4, 2, codes)
    assert [(round(wide), round(high)) for wide, high in sizes_mm(pdf)] == [(210, 297)] * 2
    assert make.fresh(school).printers.start == 2


def test_a_thermal_printer_is_handed_the_carrier_s_own_words_and_its_codes_are_scanned(app, la_poste):
    place = make.school()
    give_contract(place, label=LabelFormat.ZPL_203)
    with scope.schools(place.id):
        zpl, codes = printed(place, draft(), draft())
    assert zpl.startswith(b"^XA")
    assert set().union(*map(scans, drawn(zpl))) == codes
