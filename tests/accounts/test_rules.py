"""What opens a door, and where one may go next."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.accounts import rules
from portal.accounts.rules import LinkFacts

NOW = datetime(2026, 9, 8, 8, 0, tzinfo=UTC)
FRESH = LinkFacts(expires_at=NOW + timedelta(minutes=15), used=False, tries=0)

HOSTILE = [
    "https://evil.example.org/",
    "http:evil.example.org",
    "//evil.example.org",
    "///evil.example.org",
    "////evil.example.org/%2f..",
    "//[",
    "/\\evil.example.org",
    "\\\\evil.example.org",
    "/\\/evil.example.org",
    "/\t/evil.example.org",
    "/\n/evil.example.org",
    "/\r\nLocation: https://evil.example.org",
    "/\x00//evil.example.org",
    " //evil.example.org",
    "/ /evil.example.org",
    "javascript:alert(1)",
    "data:text/html,x",
    "/.//evil.example.org",
    "/mes-dossiers/..//evil.example.org",
    "/%5cevil.example.org\\",
    "mes-dossiers",
    "?suite=//evil.example.org",
    "@evil.example.org",
    "/∕evil.example.org",
    "/mes-dossiers#//evil.example.org",
    "/" + "a" * 300,
    "/entrer",
    "/sortir",
    "/lien/abc",
    "/role",
    "",
]


@pytest.mark.parametrize("path", HOSTILE)
def test_no_path_leads_out_of_the_site_or_back_to_the_door(path):
    assert rules.safe_path(path) is None


@pytest.mark.parametrize(
    "path", ["/", "/mes-dossiers", "/mes-dossiers/abc_-1?onglet=charte&q=%C3%A9", "/entrer-en-stock"]
)
def test_a_page_of_ours_is_kept_as_it_is(path):
    assert rules.safe_path(path) == path


@pytest.mark.parametrize("typed", ["7K3M2Q", "7k3m2q", " 7k3 m2q ", "7K3-M2Q", "7K3\u00a0M2Q", "７Ｋ３Ｍ２Ｑ"])
def test_a_code_is_read_as_people_type_it(typed):
    assert rules.read_code(typed) == "7K3M2Q"


def test_letters_that_look_like_digits_are_read_as_digits():
    assert rules.read_code("oIl234") == "011234"


@pytest.mark.parametrize("typed", ["", "7K3M2", "7K3M2Q7", "7K3M2U", "é12345", "7K3M2*"])
def test_what_cannot_be_a_code_is_no_code(typed):
    assert rules.read_code(typed) is None


def test_a_fresh_link_opens():
    assert rules.obstacle(FRESH, now=NOW) is None
    assert rules.code_obstacle(FRESH, same_browser=True, now=NOW) is None


def test_a_link_dies_at_the_very_minute_it_expires():
    assert rules.obstacle(FRESH, now=NOW + timedelta(minutes=15)) is not None
    assert rules.obstacle(FRESH, now=NOW + timedelta(minutes=14, seconds=59)) is None


@pytest.mark.parametrize("tries", [1, 2, 3, 4])
def test_each_wrong_code_says_how_many_tries_are_left(tries):
    left = 5 - tries
    assert ("un essai" if left == 1 else f"{left} essais") in rules.wrong_code(tries)


def test_the_fifth_wrong_code_says_to_ask_for_another_mail():
    assert "demandez un autre code" in rules.wrong_code(5)


def test_the_wait_is_counted_in_seconds_and_never_negative():
    assert rules.seconds_to_wait(NOW, now=NOW + timedelta(seconds=20)) == 40
    assert rules.seconds_to_wait(NOW, now=NOW + timedelta(minutes=5)) == 0


def test_too_many_links_for_one_address_say_when_to_come_back():
    with pytest.raises(rules.Wait, match="dans 8 minutes") as caught:
        rules.refuse_too_many(asked=5, first_at=NOW - timedelta(minutes=7, seconds=30), last_minute=5, now=NOW)
    assert caught.value.seconds == 450


def test_one_minute_left_is_written_in_the_singular():
    with pytest.raises(rules.Wait, match=r"dans une minute\."):
        rules.refuse_too_many(asked=5, first_at=NOW - timedelta(minutes=14, seconds=30), last_minute=0, now=NOW)


def test_everybody_at_once_is_told_to_wait_a_minute():
    with pytest.raises(rules.Wait, match="dans une minute"):
        rules.refuse_too_many(asked=0, first_at=None, last_minute=rules.MOST_LINKS_A_MINUTE, now=NOW)


def test_three_hundred_parents_in_one_minute_pass():
    rules.refuse_too_many(asked=1, first_at=NOW, last_minute=300, now=NOW)
