"""Birthdays, terms in years and working days, in French law."""

from datetime import date, timedelta
from functools import cache

_MAJORITY = 18
_SATURDAY = 5
_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))


def is_adult(birth_date: date, on: date) -> bool:
    """Whether a person born on `birth_date` has turned eighteen by `on` (Code civil, article 414).

    A person born on 29 February turns eighteen on 1 March: a day late rather than a day early to sign alone.
    """
    birthday_to_come = (on.month, on.day) < (birth_date.month, birth_date.day)
    return on.year - birth_date.year - birthday_to_come >= _MAJORITY


def years_after(day: date, years: int) -> date:
    """The same day of a later year; of a 29 February, the 28th (Code de procédure civile, article 641)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@cache
def public_holidays(year: int, *, alsace_moselle: bool = False) -> frozenset[date]:
    """The public holidays of a year (Code du travail, article L3133-1).

    `alsace_moselle` adds Good Friday and 26 December, kept in Bas-Rhin, Haut-Rhin and Moselle (article L3134-13). Good
    Friday is one only in towns with a Protestant church or a mixed one: we count it everywhere there, to promise less.
    """
    sunday = easter(year)
    days = {date(year, month, day) for month, day in _FIXED}
    days |= {sunday + timedelta(days=gap) for gap in (1, 39, 50)}  # Easter Monday, Ascension, Whit Monday
    if alsace_moselle:
        days |= {sunday - timedelta(days=2), date(year, 12, 26)}
    return frozenset(days)


def is_working_day(day: date, *, alsace_moselle: bool = False) -> bool:
    """Whether `day` is neither at the week-end nor a public holiday."""
    return day.weekday() < _SATURDAY and day not in public_holidays(day.year, alsace_moselle=alsace_moselle)


def next_working_day(day: date, *, alsace_moselle: bool = False) -> date:
    """The first working day strictly after `day`."""
    return add_working_days(day, 1, alsace_moselle=alsace_moselle)


def add_working_days(day: date, count: int, *, alsace_moselle: bool = False) -> date:
    """The day on which `count` working days have passed after `day`, itself not counted; with 0, `day` unchanged."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, alsace_moselle=alsace_moselle)
    return day


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus, *Astronomical Algorithms*, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    epact = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (b % 4) + 2 * (c // 4) - epact - c % 4) % 7
    late = (a + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
