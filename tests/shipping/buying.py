"""What the tests of the carrier's labels do: a parcel, a click, the worker's part."""

from portal.loans.states import CharterGate, LoanState
from portal.platform import outbox
from portal.shipping import purchase, services
from portal.shipping.chosen import way_of
from portal.shipping.events import LabelsAsked
from portal.shipping.models import LabelAttempt
from portal.shipping.states import AttemptState
from tests import factories as make


def draft(**values):
    loan = make.loan(state=LoanState.PREPARING, charter=CharterGate.SIGNED, with_device=False)
    return make.parcel(loan, device_id=make.device(loan=loan).id, **values)


def asked(school, *parcels):
    """The attempts that a click makes."""
    services.ask_labels([parcel.public_id for parcel in parcels], school_id=school.id)
    return [row.id for row in make.every(LabelAttempt) if row.state is AttemptState.PREPARED]


def buy(school, attempt_id):
    return purchase.buy(attempt_id, way=way_of(school.id))


def work():
    """What the worker does with each batch that was asked."""
    for row in make.outbox(kind=LabelsAsked.__name__):
        for handler in outbox.HANDLERS[LabelsAsked]:
            handler.run(LabelsAsked(**row.payload), row.key)
