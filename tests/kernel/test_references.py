"""References survive dictation: the check character sees what people get wrong."""

import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.values.references import (
    ALPHABET,
    new_opaque_code,
    new_public_id,
    new_reference,
    parse_opaque_code,
    parse_reference,
)


class Dictated:
    """A source of chance that says what it is told."""

    def __init__(self, symbols):
        self.symbols = iter(symbols)

    def choice(self, _alphabet, /):
        return next(self.symbols)


SEEDS = st.integers(min_value=0, max_value=2**32)


@given(SEEDS)
def test_a_new_reference_reads_back_as_itself(seed):
    reference = new_reference(random.Random(seed))
    assert parse_reference(reference) == reference


@given(SEEDS)
def test_every_wrong_character_is_seen(seed):
    reference = new_reference(random.Random(seed))
    body = reference.removeprefix("FP-").replace("-", "")
    for place, other in product(range(len(body)), ALPHABET):
        if other != body[place]:
            assert parse_reference(body[:place] + other + body[place + 1 :]) is None


def test_every_pair_of_neighbours_is_seen_when_swapped_wherever_it_stands():
    for place, left, right in product(range(9), ALPHABET, ALPHABET):
        drawn = "0" * place + left + right + "0" * (8 - place)
        code = new_opaque_code("P", Dictated(drawn))
        swapped = code[: place + 1] + right + left + code[place + 3 :]
        assert (parse_opaque_code(swapped) is None) == (left != right)


@given(SEEDS)
def test_a_swap_with_the_check_character_or_the_kind_is_seen(seed):
    code = new_opaque_code("P", random.Random(seed))
    for place in range(len(code) - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert parse_opaque_code(swapped) == (code if swapped == code else None)


@pytest.mark.parametrize(
    "spoken",
    ["{}", " {} ", "fp {}", "FP‑{}", "fp-{}", "FP.{}"],
)
def test_a_reference_is_read_as_people_write_it(spoken):
    reference = new_reference(random.Random(7))
    body = reference.removeprefix("FP-")
    assert parse_reference(spoken.format(body.lower())) == reference
    assert parse_reference(spoken.format(" ".join(body))) == reference


def test_letters_that_look_like_digits_are_read_as_digits():
    reference = next(found for seed in range(10_000) if {"0", "1"} <= set(found := new_reference(random.Random(seed))))
    body = reference.removeprefix("FP-")
    assert parse_reference(body.replace("0", "O").replace("1", "l")) == reference
    assert parse_reference(body.replace("0", "o").replace("1", "I")) == reference


def test_a_body_that_begins_like_the_prefix_keeps_its_letters():
    reference = new_reference(Dictated("FP00000"))
    body = reference.removeprefix("FP-")
    assert body.startswith("FP00-000")
    assert parse_reference(body) == parse_reference(f"FP-{body}") == reference


@given(st.text(max_size=30))
def test_any_text_gives_a_reference_or_nothing(text):
    found = parse_reference(text)
    assert found is None or parse_reference(found) == found
    code = parse_opaque_code(text)
    assert code is None or parse_opaque_code(code) == code


def test_an_opaque_code_tells_its_kind_and_nothing_else():
    code = new_opaque_code("P", random.Random(3))
    assert len(code) == 12
    assert parse_opaque_code(f" {code.lower()} \n") == code
    assert parse_opaque_code(code, "P") == code
    assert parse_opaque_code(code, "E") is None


def test_the_kind_of_a_code_is_under_its_check():
    code = new_opaque_code("P", random.Random(3))
    assert parse_opaque_code("E" + code[1:]) is None


@pytest.mark.parametrize("prefix", ["", "PP", "U", "é", "p"])
def test_a_prefix_is_one_symbol_of_the_alphabet(prefix):
    with pytest.raises(ValueError, match="prefix"):
        new_opaque_code(prefix)


def test_public_ids_are_long_different_and_need_no_escaping():
    ids = {new_public_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(each) == 22 and each.replace("-", "").replace("_", "").isalnum() for each in ids)
