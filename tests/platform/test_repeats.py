"""Pressed three times, or by eight hands at once: the same end, on both engines (REL-4)."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from portal.charter.states import SignatureState
from portal.loans.models import Loan
from portal.loans.states import CharterGate, Delivery, LoanState
from portal.platform.jobs import Job
from portal.shipping.models import Handover, Parcel
from portal.shipping.states import ParcelState
from portal.stock.models import Device
from portal.stock.states import DeviceState
from tests import factories as make

HANDS = 8
ANSWERS = {200, 204, 302, 303, 409, 422}

pytestmark = pytest.mark.both


@pytest.fixture
def at_once(app):
    """`at_once(calls)`: each in a thread of its own, all together; their status codes."""
    app.config["TESTING"] = False  # a failure is then an answer of 500, as people would get it
    app.testing = False

    def run(calls):
        with ThreadPoolExecutor(max_workers=HANDS) as pool:
            contexts = [copy_context() for _ in calls]
            futures = [pool.submit(context.run, call) for context, call in zip(contexts, calls, strict=True)]
            codes = [future.result(timeout=60).status_code for future in futures]
        assert set(codes) <= ANSWERS, codes
        return codes

    yield run
    app.testing = True


def hands(as_user, person, path, **data):
    """Eight browsers of one person that press the same button."""
    browsers = [as_user(person) for _ in range(HANDS)]
    return [lambda browser=browser: browser.post(path, data=data) for browser in browsers]


def draft(family, **values):
    return make.loan(
        student=family.student,
        state=LoanState.DRAFT,
        requested_by=family.account_id,
        delivery=Delivery.SCHOOL,
        contact_email="famille@example.org",
        **values,
    )


def test_a_request_opened_by_eight_hands_is_one(app, as_user, at_once):
    make.campaign()
    family = make.family()
    at_once(hands(as_user, family, "/mes-dossiers/demande/eleve", eleve=family.student.public_id))
    assert len(make.every(Loan)) == 1


def test_a_request_is_sent_once(app, as_user, at_once):
    family = make.family()
    loan = draft(family)
    change = {"delivery": Delivery.SCHOOL, "contact_email": "famille@example.org"}
    loan = make.change(loan, **change)
    path = f"/mes-dossiers/{loan.public_id}/verification"
    at_once(hands(as_user, family, path, version=str(make.fresh(loan).version)))
    assert make.fresh(loan).state is LoanState.SUBMITTED
    assert make.trail(f"loan:{loan.id}").count("LoanSubmitted") == 1


def test_a_request_is_withdrawn_once_and_frees_one_device(app, as_user, at_once):
    family = make.family()
    loan = make.loan(student=family.student, state=LoanState.APPROVED, requested_by=family.account_id)
    at_once(hands(as_user, family, f"/mes-dossiers/{loan.public_id}/retrait"))
    assert make.fresh(loan).state is LoanState.WITHDRAWN
    assert [device.state for device in make.every(Device)] == [DeviceState.IN_STOCK]
    assert make.trail(f"loan:{loan.id}").count("LoanWithdrawn") == 1


def test_a_parcel_is_received_once(app, as_user, at_once):
    family = make.family()
    loan = make.loan(student=family.student, state=LoanState.IN_TRANSIT)
    at_once(hands(as_user, family, f"/mes-dossiers/{loan.public_id}/recu"))
    assert make.fresh(loan).state is LoanState.LENT
    assert make.trail(f"loan:{loan.id}").count("LoanReceived") == 1


def test_one_device_is_never_promised_twice(app, as_user, at_once):
    make.device()
    loans = [make.loan(state=LoanState.SUBMITTED) for _ in range(4)]
    head = make.head()
    calls = [one for loan in loans for one in hands(as_user, head, f"/demandes/{loan.public_id}/accord")[:2]]
    at_once(calls)
    states = sorted(make.fresh(loan).state for loan in loans)
    assert states == [LoanState.APPROVED, *[LoanState.WAITLISTED] * 3]
    assert len([device for device in make.every(Device) if device.loan_id]) == 1


def test_approved_refused_and_withdrawn_at_once_ends_in_one_of_them(app, as_user, at_once):
    make.device()
    family = make.family()
    loan = make.loan(student=family.student, state=LoanState.SUBMITTED, requested_by=family.account_id)
    head = make.head()
    calls = [
        *hands(as_user, head, "/demandes/accord", choix=loan.public_id)[:3],
        *hands(as_user, head, "/demandes/refus", choix=loan.public_id, motif="stock")[:3],
        *hands(as_user, family, f"/mes-dossiers/{loan.public_id}/retrait")[:2],
    ]
    at_once(calls)
    ended = make.fresh(loan)
    held = [device for device in make.every(Device) if device.loan_id == ended.id]
    assert ended.state in {LoanState.APPROVED, LoanState.REFUSED, LoanState.WITHDRAWN}
    assert bool(held) == (ended.state is LoanState.APPROVED)


def test_an_undo_and_a_scan_at_once_leave_device_and_loan_together(app, as_user, at_once):
    head, clerk = make.head(), make.manager()
    for _ in range(3):
        make.device()
        loan = make.loan(state=LoanState.SUBMITTED, charter=CharterGate.SIGNED, delivery=Delivery.HOME)
        as_user(head).post("/demandes/accord", data={"choix": loan.public_id})
        device = next(one for one in make.every(Device) if one.loan_id == loan.id)
        calls = [
            *hands(as_user, clerk, "/preparation/scan", code=device.asset_tag)[:4],
            *hands(as_user, head, "/demandes/decisions/annulation", choix=loan.public_id)[:4],
        ]
        at_once(calls)
        loan, device = make.fresh(loan), make.fresh(device)
        assert (device.loan_id == loan.id) == (loan.state in {LoanState.APPROVED, LoanState.PREPARING}), loan.state
        assert len(make.every(Parcel, loan_id=loan.id, state=ParcelState.DRAFT)) == (loan.state is LoanState.PREPARING)


def test_a_kit_scanned_unpacked_printed_and_handed_over_by_eight_hands(app, as_user, at_once):
    clerk = make.manager()
    loan = make.loan(state=LoanState.APPROVED, charter=CharterGate.SIGNED)
    tag = make.device_of(loan).asset_tag
    at_once(hands(as_user, clerk, "/preparation/scan", code=tag))
    assert len(make.every(Parcel)) == 1
    at_once(hands(as_user, clerk, f"/preparation/dossiers/{loan.public_id}/annuler"))
    assert make.fresh(loan).state is LoanState.APPROVED
    at_once(hands(as_user, clerk, "/preparation/scan", code=tag))
    parcel = next(one for one in make.every(Parcel) if one.state is ParcelState.DRAFT)
    at_once(hands(as_user, clerk, "/preparation/impressions", colis=parcel.public_id, right="0", down="0"))
    assert len(make.every(Job)) == 1
    at_once(hands(as_user, clerk, f"/preparation/colis/{parcel.public_id}/suivi", number="6A 15984 04033 1"))
    closed = {"sealed_at": loan.saved_at, "checklist": ["Appareil éteint"]}
    make.change(make.fresh(parcel), state=ParcelState.READY, printed_at=loan.saved_at, **closed)
    at_once(hands(as_user, clerk, "/preparation/remise", colis=parcel.public_id))
    assert len(make.every(Handover)) == 1
    assert make.fresh(loan).state is LoanState.IN_TRANSIT


def test_a_charter_declined_by_eight_hands_is_declined_once(app, as_user, at_once):
    family = make.family()
    loan = make.loan(state=LoanState.SUBMITTED, student=family.student)
    mine = make.signature(loan, by=family, state=SignatureState.DISPLAYED)
    at_once(hands(as_user, family, f"/charte/{mine.public_id}/ne-pas-signer"))
    assert make.fresh(mine).state is SignatureState.DECLINED
    assert make.fresh(loan).charter is CharterGate.DECLINED
    at_once(hands(as_user, family, f"/charte/{mine.public_id}/reprendre"))
    assert make.fresh(mine).state is SignatureState.INVITED
