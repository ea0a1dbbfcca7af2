"""A UAI with a wrong letter is explained, not only refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.errors import DomainError
from portal.kernel.values.uai import UnreadableUai, check_letter, department_code, parse_uai

DIGITS = st.from_regex(r"[0-9]{7}", fullmatch=True)


@pytest.mark.parametrize("text", ["0801206B", "0801206b", " 080 1206 B ", "080-1206-b", "0801206B\n"])
def test_a_code_is_read_as_people_write_it(text):
    assert parse_uai(text) == "0801206B"


def test_a_wrong_letter_is_answered_with_the_right_one():
    with pytest.raises(UnreadableUai, match=r"la lettre devrait être B\."):
        parse_uai("0801206C")


@pytest.mark.parametrize("text", ["", "0801206", "80120B", "0801206BB", "930H01", "O801206B", "0000000A", "٠801206B"])
def test_what_is_no_code_is_shown_an_example(text):
    with pytest.raises(DomainError, match=r"sept chiffres puis une lettre"):
        parse_uai(text)


def test_the_example_of_the_message_is_a_right_code():
    assert parse_uai(UnreadableUai.message.split()[-1].rstrip(".")) == "0540001H"


@given(DIGITS, st.integers(min_value=0, max_value=6), st.sampled_from("0123456789"))
def test_every_wrong_digit_is_seen(digits, place, other):
    changed = digits[:place] + other + digits[place + 1 :]
    assert (check_letter(changed) == check_letter(digits)) == (changed == digits)


@given(DIGITS, st.integers(min_value=0, max_value=5))
def test_every_swap_of_neighbours_is_seen(digits, place):
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert (check_letter(swapped) == check_letter(digits)) == (swapped == digits)


@pytest.mark.parametrize(
    ("prefix", "department"),
    [
        ("001", "01"),
        ("019", "19"),
        ("021", "21"),
        ("054", "54"),
        ("095", "95"),
        ("620", "2A"),
        ("720", "2B"),
        ("971", "971"),
        ("974", "974"),
        ("976", "976"),
        ("975", "975"),
        ("983", "988"),
        ("984", "987"),
        ("987", "986"),
        ("138", None),
        ("020", None),
        ("000", None),
        ("096", None),
        ("303", None),
    ],
)
def test_the_department_is_in_the_first_three_digits(prefix, department):
    assert department_code(f"{prefix}0001A") == department
