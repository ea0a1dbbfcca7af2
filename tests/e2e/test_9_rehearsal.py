"""A rehearsal in the demo: a keyboard is the scanner, both workshops, then the network is cut and comes back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe, fits
from tests.cable import CUT, Cable

pytestmark = pytest.mark.e2e


def scan(page: Page, code: str, word: str) -> None:
    expect(page.locator("#station-code")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator(".verdict__word")).to_have_text(word)


def stand_at(page: Page, url: str) -> None:
    """In front of a station that this person holds, able to go on alone."""
    page.goto(url)
    page.locator("[data-ready]").wait_for()
    page.wait_for_function("navigator.serviceWorker.controller")


def test_a_rehearsal_from_the_sheet_of_codes_to_the_last_student_without_network(live, visit, watch):
    for noise in (CUT, "htmx:", "ViewTransition"):  # what a cut network makes the browser write
        watch.forgive(noise)
    cable = Cable(live.url)
    page = visit(width=1280, proxy=cable.proxy)
    page.goto(f"{live.url}/demo")
    page.get_by_role("button", name=re.compile("Thomas Klein")).click()
    page.goto(f"{live.url}/distribution")
    page.get_by_role("button", name="Lancer une répétition").click()
    sheet = [item.locator(".codes__text").all_inner_texts() for item in page.locator(".codes__item").all()]
    unsigned = page.locator(".codes__item", has_text="Sanscharte").first.locator(".codes__text").first.inner_text()
    page.goto(f"{live.url}/distribution/postes")
    rehearsed = page.locator("section", has_text="Répétition").first
    sleeve, device = (rehearsed.locator(".posts__link").nth(rank).get_attribute("href") for rank in (0, 1))

    stand_at(page, live.url + sleeve)
    scan(page, unsigned, "Charte à signer")
    for code, _ in sheet[:2]:
        scan(page, code, "Housse")
    stand_at(page, live.url + device)
    (first, laptop), (second, other), (third, last) = sheet[:3]
    scan(page, first, re.compile("."))
    scan(page, laptop, "Remis")
    scan(page, other, "Pour qui ?")
    scan(page, second, "Remis")
    axe(page)
    cable.cut()
    scan(page, third, "Quel appareil ?")
    scan(page, last, "Noté")
    expect(page.locator("[data-waits]")).to_have_text("1 scan attend le réseau.")
    page.reload()
    axe(page)
    fits(page)
    expect(page.locator("[data-waits]")).to_have_text("1 scan attend le réseau.")
    cable.plug()
    expect(page.locator("[data-waits]")).to_have_text("Aucun scan n’attend.")
    expect(page.locator("#station-last")).to_contain_text(last)
