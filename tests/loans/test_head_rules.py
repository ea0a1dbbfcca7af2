"""What helps a head to decide, on plain values."""

import pytest

from portal.loans import rules
from portal.loans.rules import Applicant, Doubts, Hesitation
from portal.loans.states import CharterGate, Delivery

LAPTOPS, TABLETS = (1, "laptop"), (1, "tablet")


def doubts(charter=CharterGate.SIGNED, losses=0, confirmed=True, delivery=Delivery.HOME):
    return Doubts(charter=charter, earlier_losses=losses, address_confirmed=confirmed, delivery=delivery)


def test_an_ordinary_request_gives_no_reason_to_hesitate():
    assert rules.hesitations(doubts()) == []


def test_the_most_serious_reason_comes_first():
    found = rules.hesitations(doubts(charter=CharterGate.OPPOSED, losses=2, confirmed=False))
    assert found == [Hesitation.OPPOSED, Hesitation.LOSS, Hesitation.ADDRESS]


@pytest.mark.parametrize(
    ("charter", "reason"),
    [
        (CharterGate.OPPOSED, Hesitation.OPPOSED),
        (CharterGate.DECLINED, Hesitation.DECLINED),
        (CharterGate.TO_SIGN, Hesitation.UNSIGNED),
    ],
)
def test_a_charter_that_is_not_signed_says_why(charter, reason):
    assert rules.hesitations(doubts(charter=charter)) == [reason]


def test_an_address_to_verify_does_not_matter_at_the_desk():
    assert rules.hesitations(doubts(confirmed=False, delivery=Delivery.SCHOOL)) == []


def test_only_what_stops_is_shown_as_a_problem():
    assert [reason for reason in Hesitation if reason.tone == "problem"] == [
        Hesitation.OPPOSED,
        Hesitation.DECLINED,
        Hesitation.LEFT,
    ]


def applicants(number, stock=LAPTOPS, *, opposed=(), first=1):
    return [Applicant(n, stock, n in opposed) for n in range(first, first + number)]


def test_42_requests_for_39_devices_leave_3_waiting():
    effect = rules.foresee(applicants(42), {LAPTOPS: 39})
    assert (len(effect.approved), effect.waitlisted, effect.apart) == (39, (40, 41, 42), ())


def test_each_kind_draws_on_its_own_stock():
    effect = rules.foresee(applicants(2) + applicants(2, TABLETS, first=11), {LAPTOPS: 1, TABLETS: 1})
    assert (effect.approved, effect.waitlisted) == ((1, 11), (2, 12))


def test_an_opposition_is_set_apart_and_takes_no_device():
    effect = rules.foresee(applicants(3, opposed={1}), {LAPTOPS: 2})
    assert (effect.approved, effect.waitlisted, effect.apart) == ((2, 3), (), (1,))


def test_an_opposition_alone_is_foreseen_like_another():
    assert rules.foresee(applicants(1, opposed={1}), {LAPTOPS: 1}).approved == (1,)


def test_nothing_in_stock_is_foreseen_too():
    assert rules.foresee(applicants(2), {}).waitlisted == (1, 2)


@pytest.mark.parametrize(
    ("decider", "head_name", "shown"),
    [
        ("Odile Ferrand", "Odile Ferrand", "proviseure"),
        ("odile ferrand", "Odile FERRAND", "proviseure"),
        ("Karim Weber", "Odile Ferrand", "par délégation d’Odile Ferrand, proviseure"),
        ("Karim Weber", "Éric Morel", "par délégation d’Éric Morel, proviseure"),
        ("Karim Weber", "Jean Morel", "par délégation de Jean Morel, proviseure"),
    ],
)
def test_a_decision_says_in_which_capacity_it_was_taken(decider, head_name, shown):
    assert rules.capacity(decider, head_name=head_name, head_title="proviseure") == shown
