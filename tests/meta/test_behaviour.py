"""What the scripts do in a real browser, on the page of components."""

from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from tests.browser import PATIENCE


@pytest.fixture
def address(make_app: Callable[..., Flask]) -> Iterator[str]:
    app = make_app(demo=True)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}/dev/composants"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 320, "height": 800})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def scanned(page: Page) -> list[str]:
    sent: list[str] = []
    page.on(
        "request",
        lambda request: sent.append(request.post_data.rpartition("label=")[2]) if request.method == "POST" else None,
    )
    return sent


def scan(page: Page, label: str, *, end: str = "Enter") -> None:
    page.keyboard.type(label)
    page.keyboard.press(end)


def test_a_refused_form_focuses_its_summary_whose_links_land_on_the_fields(page: Page, address: str):
    page.goto(f"{address}/formulaire")
    page.click("main button[type=submit]")
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.title().startswith("Erreur\N{NO-BREAK SPACE}: ")
    page.click("#error-summary a[href='#need-0']")
    expect(page.locator("#need-0")).to_be_focused()


def test_a_cut_network_is_told_and_what_was_typed_stays(page: Page, address: str):
    page.goto(f"{address}/formulaire")
    page.fill("#student", "Inès")
    page.context.set_offline(True)
    page.click("main button[type=submit]")
    expect(page.locator("#messages")).to_contain_text("La connexion est coupée")
    assert page.input_value("#student") == "Inès"


def test_scans_faster_than_the_network_arrive_once_each_and_in_order(page: Page, address: str):
    page.goto(f"{address}/lecture")
    sent = scanned(page)
    scan(page, "A-1")
    scan(page, "A-1")  # the trigger was held too long
    scan(page, "A-2", end="Tab")
    scan(page, "FP-001")
    expect(page.locator("#verdict")).to_contain_text("Remis")
    assert sent == ["A-1", "A-2", "FP-001"]
    expect(page.locator("[data-scan-input]")).to_be_focused()


def test_a_scan_made_while_the_network_is_cut_leaves_when_it_returns(page: Page, address: str):
    page.goto(f"{address}/lecture")
    page.context.set_offline(True)
    scan(page, "FP-001")
    expect(page.locator("#messages")).to_contain_text("La connexion est coupée")
    page.context.set_offline(False)
    expect(page.locator("#verdict")).to_contain_text("Remis")
    expect(page.locator("#messages")).to_be_empty()


def test_the_stock_empties_as_requests_are_ticked(page: Page, address: str):
    page.goto(address)
    page.check("#tout")
    expect(page.locator(".stock")).to_contain_text("Il manque 1 appareil")
    page.uncheck("#tout")
    expect(page.locator(".stock")).to_contain_text("Aucune demande cochée")
    assert page.text_content("[data-stock-rest]") == "3"


@pytest.mark.parametrize("place", ["", "/formulaire", "/lecture"])
def test_nothing_sticks_out_of_a_small_phone(page: Page, address: str, place: str):
    page.goto(address + place)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
