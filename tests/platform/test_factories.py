"""The factories make rows that the database accepts, in every state, on both engines."""

import pytest
from sqlalchemy import select

from portal.charter.states import SignatureState
from portal.loans.models import Loan
from portal.loans.states import Delivery, LoanState
from portal.platform import scope
from portal.shipping.states import ParcelState
from portal.stock.states import DeviceState
from tests import factories as make


@pytest.mark.parametrize("state", LoanState)
@pytest.mark.parametrize("delivery", Delivery)
def test_a_loan_can_be_made_in_every_state(db, state, delivery):
    if (state, delivery) in {(LoanState.IN_TRANSIT, Delivery.SCHOOL), (LoanState.AWAITING_PICKUP, Delivery.HOME)}:
        delivery = Delivery.HOME
    loan = make.loan(state=state, delivery=delivery)
    assert make.fresh(loan).state is state


@pytest.mark.parametrize("state", ParcelState)
def test_a_parcel_can_be_made_in_every_state(db, state):
    assert make.fresh(make.parcel(state=state)).state is state


@pytest.mark.parametrize("state", [state for state in SignatureState if state is not SignatureState.SEALED])
def test_a_signature_can_be_made_in_every_state(db, state):
    assert make.fresh(make.signature(state=state)).state is state


@pytest.mark.parametrize("state", DeviceState)
def test_a_device_can_be_made_in_every_state(db, state):
    held = state in {DeviceState.RESERVED, DeviceState.LENT}
    device = make.device(loan=make.loan(state=LoanState.APPROVED, with_device=False) if held else None, state=state)
    assert make.fresh(device).state is state


def test_what_a_factory_makes_is_seen_by_the_test_only_through_a_scope(db):
    loan = make.loan()
    with scope.schools(loan.school_id):
        assert db.session.scalars(select(Loan.id)).all() == [loan.id]
    with scope.schools(loan.school_id + 1):
        assert db.session.scalars(select(Loan.id)).all() == []


def test_rows_are_detached_values_that_do_not_change(db):
    loan = make.loan()
    assert loan not in db.session
    assert loan.reference.startswith("FP-")


def test_people_of_the_staff_and_families_know_their_place(db):
    head, family = make.head(), make.family()
    assert head.actor.school_ids == {family.student.school_id}
    assert family.actor.student_ids == {family.student.id}
    assert make.fresh(family.guardian).account_id == family.account_id
