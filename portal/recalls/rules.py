"""Until when a device of the emergency pool is lent, and when its family is reminded. Plain values only."""

from datetime import date, timedelta
from typing import Final

from portal.loans.rules import Calendar

REMINDERS: Final = (-7, -1, 1, 7, 14)
"""Days after the day of return on which the family is reminded; where the lycée is closed, on its next open day."""


def return_day(left_on: date, *, days: int, calendar: Calendar) -> date:
    """The day on which a device that left is expected back: so many days later, or the first open day after them."""
    return calendar.opening(left_on + timedelta(days=days))


def reached(due_on: date, today: date) -> int:
    """How many of the reminders' days have come."""
    return sum(today >= due_on + timedelta(days=gap) for gap in REMINDERS)
