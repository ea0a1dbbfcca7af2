"""When a lycée's desk is open: half-days of the week and closed days, as typed by people and as told to families.

Typed « 8 h – 12 h, 13h30-17h », kept as {"lundi": [["08:00", "12:00"], ["13:30", "17:00"]]}; closings, « 11/11/2026 » or
« 19/12/2026 au 3/1/2027 », as [["2026-12-19", "2027-01-03"]]. Plain values only.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from portal.kernel.errors import DomainError
from portal.kernel.words import later

DAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi")
MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
SOON: Final = timedelta(days=14)
"""Closed days that a family is told beforehand."""

LONGEST_CLOSING: Final = timedelta(days=120)
MOST_CLOSINGS: Final = 60

Hours = Sequence[Sequence[str]]
Week = Mapping[str, Hours]

_HALVES = re.compile(r"\s*(?:,|;|/|\bet\b|\bpuis\b)\s*", re.IGNORECASE)
_TO = re.compile(r"\s*(?:-|–|—|\bà\b|\bau\b)\s*", re.IGNORECASE)
_TIME = re.compile(r"(?:de\s+)?([01]?[0-9]|2[0-3])(?:\s*[hH:]\s*([0-5][0-9])?)?")
_DATE = re.compile(r"(?:du\s+|le\s+)?([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})", re.IGNORECASE)
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_BETWEEN = re.compile(r"\s+(?:au|à|-|–)\s+", re.IGNORECASE)
_MOST_HALVES = 2


class UnreadableHours(DomainError):
    """What was typed says no opening hours; the message says how to write them."""

    message = later("Écrivez par exemple 8 h – 12 h, 13 h 30 – 17 h. Laissez vide un jour fermé.")


class UnreadableClosing(DomainError):
    """What was typed is no date; the message says which line, and how to write it."""


def read_hours(text: str) -> list[list[str]]:
    """The half-days of one day; none when nothing is typed. Raises `UnreadableHours`."""
    if not text.strip():
        return []
    spans = [_span(part) for part in _HALVES.split(text.strip())]
    starts = [moment for span in spans for moment in span]
    if len(spans) > _MOST_HALVES or starts != sorted(set(starts)):
        raise UnreadableHours(later("Écrivez les heures dans l’ordre, deux demi-journées au plus."))
    return spans


def _span(text: str) -> list[str]:
    ends = _TO.split(text.strip())
    if len(ends) != _MOST_HALVES:
        raise UnreadableHours
    return [read_time(end) for end in ends]


def read_time(text: str) -> str:
    """« 9 h 30 », « 09:30 » or « 9h » as "09:30"; raises `UnreadableHours`."""
    found = _TIME.fullmatch(" ".join(text.split()))
    if found is None:
        raise UnreadableHours
    return f"{int(found[1]):02d}:{found[2] or '00'}"


def write_hours(spans: Hours) -> str:
    """As one would type it again."""
    return ", ".join(f"{_said(start)} – {_said(end)}" for start, end in spans)


def _said(moment: str) -> str:
    hour, _, minute = moment.partition(":")
    return f"{int(hour)}\u00a0h" + (f"\u00a0{minute}" if minute != "00" else "")


def read_closings(text: str) -> list[list[str]]:
    """Closed days, one or a stretch a line, in order; raises `UnreadableClosing`."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_CLOSINGS:
        raise UnreadableClosing(later("Écrivez %(limit)d lignes au plus.", limit=MOST_CLOSINGS))
    return sorted(_closing(line) for line in lines)


def _closing(line: str) -> list[str]:
    first, *rest = [_date(part.strip(), line) for part in _BETWEEN.split(line)]
    last = rest[-1] if rest else first
    if len(rest) > 1 or not first <= last <= first + LONGEST_CLOSING:
        raise UnreadableClosing(
            later(
                "« %(line)s » : écrivez le premier jour, puis « au », puis le dernier, quatre mois au plus.", line=line
            )
        )
    return [first.isoformat(), last.isoformat()]


def _date(text: str, line: str) -> date:
    french, iso = _DATE.fullmatch(text), _ISO.fullmatch(text)
    year, month, day = (french[3], french[2], french[1]) if french else iso.groups() if iso else ("0", "0", "0")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise UnreadableClosing(
            later("« %(line)s » : écrivez la date ainsi, 11/11/2026, ou 19/12/2026 au 03/01/2027.", line=line)
        ) from None


def write_closings(closings: Sequence[Sequence[str]]) -> str:
    """As one would type them again."""
    lines = ([date.fromisoformat(end).strftime("%d/%m/%Y") for end in (first, last)] for first, last in closings)
    return "\n".join(first if first == last else f"{first} au {last}" for first, last in lines)


def week_in_words(week: Week) -> str:
    """« du lundi au vendredi, de 8 h à 12 h et de 13 h 30 à 17 h ; le samedi, de 8 h à 12 h »; empty when never open."""
    open_days = [(rank, day, week[day]) for rank, day in enumerate(DAYS) if week.get(day)]
    runs = []
    for _, run in groupby(enumerate(open_days), key=lambda pair: (pair[1][0] - pair[0], [*map(tuple, pair[1][2])])):
        days = [day for _, day in run]
        runs.append(f"{_days(days[0][1], days[-1][1], len(days))}, {_spans(days[0][2])}")
    return "\u00a0; ".join(runs)


def _days(first: str, last: str, number: int) -> str:
    match number:
        case 1:
            return f"le {first}"
        case 2:
            return f"les {first} et {last}"
        case _:
            return f"du {first} au {last}"


def _spans(spans: Hours) -> str:
    return " et ".join(f"de {_said(start)} à {_said(end)}" for start, end in spans)


def closed_soon(closings: Sequence[Sequence[str]], *, today: date) -> str:
    """« fermé le 11 novembre » for the days of the next two weeks; empty when there is none."""
    spans = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in closings]
    near = [(first, last) for first, last in spans if last >= today and first <= today + SOON]
    said = [f"le {_day(a)}" if a == b else f"du {_day(a)} au {_day(b)}" for a, b in near]
    return f"fermé {', '.join(said)}" if said else ""


def _day(day: date) -> str:
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]}"


def pickup_in_words(place: str, hours: str, closings: Sequence[Sequence[str]], *, today: date) -> str:
    """Where one collects a kit, when, and the days on which one would come for nothing."""
    when = "\u00a0; ".join(part for part in (hours, closed_soon(closings, today=today)) if part)
    return f"{place} ({when})" if when else place
