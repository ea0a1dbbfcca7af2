"""Opening hours and closed days: read as people type them, told as people read them."""

from datetime import date

import pytest

from portal.kernel.errors import DomainError
from portal.schools.opening import (
    DAYS,
    closed_soon,
    pickup_in_words,
    read_closings,
    read_hours,
    week_in_words,
    write_closings,
    write_hours,
)

MORNING, BOTH = [["08:00", "12:00"]], [["08:00", "12:00"], ["13:30", "17:00"]]


@pytest.mark.parametrize(
    "typed",
    ["8 h – 12 h, 13 h 30 – 17 h", "8h-12h 13h30-17h".replace("h 1", "h, 1"), "08:00-12:00 ; 13:30-17:00",
     "de 8 h à 12 h et de 13h30 à 17h", "8-12/13h30-17"],
)  # fmt: skip
def test_half_days_are_read_however_they_are_typed(typed):
    assert read_hours(typed) == BOTH


@pytest.mark.parametrize("typed", ["", "  "])
def test_nothing_typed_is_closed(typed):
    assert read_hours(typed) == []


@pytest.mark.parametrize(
    "typed", ["matin", "8 h", "25 h – 26 h", "12 h – 8 h", "8 h – 12 h, 11 h – 17 h", "8-9, 10-11, 12-13"]
)
def test_what_cannot_be_hours_is_refused_with_an_example(typed):
    with pytest.raises(DomainError) as refusal:
        read_hours(typed)
    assert "Écrivez" in refusal.value.message


def test_what_is_shown_in_the_form_is_read_again_as_it_was():
    assert read_hours(write_hours(BOTH)) == BOTH
    closings = [["2026-11-11", "2026-11-11"], ["2026-12-19", "2027-01-03"]]
    assert read_closings(write_closings(closings)) == closings


def test_days_alike_are_told_together():
    week = {**dict.fromkeys(DAYS[:5], BOTH), "mercredi": MORNING}
    told = week_in_words(week).replace("\u00a0", " ")
    assert told == (
        "les lundi et mardi, de 8 h à 12 h et de 13 h 30 à 17 h ; le mercredi, de 8 h à 12 h ; "
        "les jeudi et vendredi, de 8 h à 12 h et de 13 h 30 à 17 h"
    )
    assert (
        week_in_words(dict.fromkeys(DAYS[:5], MORNING)).replace("\u00a0", " ") == "du lundi au vendredi, de 8 h à 12 h"
    )
    assert week_in_words({}) == ""


@pytest.mark.parametrize(
    "typed", ["11 novembre", "31/02/2026", "11/11/26", "03/01/2027 au 19/12/2026", "01/01/2026 au 31/12/2026"]
)
def test_a_closing_that_is_no_date_is_refused_with_its_line(typed):
    with pytest.raises(DomainError) as refusal:
        read_closings(f"11/11/2026\n{typed}")
    assert typed in refusal.value.message


def test_closed_days_are_told_two_weeks_before_and_no_longer_after():
    closings = [["2026-11-11", "2026-11-11"], ["2026-12-19", "2027-01-03"]]
    assert closed_soon(closings, today=date(2026, 10, 27)) == ""
    assert closed_soon(closings, today=date(2026, 10, 28)) == "fermé le 11 novembre"
    assert closed_soon(closings, today=date(2026, 11, 12)) == ""
    assert closed_soon(closings, today=date(2027, 1, 3)) == "fermé du 19 décembre au 3 janvier"


def test_the_place_is_told_with_its_hours():
    told = pickup_in_words(
        "à l’intendance", "le lundi, de 8 h à 12 h", [["2026-11-11", "2026-11-11"]], today=date(2026, 11, 2)
    )
    assert told.replace("\u00a0", " ") == "à l’intendance (le lundi, de 8 h à 12 h ; fermé le 11 novembre)"
    assert pickup_in_words("à l’intendance", "", [], today=date(2026, 11, 2)) == "à l’intendance"
