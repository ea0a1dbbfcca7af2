"""The national address base helps when it can, and is silent in two seconds when it cannot."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from portal.platform.ban import Found, better, look_up

GOOD = {
    "features": [
        {
            "properties": {
                "type": "housenumber",
                "score": 0.93,
                "name": "8 Rue des Tilleuls",
                "postcode": "57000",
                "city": "Metz",
            }
        }
    ]
}
TYPED = {"street": "8 r des tilleul", "postcode": "57000", "city": "Metz"}


@contextmanager
def base(answer):
    """A small address base on this machine: `answer(handler)` writes what it likes."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            answer(self)

        def log_message(self, *args):
            pass

    asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/search", asked
    finally:
        server.shutdown()
        server.server_close()


def says(body, *, status=200, length=None):
    def answer(handler):
        handler.send_response(status)
        handler.send_header("Content-Length", str(length or len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def drips(handler):
    """A byte now and then: no single wait is long, the whole is."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(150):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.2)
    except OSError:
        return


def test_a_house_number_that_is_close_is_sure():
    with base(says(json.dumps(GOOD).encode())) as (url, asked):
        assert look_up(url, **TYPED) == Found("8 Rue des Tilleuls", "57000", "Metz", "housenumber", 0.93)
    assert "autocomplete=0" in asked[0]


def test_a_street_or_a_weak_score_is_only_a_suggestion():
    weak = json.loads(json.dumps(GOOD).replace("0.93", "0.55"))
    with base(says(json.dumps(weak).encode())) as (url, _):
        assert not look_up(url, **TYPED).sure


@pytest.mark.parametrize(
    ("found", "proposed"),
    [
        (Found("Rue des Tilleuls", "57000", "Metz", "street", 0.7), "8 bis Rue des Tilleuls"),
        (Found("8 Rue des Tilleuls", "57000", "Metz", "housenumber", 0.7), "8 Rue des Tilleuls"),
        (Found("8 Rue des Tilleuls", "57000", "Metz", "housenumber", 0.9), None),
        (Found("Rue des Tilleuls", "57000", "Metz", "street", 0.3), None),
        (Found("Metz", "57000", "Metz", "municipality", 0.9), None),
        (None, None),
    ],
)
def test_only_what_is_near_and_not_sure_is_worth_a_question(found, proposed):
    asked = better(found, street="8 bis r des tilleul", postcode="57000", city="Metz")
    assert asked == (proposed and (proposed, "57000", "Metz"))


def test_the_same_address_in_other_capitals_is_no_question():
    found = Found("Rue des Tilleuls", "57000", "METZ", "street", 0.7)
    assert better(found, street="8 RUE DES TILLEULS", postcode="57000", city="Metz") is None


@pytest.mark.parametrize(
    "answer",
    [
        says(b"<html>502</html>"),
        says(b"{}", status=503),
        says(b'{"features": []}'),
        says(b'{"features": [{"properties": {"type": 3}}]}'),
        says(b'{"features": [', length=5000),
        says(b"[]"),
    ],
)
def test_html_errors_cut_and_strange_answers_say_nothing(answer):
    with base(answer) as (url, _):
        assert look_up(url, **TYPED) is None


def test_a_service_that_drips_is_left_after_two_seconds():
    with base(drips) as (url, _):
        began = time.monotonic()
        assert look_up(url, **TYPED) is None
        assert time.monotonic() - began < 15  # thirty seconds are offered


def test_off_by_default_and_down_is_the_same_as_off():
    assert look_up("", **TYPED) is None
    assert look_up("http://127.0.0.1:9/search", **TYPED) is None
