"""A real browser on the real product: Debian's Chromium through Playwright, and the portal started as people start it.

    def test_a_parent_asks(live, visit):
        page = visit(width=320)                  # or js=False, dark=True, locale="ar"
        page.goto(live.url)
        axe(page)

A console error, a refused resource (CSP), an uncaught exception or a request that leaves the machine fails the test.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.ports import LOOPBACK, free_port

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "tests" / "vendor" / "axe-4.14.1.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (320, 1280)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EXPECTED = ("409", "422", "429")
"""Refusals that we answer on purpose; the browser tells them as errors in its console."""
TELL_REFUSED = (
    "document.addEventListener('securitypolicyviolation',"
    " seen => console.error(`CSP refused ${seen.effectiveDirective} ${seen.blockedURI} ${seen.sample}`))"
)
DRIVERS = ("tests/e2e/", "tests/shipping/test_live.py")
"""The tests that ask for `live`."""
PATIENCE = 60_000
"""Milliseconds that a page may take on a machine that does ten other things."""
START = 300.0
"""Seconds that the product may take to be ready on a busy machine, its demo seeded."""

expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """All that drives the running product shares one of it, hence one core: never two journeys at a time."""
    from xdist.scheduler import LoadScopeScheduling

    class OneProduct(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "the product" if nodeid.startswith(DRIVERS) else str(super()._split_scope(nodeid))

    return OneProduct(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """The journeys are the longest chain of a run, and wait for one another: the other processes let them pass."""
    if "PYTEST_XDIST_WORKER" in os.environ and not item.nodeid.startswith(DRIVERS):
        _let_the_journeys_pass()


@cache
def _let_the_journeys_pass() -> None:
    os.nice(5)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Nobody starts a second product without saying so."""
    lost = [
        one.nodeid for one in items if "live" in getattr(one, "fixturenames", ()) and not one.nodeid.startswith(DRIVERS)
    ]
    if lost:
        raise pytest.UsageError(f"add to DRIVERS of tests/browser.py: {lost[0]}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, with a fresh profile."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: make setup-dev")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What went wrong in the pages of one test; `forgive` texts that the test provokes."""

    faults: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    def forgive(self, text: str) -> None:
        """A fault that contains this text is what the test is about."""
        self.forgiven.append(text)

    def told(self, message: ConsoleMessage) -> None:
        refusal = "Failed to load resource" in message.text and any(
            f"status of {code}" in message.text for code in EXPECTED
        )
        if message.type == "error" and not refusal:
            self.faults.append(f"console: {message.text} ({message.location.get('url', '')})")

    def thrown(self, error: Any) -> None:
        self.faults.append(f"exception: {error}")

    def asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in {LOOPBACK, "localhost"}:
            self.faults.append(f"a request leaves the machine: {request.url}")

    def over(self, context: BrowserContext) -> None:
        context.on("console", self.told)
        context.on("weberror", lambda error: self.thrown(error.error))
        context.on("request", self.asked)

    def left(self) -> list[str]:
        return [fault for fault in self.faults if not any(text in fault for text in self.forgiven)]


@pytest.fixture
def watch() -> Watch:
    """The faults of this test's pages, looked at when it ends."""
    return Watch()


@pytest.fixture
def visit(chromium: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """A new visitor each time, on a telephone unless told otherwise."""
    contexts: list[BrowserContext] = []

    def come(*, width: int = 320, js: bool = True, dark: bool = False, locale: str = "fr-FR", **options: Any) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=js,
            color_scheme="dark" if dark else "light",
            locale=locale,
            **options,
        )
        context.set_default_timeout(PATIENCE)
        if js:
            context.add_init_script(TELL_REFUSED)
        watch.over(context)
        contexts.append(context)
        return context.new_page()

    yield come
    for context in contexts:
        context.close()
    assert watch.left() == []


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width}px")
def width(request: pytest.FixtureRequest) -> int:
    """The test runs on a telephone and on a desk."""
    return int(request.param)


def axe(page: Page) -> None:
    """No violation of WCAG 2.2 A and AA, nor of good practice, on the page as it is now (after its swaps)."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations'], preload: false})"
        ".then(report => report.violations)",
        RULES,
    )
    faults = [
        f"{fault['id']} ({fault['impact']}): {fault['help']}\n    "
        + "\n    ".join(node["html"][:200] for node in fault["nodes"])
        for fault in violations
    ]
    assert not faults, f"{page.url}: {len(faults)} violations\n" + "\n".join(faults)


def fits(page: Page) -> None:
    """Nothing makes the page scroll sideways (WCAG 1.4.10)."""
    wide = page.evaluate(
        "() => [...document.querySelectorAll('body *')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(e).position !== 'fixed')"
        ".map(e => e.outerHTML.slice(0, 120))"
    )
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert over <= 0, f"{page.url} is {over} px too wide: {wide[:5]}"


@dataclass
class Live:
    """The product, running: its address, its data folder, what it printed, and what the demo's mailbox received."""

    url: str
    home: Path
    log: Path
    process: subprocess.Popen[bytes]

    def letters(self, to: str = "") -> list[Any]:
        """E-mails and texts in the mailbox, the newest first; those to an address or a number, if one is given."""
        from portal.demo import mailbox

        return [letter for letter in mailbox.list_messages(self.home) if to in str(letter.to)]

    def wait_for_letter(self, to: str, *, after: int = 0, saying: str = "", seconds: float = 60) -> Any:
        """The newest letter to somebody once there are more than `after`; the worker sends in its own time.

        `saying` leaves out those whose subject and text do not say it: several may be on their way.
        """
        deadline = time.monotonic() + seconds
        while len(found := [one for one in self.letters(to) if saying in f"{one.subject} {one.text}"]) <= after:
            assert time.monotonic() < deadline, f"nothing came to {to}; the log ends with\n{self.tail()}"
            time.sleep(0.1)
        return found[0]

    def tail(self, lines: int = 30) -> str:
        """The last lines of what it printed."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The demo, on free ports and an empty folder; ended with the tests of this process."""
    with product(tmp_path_factory.mktemp("live")) as running:
        yield running


@contextmanager
def product(home: Path) -> Iterator[Live]:
    """The demo, started by `deploy/run.py` in a folder, for as long as the block lasts."""
    port, mail, texts = free_port(), free_port(), free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FIN_PRET_")},
        "FIN_PRET_HOME": str(home / "var"),
        "FIN_PRET_DEMO": "1",
        "PORT": str(port),
        "FIN_PRET_SMTP_URL": f"smtp://{LOOPBACK}:{mail}",
        "FIN_PRET_SMS_URL": f"http://{LOOPBACK}:{texts}/sms",
        "FIN_PRET_SINK_SMTP_PORT": str(mail),
        "FIN_PRET_SINK_SMS_PORT": str(texts),
        "FIN_PRET_UNDO_SECONDS": os.environ.get("FIN_PRET_UNDO_SECONDS", "2"),
    }
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "deploy" / "run.py")],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    running = Live(f"http://{LOOPBACK}:{port}", home / "var", home / "log", process)
    try:
        wait_until_ready(running)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(running: Live) -> None:
    """Until `/sante` says that every part works."""
    deadline, said = time.monotonic() + START, ""
    while time.monotonic() < deadline:
        assert running.process.poll() is None, f"it ended by itself:\n{running.tail()}"
        try:
            answer = httpx.get(f"{running.url}/sante", timeout=2)
            said = answer.text
        except httpx.HTTPError as problem:
            said = str(problem)
        else:
            if answer.status_code == httpx.codes.OK:
                return
        time.sleep(0.2)
    pytest.fail(f"not ready after {START:g} s: {said}\n{running.tail()}")
