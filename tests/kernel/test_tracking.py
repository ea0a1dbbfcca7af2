"""Tracking numbers: every sample of La Poste, the posts of the world, and what resembles them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.values.tracking import TrackingKind, read_tracking_number

NATIONAL = re.findall(
    r"\w+",
    """6A15984040331 6A18987970674 6M17554710224 6A15602676300 6A15602683841 6P01007508742 4P36275770836
1K36275770836 8R11111111110 6T11111111110 6S00993561113 6Y11138575506 6A07657471207 8L20524752032 8L01234567895
8L41392078260 8L41392128255""",
)
S10 = re.findall(
    r"\w+",
    """EW112720413FR EY604176344FR CB662173705US RK633119313NZ FD633119313NZ RB123456785GB RB123456785US RR473124829FR
CY000058014FR""",
)
WRONG_KEY = re.findall(
    r"\w+",
    """6A15984040332 6A15984040313 6A51984040331 6A12345678901 8D00432154798 8V12345678999 1B34567890123
6M20132968235 EW112720414FR EY604176343FR RB123456786US GF111111110NZ""",
)
WRONG_FORMAT = re.findall(r"\w+", """6A123456789 6AI5984040331 EW112720413F RB123456785XX FA633119313XX""")


@pytest.mark.parametrize("number", NATIONAL)
def test_national_numbers_have_a_right_key(number):
    found = read_tracking_number(number)
    assert (found.number, found.kind, found.key_ok) == (number, TrackingKind.NATIONAL, True)


@pytest.mark.parametrize("number", S10)
def test_s10_numbers_have_a_right_key(number):
    found = read_tracking_number(number)
    assert (found.number, found.kind, found.key_ok) == (number, TrackingKind.S10, True)


@pytest.mark.parametrize("number", WRONG_KEY)
def test_a_wrong_key_is_a_doubt_not_a_refusal(number):
    assert read_tracking_number(number).key_ok is False


@pytest.mark.parametrize(
    "number", [*WRONG_FORMAT, "", "ABCDEFGHIJKLM", "1234567890", "1234567890123456", "6A1598404033١"]
)
def test_a_wrong_format_is_no_tracking_number(number):
    assert read_tracking_number(number) is None


@pytest.mark.parametrize("number", ["87000634002228A", "861011301731382", "12345678901"])
def test_other_numbers_are_taken_without_a_key(number):
    found = read_tracking_number(number)
    assert (found.kind, found.key_ok) == (TrackingKind.OTHER, None)


@pytest.mark.parametrize(
    "text", ["6a15984040331", " 6A 159 840 403 31\n", "6A-15984-04033-1", "6A\u00a015984\u202f04033 1"]
)
def test_a_number_is_read_with_the_spaces_of_the_receipt(text):
    assert str(read_tracking_number(text)) == "6A15984040331"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("6A15984040331", "6A 15984 04033 1"),
        ("RB123456785GB", "RB 123 456 785 GB"),
        ("87000634002228A", "87000 63400 2228A"),
        ("12345678901", "12345 67890 1"),
    ],
)
def test_a_number_is_shown_in_groups(number, shown):
    assert read_tracking_number(number).display() == shown


@given(
    st.from_regex(r"[0-9]{10}", fullmatch=True), st.integers(min_value=0, max_value=9), st.sampled_from("0123456789")
)
def test_the_national_key_sees_every_wrong_digit(serial, place, other):
    right = next(key for key in range(10) if read_tracking_number(f"6A{serial}{key}").key_ok)
    changed = serial[:place] + other + serial[place + 1 :]
    assert read_tracking_number(f"6A{changed}{right}").key_ok == (changed == serial)


@given(st.text(max_size=20))
def test_any_text_is_read_or_left(text):
    found = read_tracking_number(text)
    assert found is None or read_tracking_number(found.display()) == found
