"""A return noted by mistake: taken back until something else happens, once, with everything as it was before."""

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import inspect

from portal.kernel import clock as now
from portal.kernel.errors import DomainError
from portal.loans.errors import AskedAgain
from portal.loans.models import Loan
from portal.loans.states import Delivery, LoanState
from portal.platform import scope
from portal.platform.work import unit_of_work
from portal.recalls import services
from portal.recalls.states import Unfit
from portal.schools import services as schools
from portal.stock import services as stock
from portal.stock.models import DeviceMovement
from portal.stock.services import UsedSince, Want
from portal.stock.states import Condition, DeviceState, Pool
from tests import factories as make
from tests.pages import Page


@pytest.fixture
def home(app):
    """A student and the parent who answers for them."""
    return make.family()


@pytest.fixture
def recall(home):
    """A device of the emergency pool, three days late; its family was called."""
    loan = make.loan(student=home.student, state=LoanState.LENT, delivery=Delivery.SCHOOL)
    make.change(make.device_of(loan), pool=Pool.EMERGENCY)
    late, called = now.today() - timedelta(days=3), {"called_at": now.now(), "called_by": make.manager().account_id}
    return make.recall(loan, due_on=late, reminders=3, reminded_at=now.now(), **called)


@pytest.fixture
def loan(recall):
    """The loan of that device."""
    return make.every(Loan, id=recall.loan_id)[0]


def values(row):
    return {column.key: getattr(row, column.key) for column in inspect(row).mapper.column_attrs}


def come_back(loan, found=Condition.GOOD):
    with scope.schools(loan.school_id):
        services.check_in(loan.public_id, found=found)


def take_back(loan):
    with scope.schools(loan.school_id):
        services.take_return_back(loan.public_id, school_id=loan.school_id)


def steps(device):
    return [row.transition for row in make.every(DeviceMovement, device_id=device.id)]


@pytest.mark.parametrize("found", [Condition.MARKED, *Unfit])
def test_taken_back_device_loan_and_recall_are_as_before(db, recall, loan, found):
    device = make.device_of(loan)
    with scope.schools(loan.school_id):
        stock.note_handed_over(loan.id, Condition.GOOD)
    for _ in range(2):
        come_back(loan, found)
        take_back(loan), take_back(loan)
        found, held = make.fresh(loan), make.fresh(device)
        assert (found.state, found.ended_at) == (LoanState.LENT, None)
        assert (held.state, held.loan_id, held.student_id) == (DeviceState.LENT, loan.id, loan.student_id)
        assert held.condition is Condition.GOOD
        assert values(make.fresh(recall)) == values(recall)
    assert steps(device).count("come_back") == steps(device).count("come_back_undone") == 2
    assert make.trail(f"loan:{loan.id}") == ["LoanReturning", "LoanClosed", "LoanReopened"] * 2


def test_nothing_is_taken_back_once_the_device_has_been_used(db, loan):
    device = make.device_of(loan)
    come_back(loan, Unfit.UNSEEN)
    with scope.schools(loan.school_id):
        stock.move_on(device.id, "restock")
    with pytest.raises(UsedSince):
        take_back(loan)
    assert (make.fresh(loan).state, make.fresh(device).state) == (LoanState.CLOSED, DeviceState.IN_STOCK)


def test_a_student_who_asked_again_has_one_open_loan(db, loan, home):
    come_back(loan)
    make.loan(student=home.student, state=LoanState.SUBMITTED)
    with pytest.raises(AskedAgain):
        take_back(loan)
    assert make.fresh(loan).state is LoanState.CLOSED


def test_eight_desks_take_it_back_once(db, loan, together):
    device = make.device_of(loan)
    come_back(loan)
    together(lambda: take_back(loan))
    assert make.trail(f"loan:{loan.id}").count("LoanReopened") == steps(device).count("come_back_undone") == 1
    assert make.fresh(device).loan_id == loan.id


def test_a_device_that_another_student_is_promised_meanwhile_has_one_holder(db, loan, together):
    device, other = make.device_of(loan), make.loan(state=LoanState.APPROVED, with_device=False)
    come_back(loan)
    turns = count()

    def promise():
        with scope.schools(loan.school_id), unit_of_work():
            schools.lock(loan.school_id)
            wants = [Want(other.id, other.student_id, other.kind)]
            stock.reserve(wants, school_id=loan.school_id, pool=Pool.EMERGENCY)

    def one_or_the_other():
        try:
            (take_back if next(turns) % 2 else lambda _loan: promise())(loan)
        except DomainError:
            return

    together(one_or_the_other)
    holder, reopened = make.fresh(device).loan_id, make.fresh(loan).state is LoanState.LENT
    assert holder == (loan.id if reopened else other.id)


def test_the_desk_notes_a_return_sees_it_and_takes_it_back(as_user, home, loan, count_statements):
    desk, family, name = as_user(make.manager()), as_user(home), home.student.name
    tag, page = make.device_of(loan).asset_tag, Page(desk.get(f"/fonds-urgence/prets/{loan.public_id}"))
    page = Page(page.submit(desk, "Noter le retour", etat="good"))
    assert "Retour enregistré" in page.text("main")
    with count_statements() as sql:
        page = Page(desk.get("/fonds-urgence/retours"))
    assert sql.count <= 4, sql
    assert [row["Élève"].startswith(name) for row in page.rows("Rendus")] == [True]
    assert "Ordinateur rendu" in Page(family.get(f"/mes-dossiers/{loan.public_id}")).text("main")
    back = Page(page.submit(desk, f"Annuler le retour de {name}"))
    assert "Le retour est annulé" in back.text()
    assert "Aucun retour enregistré" in Page(desk.get("/fonds-urgence/retours")).text()
    assert Page(page.submit(desk, f"Annuler le retour de {name}")).heading == back.heading, "pressed twice"
    assert "À rendre au lycée" in Page(family.get(f"/mes-dossiers/{loan.public_id}")).text("main")
    come_back(loan)
    with scope.schools(loan.school_id):
        stock.change_pool(raw=tag, pool=Pool.ALLOTMENT, school_id=loan.school_id)
    page = Page(desk.get("/fonds-urgence/retours"))
    assert not [said for said in page.buttons() if said.startswith("Annuler")]
    assert tag in page.follow(desk, f"Ce qui est arrivé depuis à l’appareil {tag}").heading
    late = desk.post(f"/fonds-urgence/prets/{loan.public_id}/retour/annuler")
    assert (late.status_code, "arrivé à cet appareil depuis son retour" in late.text) == (409, True)
