"""From the session to the actor, in one statement for staff and two for families."""

from collections.abc import Callable

from flask import Flask, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.extensions import login
from portal.platform import htmx
from portal.platform.actor import Actor
from portal.platform.sessions import STRONG

_loaders: list[Callable[[int, int], Actor | None]] = []


def people_are_known_by(loader: Callable[[int, int], Actor | None]) -> Callable[[int, int], Actor | None]:
    """Registers the feature that knows accounts (above this layer): account and grant in, actor out."""
    _loaders[:] = [loader]
    return loader


def know(app: Flask) -> None:
    """Tell Flask-Login how to find people, and where to send those it does not know."""
    login.session_protection = None  # the session is the server's: there is no cookie content to protect
    login.user_loader(_load)
    login.unauthorized_handler(_ask_to_sign_in)
    app.jinja_env.globals["oob"] = False


def _load(user_id: str) -> Actor | None:
    account, _, grant = user_id.partition(":")
    if not (account.isdigit() and grant.isdigit()) or not _loaders:
        return None
    if int(grant) and not session.get(STRONG):  # default deny: whatever wrote the session, staff gave both factors
        return None
    return _loaders[0](int(account), int(grant))


def _ask_to_sign_in() -> ResponseReturnValue:
    target = url_for("accounts.enter", suite=request.full_path.rstrip("?") if request.method == "GET" else None)
    return htmx.go(target) if request.method == "POST" else redirect(target)
