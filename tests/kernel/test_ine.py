"""The shapes of the INE: nothing more can be checked."""

import pytest

from portal.kernel.values.ine import is_stand_in, looks_like_ine, tidy_ine


@pytest.mark.parametrize("text", ["123456789AB", "1234567890A", "1234A56789B", " 123 456 789 ab ", "123456789-A.B"])
def test_the_three_national_shapes_are_known(text):
    assert looks_like_ine(tidy_ine(text))


@pytest.mark.parametrize(
    "text", ["", "123456789A", "123456789ABC", "ABCDEFGHIJK", "1234B56789C", "١٢٣٤٥٦٧٨٩AB", "1234567A"]
)
def test_anything_else_is_not_one(text):
    assert not looks_like_ine(tidy_ine(text))


def test_the_stand_in_of_the_cned_is_told_apart():
    assert is_stand_in("1234567A")
    assert not is_stand_in("123456789AB")
