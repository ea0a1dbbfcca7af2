"""The condition of a kit: noted in passing, read by the family, told once, gone with the loan."""

from io import BytesIO

import pytest
from PIL import Image

from portal.distribution.events import ConditionNoted, LaptopHandedOver
from portal.distribution.models import ConditionReport
from portal.distribution.papers import receipt_pdf
from portal.distribution.queries import receipts
from portal.distribution.states import AttendanceState, SessionState, View
from portal.kernel import clock
from portal.loans.states import CharterGate, Delivery, LoanState
from portal.notifications import handlers
from portal.notifications.models import Message
from portal.platform import files, scope
from portal.platform.work import unit_of_work
from portal.privacy.datamap import period
from portal.privacy.services.purging import purge
from portal.stock.models import DeviceMovement
from portal.stock.states import Condition
from tests import factories as make
from tests.documents import paper
from tests.pages import Page

APPROVED = {"state": LoanState.APPROVED, "charter": CharterGate.SIGNED, "delivery": Delivery.SCHOOL}


def picture(colour="white"):
    written = BytesIO()
    Image.new("RGB", (60, 40), colour).save(written, "JPEG")
    return written.getvalue()


@pytest.fixture
def served(app, as_user):
    """A student served a moment ago: the family, the loan, the clerk's browser, and the page of the station."""
    day, clerk, family = make.session(state=SessionState.OPEN), make.manager(), make.family()
    loan = make.loan(student=family.student, requested_by=family.account_id, **APPROVED)
    turn = make.attendance(day, student=family.student, loan=loan, state=AttendanceState.CLEARED)
    post, browser = make.station(day, account_id=clerk.account_id), as_user(clerk)
    page = Page(browser.get(f"/distribution/postes/{post.public_id}"))
    for code in (turn.code, make.device_of(loan).asset_tag):
        page = Page(page.submit(browser, "Valider", code=code))
    return family, loan, browser, page


def note(loan, browser, *, status=302, **filled):
    address = f"/distribution/remises/{loan.public_id}/etat"
    answer = browser.post(address, data={"condition": "new", "pieces": KIT, **filled})
    return answer if status < 400 else Page(answer, status=status)


KIT = ["chargeur", "housse"]


def test_one_button_notes_the_condition_and_leads_back_to_the_station(served, as_user):
    family, loan, browser, page = served
    page = page.follow(browser, "Noter l’état du matériel")
    page = Page(
        page.submit(browser, "Noter l’état", condition="marked", remark="Rayure sur le capot", pieces=["chargeur"])
    )
    assert page.heading.startswith("Poste 1")
    assert "L’état est noté" in page.text()
    photos = {"closed": (BytesIO(picture("red")), "a.jpg"), "under": (BytesIO(picture("blue")), "b.jpg")}
    note(loan, browser, condition="marked", remark="Rayure sur le capot", pieces=["chargeur"], **photos)
    (report,) = make.every(ConditionReport)
    assert make.device_of(loan).condition is Condition.MARKED
    assert [one.transition for one in make.every(DeviceMovement)][-1:] == ["noted_marked"], "said twice, noted once"
    assert (report.condition, set(report.photos)) == (Condition.MARKED, {View.CLOSED, View.UNDER})
    reader = as_user(family)
    told = Page(reader.get(f"/mes-dossiers/{loan.public_id}")).follow(reader, "Voir le reçu de remise")
    assert "Rayure sur le capot" in told.text()
    assert told.text(".tag") == "Manquait à la remise"
    (shown, _) = told.soup.select(".photo__picture")
    assert reader.get(shown["src"]).mimetype == "image/jpeg"
    note(loan, browser, removed=["closed", "under"])
    assert (make.fresh(report).photos, make.fresh(report).missing) == ({}, [])
    assert reader.get(shown["src"]).status_code == 404


def test_marks_are_told_and_a_damaged_photo_is_refused_beside_its_field(served):
    _, loan, browser, _ = served
    assert "rayure" in note(loan, browser, status=422, condition="marked").errors()[0]
    damaged = {"open": (BytesIO(picture()[:300]), "a.jpg"), "remark": "Neuf"}
    page = note(loan, browser, status=422, **damaged)
    assert "abîmée" in page.text(".shots .field__error")
    assert page.one("#remark")["value"] == "Neuf"
    assert make.every(ConditionReport) == []


def test_a_hand_over_that_is_undone_takes_its_condition_along(served):
    _, loan, browser, page = served
    note(loan, browser)
    assert make.device_of(loan).condition is Condition.NEW
    page = Page(browser.get(page.url.removesuffix("/scan")))
    page.submit(browser, next(said for said in page.buttons() if said.startswith("Annuler")))
    assert (make.every(ConditionReport), make.device_of(loan).condition) == ([], None)
    assert browser.get(f"/distribution/remises/{loan.public_id}/etat").status_code == 404


def told(handler, kind, loan, key, **values):
    event = kind(school_id=loan.school_id, loan_id=loan.id, **values)
    with scope.schools(loan.school_id), unit_of_work():
        handler(event, key)
    return len(make.every(Message))


def test_the_receipt_leaves_once_more_only_when_it_had_left_without_the_condition(db):
    family = make.family()
    loan = make.loan(state=LoanState.LENT, student=family.student, requested_by=family.account_id)
    assert told(handlers.tell_condition, ConditionNoted, loan, "early", corrected=False) == 0
    assert told(handlers.tell_handed_over, LaptopHandedOver, loan, "handed over") == 1
    assert told(handlers.tell_condition, ConditionNoted, loan, "corrected", corrected=True) == 1
    assert told(handlers.tell_condition, ConditionNoted, loan, "late", corrected=False) == 2


def test_the_receipt_on_paper_says_the_condition_and_shows_the_photos(app):
    loan = make.loan(state=LoanState.LENT)
    key = files.keep(picture("red"), kind="remise-photo", suffix="jpg")
    make.condition_report(loan, condition=Condition.GOOD, remark="Autocollant", missing=["housse"], under_photo=key)
    with scope.schools(loan.school_id):
        printed = receipt_pdf(receipts.receipt(loan.id), lang="fr")
    for said in ("Bon état", "Autocollant", "Manquait à la remise"):
        assert said in paper.text(printed)
    with paper.opened(printed) as pdf:
        assert len(pdf.pages[0].get_images()) == 1


def test_in_arabic_the_receipt_begins_on_the_right(app):
    loan = make.loan(state=LoanState.LENT)
    with scope.schools(loan.school_id):
        printed = receipt_pdf(receipts.receipt(loan.id), lang="ar")
    (reference,) = [word for word in paper.words(printed) if word.text == loan.reference]
    ((width, _),) = paper.sizes_mm(printed)
    assert reference.left > width / 2 * paper.MM


def test_a_year_after_the_loan_the_condition_and_its_photos_are_gone(db):
    make.campaign()
    key = files.keep(picture(), kind="remise-photo", suffix="jpg")
    for late in (period("loan") * 1.01, period("loan") * 0.99):
        loan = make.loan(state=LoanState.CLOSED, ended_at=clock.now() - late)
        make.condition_report(loan, open_photo=key if late > period("loan") else None)
    purge()
    assert [report.open_photo for report in make.every(ConditionReport)] == [None]
    with pytest.raises(FileNotFoundError):
        files.read(key)
