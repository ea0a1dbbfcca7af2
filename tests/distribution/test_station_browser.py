"""A station in a real browser, with a keyboard as the scanner."""

from playwright.sync_api import Page, expect

from portal.distribution.states import AttendanceState, Workshop
from tests import factories as make
from tests.browser import axe, fits


def scan(page: Page, code: str, *, end: str = "Enter") -> None:
    expect(page.locator("#station-code")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press(end)


def says(page: Page, word: str) -> None:
    expect(page.locator(".verdict__word")).to_have_text(word)


def test_a_scanner_is_enough_from_the_first_student_to_the_undo(gym, width):
    (one, tag), post = gym.turn(), gym.station()
    page = gym.hold(post, width=width)
    axe(page)
    scan(page, one.code)
    expect(page.locator(".verdict__text")).to_contain_text("Scannez l’appareil")
    scan(page, tag, end="Tab")
    says(page, "Remis")
    axe(page)
    fits(page)
    page.locator(".recent__undo").press("Enter")
    says(page, "Annulé")
    assert make.fresh(one).state is AttendanceState.CLEARED
    scan(page, one.code)
    scan(page, tag)
    says(page, "Remis")
    scan(page, "NADA-0000")
    says(page, "Inconnu")



def test_the_button_that_takes_the_station_unlocks_the_sound_and_each_verdict_has_its_own(gym):
    (one, _), post = gym.turn(at=AttendanceState.EXPECTED), gym.station(Workshop.SLEEVE)
    page = gym.hold(post)
    assert page.evaluate("sound.state") == "running"
    for code, word, pitches in ((one.code, "Housse", [880]), ("NADA-0000", "Inconnu", [196, 196])):
        page.evaluate("pitches.length = 0")
        scan(page, code)
        says(page, word)
        page.wait_for_function("wanted => `${pitches}` === `${wanted}`", arg=pitches)
