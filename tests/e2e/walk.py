"""One person in a browser: what they press, type and read. The page is looked at after every step.

    walk.open("/", "L’ordinateur du lycée")       # and its main heading
    walk.press("Continuer", then="À quelle adresse livrer le colis ?")

A look is: no violation found by axe, nothing wider than the screen, and the page kept for the W3C's checker.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import httpx
from playwright.sync_api import Error, Locator, Page, Response, expect

from tests.browser import PATIENCE, Live, axe, fits

ROOT = Path(__file__).resolve().parents[2]
CHECKER = ROOT / ".tools" / "vnu.jar"
WORKER = 300_000
"""Milliseconds that the worker may take: it begins by inviting everybody whom the demo's requests concern."""
Heading = str | re.Pattern[str]
TOKEN = re.compile(r'(name="csrf_token" (?:type="hidden" )?value|&#34;X-CSRFToken&#34;: &#34;|"X-CSRFToken": ")[^"&]*')


@dataclass
class Pages:
    """Every page that was seen, as the server sent it and as the browser had it after its swaps; each once."""

    folder: Path
    seen: dict[str, str] = field(default_factory=dict)
    looked_at: set[tuple[str, int | None, bool, bool]] = field(default_factory=set)
    """What was found without fault, and on which screen: the same again would say nothing new."""

    def keep(self, url: str, html: str) -> None:
        name = mark_of(html)
        if name not in self.seen:
            self.seen[name] = url
            (self.folder / f"{name}.html").write_text(html, encoding="utf-8")

    def faults(self) -> list[str]:
        """What the W3C's checker (the Nu Html Checker) calls an error, in all the pages, in one run."""
        files = sorted(self.folder.glob("*.html"))
        command = ["java", "-Xss1m", "-jar", CHECKER, "--errors-only", "--format", "json", *files]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        told = json.loads(done.stderr)["messages"]
        return [
            f"{self.seen[Path(one['url']).stem]}: {one['message']}\n    {one.get('extract', '')}"
            for one in told
            if one["type"] != "info"
        ]


def mark_of(html: str) -> str:
    """The same for the same page, whoever has it."""
    return sha256(TOKEN.sub("", html).encode()).hexdigest()[:24]


class Walk:
    """One person's browser at one installation."""

    def __init__(self, page: Page, *, site: Live, pages: Pages, js: bool, dark: bool) -> None:
        self.page, self.site, self.pages, self.js, self.dark = page, site, pages, js, dark
        self._answer: Response | None = None
        self._other: Page | None = None
        page.on("response", self._keep_answer)

    def _keep_answer(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and "text/html" in response.headers.get("content-type", ""):
            self._answer = response

    # --- going ------------------------------------------------------------------------------------------------------

    def open(self, address: str, then: Heading) -> None:
        """Type an address, or touch a link that came by message."""
        self.page.goto(address if address.startswith("http") else self.site.url + address)
        self.arrive(then)

    def follow(self, link: str | re.Pattern[str], *, then: Heading, within: Locator | None = None) -> None:
        self.use((within or self.page).get_by_role("link", name=link).first, then=then)

    def press(self, button: str, *, then: Heading, within: Locator | None = None) -> None:
        self.use((within or self.page).get_by_role("button", name=button, exact=True).first, then=then)

    def use(self, control: Locator, *, then: Heading) -> None:
        """What leads to another page, be it one with the same heading."""
        with self.page.expect_event("domcontentloaded", timeout=PATIENCE):
            control.click()
        self.arrive(then)

    def arrive(self, heading: Heading) -> None:
        """Wait for the page that has this main heading, then look at it."""
        expect(self.page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        self.look()

    # --- answering --------------------------------------------------------------------------------------------------

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)

    def choose(self, label: str) -> None:
        """A radio button or a box, by its words: people press the words."""
        control = self.page.get_by_label(label)
        control.check()

    def refused(self, button: str, *sentences: str) -> None:
        """The answer comes back with what to change, each line leading to its field."""
        control = self.page.get_by_role("button", name=button, exact=True).first
        if self.js:
            with self.page.expect_response(lambda answer: answer.status == httpx.codes.UNPROCESSABLE_ENTITY):
                control.click()
        else:
            with self.page.expect_event("domcontentloaded"):
                control.click()
        summary = self.page.locator("#error-summary")
        for sentence in sentences:
            expect(summary).to_contain_text(sentence)
        expect(self.page).to_have_title(re.compile("^Erreur"))
        if self.js:
            expect(summary).to_be_focused()
        for link in summary.get_by_role("link").all():
            target = link.get_attribute("href") or "#"
            assert self.page.locator(f"[id='{target[1:]}']").count() == 1, f"{target} is not on the page"
        self.look()

    # --- reading ----------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """The page as it is now; looked at again when it goes on by itself meanwhile, as those that wait do."""
        for left in (2, 1, 0):
            try:
                self.page.wait_for_load_state("load")
                html = self.page.content()
                seen = mark_of(html), (self.page.viewport_size or {}).get("width"), self.dark, self.js
                if seen not in self.pages.looked_at:
                    axe(self.page if self.js else self._twin(html))
                    fits(self.page)
                    self.pages.looked_at.add(seen)
                self._keep(html)
            except Error as trouble:
                if left and "navigation" in str(trouble):
                    continue
                raise
            return

    def _twin(self, html: str) -> Page:
        """The same page in a browser that may run axe, and nothing else: without scripts, axe never answers."""
        if self._other is None:
            size = self.page.viewport_size or {}
            context = self.page.context.browser.new_context(viewport=size, reduced_motion="reduce")
            context.route("**/*.js", lambda route: route.abort())
            self._other = context.new_page()
        self._other.unroute_all()
        self._other.route(
            self.page.url, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")
        )
        self._other.goto(self.page.url)
        return self._other

    def leave(self) -> None:
        """Close what this walk opened beside its own browser."""
        if self._other is not None:
            self._other.context.close()

    def _keep(self, html: str) -> None:
        answer, self._answer = self._answer, None
        if answer is not None:
            try:
                self.pages.keep(self.page.url, answer.text())
            except Error:  # the browser has already dropped it
                self._answer = None
        if self.js:
            self.pages.keep(self.page.url, html)

    def text(self, selector: str = "main") -> str:
        """What one reads there, on one line."""
        return " ".join(self.page.locator(selector).inner_text().split())

    def read(self, *sentences: str, at: str = "main") -> None:
        for sentence in sentences:
            expect(self.page.locator(at).first).to_contain_text(sentence)

    def steps(self) -> dict[str, str]:
        """The timeline: each step's title, and whether it is done, current, future or a problem."""
        found = {}
        for step in self.page.locator(".thread__step").all():
            state = re.search(r"thread__step--(\w+)", step.get_attribute("class") or "")
            title = step.locator(".thread__title").inner_text().partition(":")[2]
            found[" ".join(title.split())] = state[1] if state else ""
        return found

    def fetch(self, address: str) -> bytes:
        """A file behind a link, with this browser's session."""
        answer = self.page.context.request.get(address if address.startswith("http") else self.site.url + address)
        assert answer.ok, f"{address}: {answer.status}"
        return answer.body()

    def file_of(self, link: str) -> bytes:
        """The file behind a link of this page."""
        return self.fetch(self.page.get_by_role("link", name=link).first.get_attribute("href") or "")

    def wait_for(self, ready: Locator) -> None:
        """Until the worker has done its part: the page refreshes itself, or is reloaded as people do."""
        if self.js:
            expect(ready).to_be_visible(timeout=WORKER)
            return
        with repeated() as again:
            for _ in again:
                if ready.count():
                    return
                self.page.reload()


@contextmanager
def repeated(seconds: float = WORKER / 1000) -> Iterator[Iterator[None]]:
    """Try again until the time is over, a little later each time."""
    import time

    def attempts() -> Iterator[None]:
        deadline, pause = time.monotonic() + seconds, 0.1
        while time.monotonic() < deadline:
            yield
            time.sleep(pause)
            pause = min(pause * 1.5, 1)
        raise AssertionError(f"still not there after {seconds:g} s")

    yield attempts()
