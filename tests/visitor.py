"""The test client: each request runs apart from the test, as it would in the server's own process."""

from collections.abc import Callable
from contextvars import Context
from secrets import token_hex
from typing import Any, Protocol

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import EnvironBuilder

from portal.extensions import db
from portal.kernel import clock
from tests.databases import HOST


def apart(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call with nothing of the test's but its clock: no scope, no unit of work, no actor, no application context."""
    instant, context = clock._frozen.get(), Context()
    if instant:
        context.run(clock._frozen.set, instant)
    return context.run(call, *args, **kwargs)


class Somebody(Protocol):
    """Who can sign in: anything with an account, and the grant of staff under which they enter (0 for a family)."""

    account_id: int
    grant_id: int


class Visitor(FlaskClient):
    """A browser: https, cookies, a `Referer`, and on a POST the CSRF token that its last page would have carried.

    `csrf=False` sends none; `htmx=True` asks as htmx does. The test's own session ends its reading transaction before
    each request, so that what it reads afterwards is what the request left.
    """

    raw_token: str | None = None

    def open(self, *args: Any, csrf: bool = True, htmx: bool | str = False, **kwargs: Any) -> Any:
        if args and isinstance(args[0], EnvironBuilder):  # a redirection being followed: already apart
            return super().open(*args, **kwargs)
        headers = {"Referer": f"{HOST}/", **dict(kwargs.pop("headers", None) or {})}
        if htmx:
            headers |= {"HX-Request": "true"} | ({"HX-Target": htmx} if isinstance(htmx, str) else {})
        if kwargs.get("method") == "POST" and csrf and "csrf_token" not in (kwargs.get("data") or {}):
            headers.setdefault("X-CSRFToken", self.token())
        db.session.rollback()
        return apart(super().open, *args, base_url=HOST, headers=headers, buffered=True, **kwargs)

    def token(self) -> str:
        """A token that the session of this browser accepts."""
        if self.raw_token is None:
            apart(self._write)
        return str(URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(self.raw_token))

    def enter(self, who: Somebody) -> "Visitor":
        """Sign in: a session on the server, as both factors leave it, and its cookie here."""
        apart(self._write, _user_id=f"{who.account_id}:{who.grant_id}", _fresh=True, strong=bool(who.grant_id))
        return self

    def _write(self, **content: Any) -> None:
        with self.session_transaction(base_url=HOST) as session:
            self.raw_token = session.setdefault("csrf_token", token_hex(20))
            session.update(content)
            session.modified = True
