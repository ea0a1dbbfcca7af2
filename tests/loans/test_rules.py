"""The rules of the family's request: which questions, how many screens, which days, what may be known."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.loans import rules
from portal.loans.rules import Answers, Calendar
from portal.loans.states import Delivery, LoanState

NOTHING = Answers(delivery=None, has_address=False, contact_email=None, contact_mobile=None)
NOON = datetime(2026, 9, 8, 10, tzinfo=UTC)


def answers(delivery=None, *, address=False, email=None, mobile=None):
    return Answers(delivery=delivery, has_address=address, contact_email=email, contact_mobile=mobile)


def test_a_delivery_at_home_asks_one_question_more():
    assert rules.steps(Delivery.HOME) == ("remise", "adresse", "contact")
    assert rules.steps(Delivery.SCHOOL) == ("remise", "contact")
    assert rules.steps(None) == rules.steps(Delivery.HOME)


def test_what_is_missing_follows_the_answers():
    assert rules.missing(NOTHING) == ["remise", "adresse", "contact"]
    assert rules.missing(answers(Delivery.HOME, email="a@example.org")) == ["adresse"]
    assert rules.missing(answers(Delivery.SCHOOL, mobile="+33639980012")) == []
    assert rules.missing(answers(Delivery.HOME, address=True)) == ["contact"]


def test_one_contact_of_the_two_is_enough():
    assert rules.missing(answers(Delivery.SCHOOL, email="a@example.org")) == []
    assert rules.missing(answers(Delivery.SCHOOL, email="", mobile="")) == ["contact"]


@pytest.mark.parametrize(
    ("delivery", "choose", "screens"),
    [(Delivery.HOME, False, 4), (Delivery.SCHOOL, False, 3), (Delivery.HOME, True, 5), (Delivery.SCHOOL, True, 4)],
)
def test_the_screens_are_the_questions_the_child_and_the_last_look(delivery, choose, screens):
    assert rules.screens(delivery, choose_student=choose) == screens


def test_the_screens_left_count_down_to_the_last_look():
    assert [rules.screens_left(step, Delivery.HOME) for step in rules.steps(Delivery.HOME)] == [4, 3, 2]
    assert [rules.screens_left(step, Delivery.SCHOOL) for step in rules.steps(Delivery.SCHOOL)] == [3, 2]


def test_an_address_typed_for_nothing_is_counted_from_the_start():
    assert rules.screens_left("adresse", Delivery.SCHOOL) == 3


def test_after_an_answer_comes_the_next_question_then_what_was_left_behind():
    assert rules.next_step(answers(Delivery.HOME), after="remise") == "adresse"
    assert rules.next_step(answers(Delivery.HOME, address=True), after="remise") == "contact"
    assert rules.next_step(answers(Delivery.HOME, email="a@example.org"), after="contact") == "adresse"
    assert rules.next_step(answers(Delivery.SCHOOL, email="a@example.org"), after="contact") is None


@pytest.mark.parametrize(
    ("left_on", "reference", "said"),
    [(None, None, None), (date(2026, 9, 8), None, "plus inscrit"), (None, "FP-7K3M-2Q9T", "FP-7K3M-2Q9T")],
)
def test_a_request_is_refused_to_those_who_left_or_already_have_one(left_on, reference, said):
    refusal = rules.refusal_to_start(left_on=left_on, open_reference=reference, today=date(2026, 9, 8))
    assert (refusal is None) if said is None else said in refusal


def test_those_who_leave_tomorrow_may_still_ask():
    assert rules.refusal_to_start(left_on=date(2026, 9, 9), open_reference=None, today=date(2026, 9, 8)) is None


def test_the_working_days_are_those_of_the_school():
    good_friday = date(2027, 3, 26)
    assert Calendar.of("54000").after(date(2027, 3, 25), 1) == good_friday
    assert Calendar.of("57000").after(date(2027, 3, 25), 1) == date(2027, 3, 30)
    assert Calendar.of(None) == Calendar()


def told(state, *, decided=None, said=None, now=NOON):
    return rules.told_state(state, decided_at=decided, told_at=said, undo_seconds=600, now=now)


@pytest.mark.parametrize("state", [LoanState.APPROVED, LoanState.REFUSED, LoanState.WAITLISTED])
def test_a_decision_that_can_be_undone_is_not_known_yet(state):
    assert told(state, decided=NOON - timedelta(seconds=599)) is LoanState.SUBMITTED
    assert told(state, decided=NOON - timedelta(seconds=600)) is state
    assert told(state, decided=NOON - timedelta(seconds=5), said=NOON) is state


def test_having_heard_of_the_waiting_list_does_not_tell_of_the_approval():
    yesterday = NOON - timedelta(days=1)
    assert told(LoanState.APPROVED, decided=NOON, said=yesterday) is LoanState.SUBMITTED


def test_what_nobody_decided_is_known_at_once():
    assert told(LoanState.PREPARING, decided=NOON) is LoanState.PREPARING
    assert told(LoanState.APPROVED) is LoanState.APPROVED
