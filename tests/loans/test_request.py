"""The family's request, on both databases: kept answer by answer, sent once, taken over without a leak."""

from threading import Barrier, Thread

import pytest
from sqlalchemy.exc import NoResultFound

from portal.kernel.errors import IllegalTransition
from portal.kernel.values.address import PostalAddress
from portal.loans import queries, services
from portal.loans.errors import CannotStart, Changed, Incomplete, SomebodyElse
from portal.loans.models import Loan
from portal.loans.states import Delivery, LoanState
from portal.platform import actor, scope
from portal.stock.models import Device
from portal.stock.states import DeviceState
from tests import factories as make

HOME = PostalAddress(recipient="Nadia Benali", street="3 rue des Lilas", postcode="54000", city="Nancy")


@pytest.fixture
def family(db):
    make.campaign()
    return make.family()


@pytest.fixture
def acting(family):
    """The test acts as this parent, in their scope."""
    with actor.acting(actor.person(family.actor)), scope.family(family.account_id, frozenset({family.student.id})):
        yield family


def draft(family):
    return services.start(student_id=family.student.id, account_id=family.account_id)


def filled(family):
    loan = draft(family)
    services.save_delivery(loan.id, delivery=Delivery.HOME)
    services.save_address(loan.id, address=HOME, confirmed=True)
    return services.save_contact(loan.id, email="nadia@example.org", mobile=None)


def test_answers_are_kept_one_by_one(acting):
    loan = draft(acting)
    services.save_delivery(loan.id, delivery=Delivery.HOME)
    assert make.fresh(loan).delivery is Delivery.HOME
    services.save_address(loan.id, address=HOME, confirmed=True)
    services.save_contact(loan.id, email="nadia@example.org", mobile="+33639980012")
    kept = make.fresh(loan)
    assert kept.address == HOME
    assert (kept.contact_email, kept.contact_mobile) == ("nadia@example.org", "+33639980012")


def test_two_tabs_make_one_file(acting):
    assert draft(acting).id == draft(acting).id
    assert make.trail(f"loan:{draft(acting).id}") == ["LoanStarted"]


def test_two_clicks_at_the_same_instant_make_one_file(app, db, family):
    gate, found = Barrier(2), []

    def click():
        with app.app_context(), scope.every_school(reason="tests"):
            gate.wait()
            found.append(draft(family).id)

    threads = [Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    assert len(make.every(Loan)) == 1


def test_a_student_with_a_device_gets_no_second_request(acting):
    open_one = make.loan(state=LoanState.LENT, student=acting.student)
    with pytest.raises(CannotStart, match=open_one.reference):
        draft(acting)


def test_outside_any_campaign_nothing_opens(acting, clock):
    clock.forward(days=700)
    with pytest.raises(CannotStart, match="Aucune campagne"):
        draft(acting)


def test_the_draft_of_another_parent_is_taken_over_without_what_they_wrote(db, family, acting):
    loan = filled(acting)
    other = make.family(family.student)
    with (
        actor.acting(actor.person(other.actor)),
        scope.family(other.account_id, frozenset({family.student.id})),
    ):
        assert draft(other).id == loan.id
    mine = make.fresh(loan)
    assert mine.requested_by == other.account_id
    assert (mine.delivery, mine.address, mine.contact_email, mine.address_confirmed) == (None, None, None, False)
    with pytest.raises(SomebodyElse):
        services.save_address(loan.id, address=HOME, confirmed=True)
    with pytest.raises(NoResultFound):
        queries.own_draft(loan.public_id, account_id=family.account_id)


def test_sent_twice_it_is_sent_once(acting):
    loan = filled(acting)
    services.submit(loan.id)
    services.submit(loan.id)
    assert make.fresh(loan).state is LoanState.SUBMITTED
    assert make.trail(f"loan:{loan.id}").count("LoanSubmitted") == 1


def test_a_request_with_a_question_open_is_not_sent(acting):
    loan = draft(acting)
    services.save_delivery(loan.id, delivery=Delivery.HOME)
    with pytest.raises(Incomplete):
        services.submit(loan.id)


def test_what_changed_since_it_was_read_is_not_sent(acting):
    loan = filled(acting)
    read = loan.version
    services.save_delivery(loan.id, delivery=Delivery.SCHOOL)
    with pytest.raises(Changed):
        services.submit(loan.id, seen_version=read)
    assert make.fresh(loan).state is LoanState.DRAFT
    services.submit(loan.id, seen_version=read + 1)


def test_once_sent_the_answers_are_the_schools(acting):
    loan = filled(acting)
    services.submit(loan.id)
    with pytest.raises(CannotStart, match="déjà envoyée"):
        services.save_delivery(loan.id, delivery=Delivery.SCHOOL)


def test_a_granted_request_withdrawn_frees_its_device(db, family):
    loan = make.loan(state=LoanState.APPROVED, student=family.student, requested_by=family.account_id)
    device = make.device_of(loan)
    with actor.acting(actor.person(family.actor)), scope.family(family.account_id, frozenset({family.student.id})):
        services.withdraw(loan.id)
        services.withdraw(loan.id)
    assert make.fresh(loan).state is LoanState.WITHDRAWN
    freed = make.every(Device, id=device.id)[0]
    assert (freed.state, freed.loan_id) == (DeviceState.IN_STOCK, None)
    assert make.trail(f"loan:{loan.id}") == ["LoanWithdrawn"]


def test_only_who_asked_withdraws(acting):
    loan = make.loan(state=LoanState.SUBMITTED, student=acting.student, requested_by=make.account().id)
    with pytest.raises(SomebodyElse):
        services.withdraw(loan.id)


def test_what_is_packed_is_no_longer_withdrawn(acting):
    loan = make.loan(state=LoanState.PREPARING, student=acting.student, requested_by=acting.account_id)
    with pytest.raises(IllegalTransition):
        services.withdraw(loan.id)


def test_a_family_starts_nothing_for_the_child_of_another(acting):
    stranger = make.student()
    with pytest.raises(NoResultFound):
        services.start(student_id=stranger.id, account_id=acting.account_id)


def test_received_twice_it_is_received_once(acting):
    loan = make.loan(state=LoanState.IN_TRANSIT, student=acting.student)
    services.receive(loan.id)
    services.receive(loan.id)
    assert make.fresh(loan).state is LoanState.LENT
    assert make.trail(f"loan:{loan.id}") == ["LoanReceived"]
