"""The bench in a real browser, with a keyboard and nothing else, as a scanner uses it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import axe, fits

pytestmark = pytest.mark.e2e


@pytest.fixture
def bench(live, visit):
    """The demo's manager at the bench."""

    def come(**options):
        page = visit(**options)
        page.goto(f"{live.url}/demo")
        page.get_by_role("button", name=re.compile("Thomas Klein")).click()
        page.goto(f"{live.url}/preparation")
        return page

    return come


def tags(page):
    return page.locator("#to-prepare tbody td:nth-child(2) .code").all_inner_texts()


def test_scanning_needs_the_keyboard_only_and_the_field_never_loses_it(bench):
    page = bench(width=1280)
    wanted = tags(page)[:2]
    for tag, end in zip(wanted, ("Enter", "Tab"), strict=True):
        expect(page.locator("#scan-code")).to_be_focused()
        page.keyboard.type(tag)
        page.keyboard.press(end)
        expect(page.locator(".recent__tag").first).to_have_text(tag)
        expect(page.locator("#to-prepare").get_by_text(tag)).to_have_count(0)
    expect(page.locator("#scan-code")).to_be_focused()
    page.keyboard.type("NADA-0000")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict--problem")).to_contain_text("NADA-0000")
    for tag in reversed(wanted):
        page.locator(".recent__item", has_text=tag).get_by_role("button").press("Enter")
        expect(page.locator("#to-prepare").get_by_text(tag)).to_have_count(1)


def test_two_scans_faster_than_the_answers_are_both_kept(bench):
    page = bench(width=1280)
    wanted = tags(page)[:3]
    for tag in wanted:
        page.keyboard.type(tag)
        page.keyboard.press("Enter")
    for tag in wanted:
        expect(page.locator("#bench-recent").get_by_text(tag)).to_have_count(1)
    for tag in wanted:
        page.locator(".recent__item", has_text=tag).get_by_role("button").press("Enter")
        expect(page.locator("#to-prepare").get_by_text(tag)).to_have_count(1)


def test_every_page_of_the_bench_is_accessible_and_fits(bench, live, width):
    page = bench(width=width)
    for path in (
        "/preparation",
        "/preparation?voie=prets",
        "/preparation?voie=retrait",
        "/preparation?voie=remis",
        "/preparation/liste",
        "/preparation/remise",
        "/preparation/remises",
        "/preparation/verification",
        "/preparation/douane",
        "/etablissement/colis",
    ):
        page.goto(live.url + path)
        axe(page)
        fits(page)
    page.goto(f"{live.url}/preparation?voie=prets")
    page.locator("#ready a").first.click()
    axe(page)
    fits(page)
