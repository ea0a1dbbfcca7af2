"""The bare page: what the server and the loader cost by themselves. `/16000` answers a page of 16,000 bytes."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any


@cache
def _page(size: int) -> bytes:
    return b"x" * size


def app(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """A WSGI application, to be served exactly as the portal is."""
    asked = environ["PATH_INFO"].strip("/")
    page = _page(int(asked) if asked.isdigit() else 2)
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page)))])
    return [page]
