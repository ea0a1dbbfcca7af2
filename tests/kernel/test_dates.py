"""Birthdays and working days in French law."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.values.dates import (
    add_working_days,
    easter,
    is_adult,
    is_working_day,
    next_working_day,
    public_holidays,
    years_after,
)


@pytest.mark.parametrize(
    ("born", "on", "adult"),
    [
        (date(2008, 9, 2), date(2026, 9, 1), False),
        (date(2008, 9, 2), date(2026, 9, 2), True),
        (date(2008, 2, 29), date(2026, 2, 28), False),
        (date(2008, 2, 29), date(2026, 3, 1), True),
        (date(2010, 1, 1), date(2026, 9, 1), False),
    ],
)
def test_majority_begins_on_the_eighteenth_birthday(born, on, adult):
    assert is_adult(born, on) is adult


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (1961, (4, 2)),
        (2000, (4, 23)),
        (2008, (3, 23)),
        (2024, (3, 31)),
        (2025, (4, 20)),
        (2026, (4, 5)),
        (2038, (4, 25)),
    ],
)
def test_easter_is_where_the_calendar_puts_it(year, sunday):
    assert easter(year) == date(year, *sunday)


@given(st.integers(min_value=1583, max_value=4099))
def test_easter_is_a_sunday_between_22_march_and_25_april(year):
    assert easter(year).isoweekday() == 7
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


def test_the_eleven_holidays_of_2026():
    days = [(1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)]
    assert sorted(public_holidays(2026)) == [date(2026, *day) for day in days]


def test_alsace_and_moselle_have_two_more():
    assert public_holidays(2026, alsace_moselle=True) - public_holidays(2026) == {date(2026, 4, 3), date(2026, 12, 26)}


def test_a_term_of_years_ends_on_its_anniversary():
    assert years_after(date(2026, 9, 8), 3) == date(2029, 9, 8)
    assert years_after(date(2028, 2, 29), 3) == date(2031, 2, 28)
    assert years_after(date(2028, 2, 29), 4) == date(2032, 2, 29)


def test_the_next_working_day_skips_the_week_end_and_the_holiday():
    assert next_working_day(date(2026, 4, 3)) == date(2026, 4, 7)
    assert next_working_day(date(2026, 4, 2)) == date(2026, 4, 3)
    assert next_working_day(date(2026, 4, 2), alsace_moselle=True) == date(2026, 4, 7)
    assert next_working_day(date(2026, 12, 31)) == date(2027, 1, 4)


def test_no_working_day_leaves_the_day_unchanged():
    assert add_working_days(date(2026, 4, 5), 0) == date(2026, 4, 5)


@given(
    st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)),
    st.integers(min_value=1, max_value=40),
    st.booleans(),
)
def test_exactly_that_many_working_days_have_passed(day, count, alsace_moselle):
    end = add_working_days(day, count, alsace_moselle=alsace_moselle)
    passed = [day + timedelta(days=gap) for gap in range(1, (end - day).days + 1)]
    assert sum(is_working_day(each, alsace_moselle=alsace_moselle) for each in passed) == count
    assert is_working_day(end, alsace_moselle=alsace_moselle)
