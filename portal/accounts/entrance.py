"""From an account to a session: the part of coming in that needs the web. The demo enters by the same door."""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import cast

from flask import current_app, g, session, url_for
from flask_login import login_user, logout_user

from portal.accounts import queries, rules, services
from portal.platform.pages import navigation
from portal.platform.sessions import ServerSession
from portal.policy import Role

HOMES = {
    Role.FAMILY: "loans.home",
    Role.HEAD: "loans.queue",
    Role.MANAGER: "shipping.bench",
    Role.TECHNICIAN: "stock.devices",
    Role.REGION: "schools.overview",
}
"""The first page of each role, when its feature is installed."""

KEPT_IN_SESSION = ["language"]
"""What a session keeps when somebody comes in: `keep_when_coming_in` adds to it."""
_until_leaving: list[str] = []


def keep_when_coming_in(*names: str) -> None:
    """Register what a feature above keeps in the session from before somebody comes in, until they leave."""
    for name in names:
        if name not in KEPT_IN_SESSION:
            KEPT_IN_SESSION.append(name)
            _until_leaving.append(name)


@dataclass(frozen=True, slots=True)
class Way:
    """Another way in, below the form of the door."""

    label: str
    url: str
    audience: str


Ways = Callable[[str | None], list[Way]]
Afterwards = Callable[[], str | None]
_other_ways: list[Ways] = []
_leaving: list[Callable[[], Afterwards]] = []


def offers_ways(offer: Ways) -> Ways:
    """Register a feature that knows other ways in; it gets the page to go to afterwards."""
    _other_ways[:] = [*(known for known in _other_ways if known is not offer), offer]
    return offer


def other_ways(next_path: str | None = None) -> list[Way]:
    """The other ways in, for the page of the door."""
    return [way for offer in _other_ways for way in offer(next_path)]


def on_leaving(hook: Callable[[], Afterwards]) -> Callable[[], Afterwards]:
    """Register a feature that has something to end when somebody signs out.

    It is called while the session is still there; what it returns is called once the session is a fresh one, and may
    give the page to show instead of the first page.
    """
    _leaving[:] = [*(known for known in _leaving if known is not hook), hook]
    return hook


def come_in(account_id: int, grant_id: int = 0) -> None:
    """Open a session for this account with this role (0: as a family); raises `NoEntry`.

    The session gets a new key and the page a new CSRF token: whatever was fixed or read before is worth nothing after.
    """
    actor = services.enter(account_id=account_id, grant_id=grant_id, language=session.get("language"))
    _start_afresh()
    login_user(actor)


def arrive(door: services.Door) -> str:
    """Come in by an open door, and say where to go: the page asked for, or the choice of a role first."""
    hats = queries.hats(door.account_id)
    come_in(door.account_id, hats[0].grant_id if hats else 0)
    if len(hats) > 1:
        session["several_roles"] = True
        return url_for("accounts.choose_role", suite=door.next_path)
    return rules.safe_path(door.next_path) or url_for("accounts.home")


def change_role(account_id: int, grant_id: int) -> None:
    """Go on with another role of the same account."""
    come_in(account_id, grant_id)
    session["several_roles"] = True


def go_out(account_id: int) -> str:
    """End the session: a copy of its cookie is dead too (SEC-1). Returns the page to show."""
    after = [hook() for hook in _leaving]
    services.leave(account_id=account_id)
    logout_user()
    for name in _until_leaving:
        session.pop(name, None)
    _start_afresh()
    return next((url for afterwards in after if (url := afterwards())), url_for("accounts.home"))


def browser_key() -> str:
    """What makes this browser the one that asked: kept in its session, which lives on the server."""
    key = session.get("browser")
    if key is None:
        key = session["browser"] = token_urlsafe(16)
    return str(key)


def home_url(role: Role) -> str | None:
    """The first page of a role: its own, else the first of the menu, else none."""
    if HOMES[role] in current_app.view_functions:
        return url_for(HOMES[role])
    return next((str(item["url"]) for item in navigation()), None)


def _start_afresh() -> None:
    kept = {name: session[name] for name in KEPT_IN_SESSION if name in session}
    session.clear()
    session.update(kept)
    cast(ServerSession, session).renew()
    g.pop("csrf_token", None)
