"""Parcels between territories: who needs a declaration, the worklist, the sheet; return slips and begun label sheets."""

import re
from dataclasses import replace

import pytest

from portal.loans.states import CharterGate, LoanState
from portal.platform import files, outbox, scope
from portal.platform.jobs import Job
from portal.schools import services as schools
from portal.schools.printing import LabelSheet, Printing
from portal.shipping import customs, services
from portal.shipping.events import SlipsAsked
from portal.shipping.rules import Paper
from portal.shipping.states import ParcelState
from tests import factories as make
from tests.documents.paper import pictures, scanned, text
from tests.pages import Page

PRIVATE = re.compile(r"ordinateur|portable|tablette|chargeur|clé USB|ProBook", re.IGNORECASE)


@pytest.mark.parametrize(
    ("here", "there", "needed"),
    [
        ("67000", "20000", False),
        ("67000", "98000", False),
        ("67000", "97400", True),
        ("97400", "97490", False),
        ("97400", "67000", True),
        ("97110", "97200", False),
        ("97110", "97300", True),
        ("67000", "98800", True),
    ],
)
def test_customs_stand_between_territories_and_never_inside_one(here, there, needed):
    assert customs.passes_customs(here, there) is needed


def draft(**values):
    loan = make.loan(state=LoanState.PREPARING, charter=CharterGate.SIGNED)
    return make.parcel(loan, state=ParcelState.DRAFT, **values), loan


def printed(paper, ids, school):
    """The PDF of a batch, as the worker makes it."""
    services.ask(paper, ids, school_id=school.id)
    row = max((row for row in make.outbox() if row.kind == "SlipsAsked"), key=lambda row: row.payload["job_id"])
    for handler in outbox.HANDLERS[SlipsAsked]:
        handler.run(SlipsAsked(**row.payload), row.key)
    return files.read(make.every(Job)[-1].file_key)


def test_the_worklist_names_the_parcels_and_their_sheet_is_filled(app, as_user):
    school, clerk = make.school(), as_user(make.manager())
    far, _ = draft(street="4 RUE DES FLAMBOYANTS", postcode="97400", city="Saint-Denis")
    near, _ = draft()
    page = Page(clerk.get("/preparation/douane"))
    (row,) = page.rows("Vers un autre territoire")
    assert far.code in row["Colis"]
    assert "La Réunion" in row["Destination"]
    assert near.code not in page.text("main")
    with scope.schools(school.id):
        sheet = text(printed(Paper.CUSTOMS, [far.public_id], school))
    for expected in ("ne pas coller", "97400 SAINT DENIS", "pour un prêt", "La Réunion"):
        assert expected in sheet.replace("\N{NO-BREAK SPACE}", " ")


def test_a_set_is_a_slip_then_a_return_slip_for_each_and_all_its_codes_are_read(app):
    school = make.school()
    with scope.schools(school.id):
        parcels = [draft() for _ in range(2)]
        pdf = printed(Paper.SETS, (), school)
    seen = [scanned(picture) for picture in pictures(pdf, options=("-mono",))]
    assert len(seen) == 4
    assert {page["Code 128"] for page in seen[::2]} == {parcel.code for parcel, _ in parcels}
    assert {page["Code 128"] for page in seen[1::2]} == {loan.reference for _, loan in parcels}
    assert {make.fresh(parcel).state for parcel, _ in parcels} == {ParcelState.READY}


def test_outside_the_box_nothing_tells_what_is_inside_whose_class_or_which_student(app):
    school = make.school()
    with scope.schools(school.id):
        parcel, loan = draft(recipient="M. Karim Benali")
        slip, label = (
            printed(Paper.SLIPS, [parcel.public_id], school),
            printed(Paper.LABELS, [parcel.public_id], school),
        )
    student = make.every(type(make.student()), id=loan.student_id)[0]
    travels = text(slip).partition("À détacher")[0] + text(label)
    assert "M. Karim Benali" in travels
    assert not PRIVATE.search(travels)
    assert student.given_name not in travels
    assert student.class_name not in travels


def test_a_begun_sheet_of_labels_is_remembered_for_the_next_batch(app):
    school = make.school()
    with scope.schools(school.id):
        kept = Printing(sheet=LabelSheet.A4, start=3).kept
        schools.change(school.id, version=make.fresh(school).version, values={"printing": kept})
        ids = [draft()[0].public_id for _ in range(3)]
        printed(Paper.LABELS, ids, school)
        assert make.fresh(school).printers.start == 2
        row = make.outbox()[-1]
        for handler in outbox.HANDLERS[SlipsAsked]:
            handler.run(SlipsAsked(**row.payload), row.key)
        assert make.fresh(school).printers.start == 2


def test_an_address_is_compared_only_where_the_base_is_set_and_a_dead_base_changes_nothing(app, as_user):
    clerk = as_user(make.manager())
    parcel, _ = draft()
    address = f"/preparation/colis/{parcel.public_id}"
    assert "base nationale" not in Page(clerk.get(address)).text("main")
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], ban_url="http://127.0.0.1:9/search")
    page = Page(clerk.get(address))
    answer = Page(page.submit(clerk, "Comparer avec la base nationale des adresses"))
    assert "L’adresse reste comme elle est." in answer.text(".flashed")
    assert make.fresh(parcel).street == parcel.street
