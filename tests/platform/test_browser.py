"""The browser's watch can fail: on errors, on refused resources, on inaccessible or too wide pages."""

import time
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.browser import AXE, axe, fits

SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
GOOD = "<!doctype html><html lang=fr><title>Essai</title><main><h1>Essai</h1><p>Bonjour</p></main>"
PAGES = {
    "/favicon.ico": " ",
    "/good": GOOD,
    "/no-title": GOOD.replace("<title>Essai</title>", ""),
    "/pale": GOOD.replace("<p>", "<p style='color:#ccc;background:#fff'>"),
    "/wide": GOOD.replace("<p>", "<p style='width:900px'>"),
    "/throws": GOOD + "<script>throw new Error('oups')</script>",
    "/inline": GOOD + "<script>document.title = 'Non'</script>",
    "/abroad": GOOD + "<img alt='' src='http://192.0.2.1/pixel.png'>",
}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAGES.get(self.path, "").encode()
            self.send_response(200 if body else 422 if self.path == "/refused" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if self.path == "/inline":
                self.send_header("Content-Security-Policy", "script-src 'self'")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_axe_is_the_one_we_read():
    assert sha256(AXE.read_bytes()).hexdigest() == SHA256


def test_a_good_page_passes(visit, site, width):
    page = visit(width=width)
    page.goto(f"{site}/good")
    axe(page)
    fits(page)


@pytest.mark.parametrize(("path", "fault"), [("/no-title", "document-title"), ("/pale", "color-contrast")])
def test_axe_sees_what_people_cannot(visit, site, path, fault):
    page = visit()
    page.goto(site + path)
    with pytest.raises(AssertionError, match=fault):
        axe(page)


def test_a_page_too_wide_for_a_telephone_is_seen(visit, site):
    page = visit(width=320)
    page.goto(f"{site}/wide")
    with pytest.raises(AssertionError, match="too wide"):
        fits(page)


@pytest.mark.parametrize(
    ("path", "fault"), [("/throws", "oups"), ("/inline", "CSP"), ("/abroad", "leaves the machine")]
)
def test_what_goes_wrong_in_the_browser_is_kept(visit, watch, site, path, fault):
    page = visit()
    page.goto(site + path, wait_until="commit")
    deadline = time.monotonic() + 30
    while not any(fault in one for one in watch.left()):
        assert time.monotonic() < deadline, watch.left()
        page.wait_for_timeout(20)
    watch.faults.clear()


def test_without_javascript_nothing_runs(visit, site, watch):
    page = visit(js=False)
    page.goto(f"{site}/throws")
    assert page.text_content("h1") == "Essai"
    assert watch.left() == []
