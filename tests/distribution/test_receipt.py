"""What a family gets after the hand-over: one message, with the receipt of the kit."""

from dataclasses import replace

from portal.distribution.events import LaptopHandedOver
from portal.distribution.queries.receipts import receipt
from portal.loans.states import Delivery, LoanState
from portal.notifications import handlers, sending
from portal.notifications.models import Message
from portal.platform import scope
from portal.platform.i18n import format_day
from portal.platform.work import unit_of_work
from portal.stock.models import DeviceModel
from tests import factories as make
from tests.documents import paper
from tests.notifications.servers import relay


def told(loan, key="event-key"):
    event = LaptopHandedOver(school_id=loan.school_id, loan_id=loan.id)
    with scope.schools(event.school_id), unit_of_work():
        handlers.tell_handed_over(event, key)


def test_the_family_gets_the_kit_list_and_the_start_of_the_warranty(db, app, monkeypatch):
    family = make.family()
    state = {"state": LoanState.LENT, "delivery": Delivery.SCHOOL, "student": family.student}
    loan = make.loan(**state, requested_by=family.account_id)
    told(loan)
    (row,) = make.every(Message)
    with relay() as server:
        monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], smtp_url=server.url))
        with scope.schools(loan.school_id):
            sending.send_message(row.id)
    (enclosed,) = list(server.received[0].iter_attachments())
    assert enclosed.get_filename() == f"recu-{loan.reference}.pdf"
    text, device = paper.text(enclosed.get_content()), make.device_of(loan)
    model = make.every(DeviceModel, id=device.model_id)[0]
    for said in (family.student.name, device.serial, device.asset_tag, model.name, *model.accessories):
        assert said in text
    with scope.schools(loan.school_id):
        found = receipt(loan.id)
    assert found.warranty_until.year == found.handed_on.year + model.warranty_years
    assert format_day(found.handed_on) in text


def test_a_hand_over_that_was_undone_is_not_told(db):
    family = make.family()
    loan = make.loan(state=LoanState.APPROVED, student=family.student, requested_by=family.account_id)
    told(loan)
    assert make.every(Message) == []
    with scope.schools(loan.school_id):
        assert receipt(loan.id) is None
