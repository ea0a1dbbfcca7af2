"""The only door to htmx-flask: typed, and with the few answers we ever give."""

from typing import Any, cast

from flask import Response, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from htmx_flask import make_response, request


def asked() -> bool:
    """Whether htmx wants a piece of page. When it restores its history it wants the whole."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def fragments(*names: str, **context: Any) -> str:
    """Several fragments in one answer, each replacing itself by its id."""
    return "".join(render_template(name, oob=True, **context) for name in names)


def page_or(page: str, fragment: str, *, status: int = 200, **context: Any) -> ResponseReturnValue:
    """The fragment for htmx, the whole page for everybody else; the same data for both."""
    return render_template(fragment if asked() else page, **context), status


def message(template: str, status: int, **context: Any) -> Response:
    """A sentence in the page's message region, whatever was aimed at."""
    body = render_template(template, **context)
    return cast(Response, make_response(body, status, retarget="#messages", reswap="outerHTML"))


def go(url: str) -> ResponseReturnValue:
    """Move to another page: 303 after a form, `HX-Redirect` when htmx sent it."""
    if asked():
        return cast(Response, make_response("", 204, redirect=url))
    return redirect(url, code=303)


def done(sentence: str, url: str) -> ResponseReturnValue:
    """Move to another page, which begins with what was just done."""
    flash(sentence, "done")
    return go(url)
