"""No device leaves without a signed charter, even when the charter ends at the instant at which the kit is handed over."""

import pytest

from portal.charter import services
from portal.charter.rules import CannotSign
from portal.loans import services as loans
from portal.loans.errors import NotSigned
from portal.loans.states import CharterGate, LoanState
from portal.platform import scope
from portal.stock.states import DeviceState
from tests import factories as make
from tests.charter import flow
from tests.charter.test_equal_routes import on_paper
from tests.conftest import AT_ONCE

pytestmark = pytest.mark.usefixtures("db")


def at_the_counter(signed):
    """A loan whose kit waits at the school, its charter signed."""
    about = signed()
    make.change(make.fresh(about.loan), state=LoanState.AWAITING_PICKUP)
    return about, make.device(state=DeviceState.RESERVED, loan=about.loan)


def signed_by_one_of_two():
    first = make.family()
    make.family(first.student)
    return flow.signed(first)


def signed_on_paper():
    about = flow.asked()
    assert on_paper(about) == {}
    return about


def oppose(about):
    other = next(one for one in services.everybody(about.family.student.id)[1] if one.name != about.name)
    ids = {"school_id": about.loan.school_id, "guardian_id": other.guardian_id}
    services.oppose(about.family.student.id, **ids, reason="", by=other.account_id or 0)


def revoke(about):
    services.revoke_paper(about.id, reason="Le papier d’un autre élève.", by=0, role="head")


@pytest.mark.parametrize(("signed", "end"), [(signed_by_one_of_two, oppose), (signed_on_paper, revoke)])
def test_a_charter_that_ends_while_the_kit_is_handed_over_ends_first_or_too_late(together, signed, end):
    counter = [at_the_counter(signed) for _ in range(AT_ONCE // 2)]
    acts = [act for about, _ in counter for act in ((loans.collect, about.loan.id), (end, about))]

    def one_of_them():
        act, what = acts.pop()
        with scope.every_school(reason="tests"):
            try:
                act(what)
            except (NotSigned, CannotSign) as refusal:
                return type(refusal)
            return None

    together(one_of_them)
    for about, device in counter:
        loan, kept = make.fresh(about.loan), make.fresh(device)
        left = loan.state is LoanState.LENT
        assert left == (loan.charter is CharterGate.SIGNED) == (kept.state is DeviceState.LENT)
        assert left or kept.state is DeviceState.RESERVED
