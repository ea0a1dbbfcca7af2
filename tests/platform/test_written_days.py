"""Days as each language writes them."""

from datetime import UTC, date, datetime

import pytest

from portal.platform.i18n import format_day, format_moment, format_short_day, reading


@pytest.mark.parametrize(
    ("language", "day", "long", "short"),
    [
        ("fr", date(2026, 9, 1), "mardi 1er septembre 2026", "1er sept. 2026"),
        ("fr", date(2026, 8, 11), "mardi 11 août 2026", "11 août 2026"),
        ("fr", date(2026, 12, 21), "lundi 21 décembre 2026", "21 déc. 2026"),
        ("en", date(2026, 9, 1), "Tuesday, 1 September 2026", "1 Sept 2026"),
    ],
)
def test_the_first_of_a_month_is_an_ordinal_in_french_only(app, language, day, long, short):
    with reading(language):
        assert (format_day(day), format_short_day(day)) == (long, short)


def test_a_moment_too(app):
    with reading("fr"):
        assert format_moment(datetime(2026, 9, 1, 12, 1, tzinfo=UTC)) == "1er septembre 2026 à 14:01"
