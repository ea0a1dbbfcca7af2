"""From an account to a session: the part of coming in that needs the web. The demo enters by the same door.

A family comes in by one proof: the link or the code of an e-mail, or a password. Staff stop half-way: their session names
an account and opens nothing, until the feature above this one has seen their second factor and calls `come_in_fully`.
Nobody else writes `STRONG` in a session, and without it a session with a role of staff belongs to nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import cast

from flask import current_app, g, session, url_for
from flask_login import login_user, logout_user

from portal.accounts import queries, rules, services
from portal.kernel import clock
from portal.platform.pages import navigation
from portal.platform.sessions import STRONG, ServerSession
from portal.policy import Role

HOMES = {
    Role.FAMILY: "loans.home",
    Role.HEAD: "loans.queue",
    Role.MANAGER: "shipping.bench",
    Role.TECHNICIAN: "stock.devices",
    Role.REGION: "schools.overview",
    Role.SCAN_HELPER: "shipping.helper",
}
"""The first page of each role, when its feature is installed."""

KEPT_WITH_ROLE = ("several_roles", "entered_by", "proved_at", STRONG)
"""And also when somebody goes on with another role."""

HALF = "half"
PATIENCE = timedelta(minutes=15)
"""Time to give the second factor after the first one, setting one up included."""

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


_second_step: list[Callable[[], str]] = []


@dataclass(frozen=True, slots=True)
class Halfway:
    """Somebody of the staff who gave one proof. `by`: link (of an e-mail), sms, password, or the name of another way in."""

    account_id: int
    by: str
    next_path: str | None = None
    grant_id: int = 0
    password_known: bool = False


def second_step_is_asked_at(address: Callable[[], str]) -> Callable[[], str]:
    """Registers the feature that asks for the second factor (above this one): where to send who is half-way."""
    _second_step[:] = [address]
    return address


def come_in(account_id: int, grant_id: int = 0, *, both_factors: bool = False, by: str = "other") -> None:
    """Open a session for this account with this role (0: as a family); raises `NoEntry`.

    The session gets a new key and the page a new CSRF token: whatever was fixed or read before is worth nothing after.
    """
    if grant_id and not both_factors:
        raise RuntimeError("staff come in by both factors")
    actor = services.enter(account_id=account_id, grant_id=grant_id, language=session.get("language"))
    _start_afresh()
    session["entered_by"], session["proved_at"] = by, clock.now().isoformat()
    if both_factors:
        session[STRONG] = True
    login_user(actor)


def arrive(door: services.Door, *, by: str = "") -> str:
    """Come in by an open door, and say where to go: the page asked for, a choice of role, or the second step."""
    by = by or ("sms" if door.by_sms else "link")
    hats = queries.hats(door.account_id)
    if hats and hats[0].grant_id:
        return wait_for_second_factor(Halfway(door.account_id, by, door.next_path))
    come_in(door.account_id, by=by)
    return rules.safe_path(door.next_path) or url_for("accounts.home")


def wait_for_second_factor(half: Halfway) -> str:
    """Keep who is half-way, under a new key, and say where the second factor is asked for; raises `NoEntry`."""
    if not _second_step:
        raise services.NoEntry
    _start_afresh()
    note_halfway(half)
    return _second_step[0]()


def note_halfway(half: Halfway) -> None:
    """Write how far they are; the fifteen minutes run from here, so that setting up a factor may take its steps."""
    session[HALF] = {
        "account": half.account_id,
        "by": half.by,
        "next": half.next_path,
        "grant": half.grant_id,
        "password": half.password_known,
        "since": clock.now().isoformat(),
    }


def halfway() -> Halfway | None:
    """Who is half-way in this browser, if somebody is."""
    kept = session.get(HALF)
    if not kept or clock.now() - datetime.fromisoformat(kept["since"]) > PATIENCE:
        return None
    return Halfway(kept["account"], kept["by"], kept["next"], kept["grant"], kept["password"])


def come_in_fully(half: Halfway) -> str:
    """Both factors were seen: come in with the role asked for, or the first one, and say where to go."""
    hats = queries.hats(half.account_id)
    first = hats[0].grant_id if hats else 0
    held = half.grant_id in {hat.grant_id for hat in hats}
    come_in(half.account_id, half.grant_id if half.grant_id and held else first, both_factors=True, by=half.by)
    if len(hats) > 1:
        session["several_roles"] = True
        if not half.grant_id:
            return url_for("accounts.choose_role", suite=half.next_path)
    return rules.safe_path(half.next_path) or url_for("accounts.home")


def come_in_as_family(half: Halfway) -> str:
    """One proof is enough for one's own children."""
    come_in(half.account_id, by=half.by)
    session["several_roles"] = True
    return rules.safe_path(half.next_path) or url_for("accounts.home")


def change_role(account_id: int, grant_id: int, next_path: str | None = None) -> str:
    """Go on with another role of the same account, and say where to go; to a role of staff, by both factors only.

    The session keeps its age: changing roles does not make it younger.
    """
    if grant_id and not session.get(STRONG):
        return wait_for_second_factor(Halfway(account_id, session.get("entered_by", ""), next_path, grant_id))
    actor = services.enter(account_id=account_id, grant_id=grant_id, language=session.get("language"))
    _start_afresh(KEPT_WITH_ROLE, keep_age=True)
    session["several_roles"] = True
    login_user(actor)
    return rules.safe_path(next_path) or url_for("accounts.home")


def renew_key() -> None:
    """The same session under a new key: copies of its cookie are dead (SEC-1)."""
    cast(ServerSession, session).renew(keep_age=True)


def go_out(account_id: int) -> str:
    """End the session: a copy of its cookie is dead too (SEC-1). Returns the page to show."""
    after = [hook() for hook in _leaving]
    services.leave(account_id=account_id)
    logout_user()
    for name in _until_leaving:
        session.pop(name, None)
    _start_afresh()
    return next((url for afterwards in after if (url := afterwards())), url_for("accounts.home"))


def lend_browser() -> None:
    """Give this browser to somebody else for one act: whoever was signed in here no longer is, copies of their cookie included.

    The page that follows is shown to a stranger, so the key, the CSRF token and all that the session held are new.
    """
    for name in _until_leaving:
        session.pop(name, None)
    logout_user()
    _start_afresh()


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


def _start_afresh(also: tuple[str, ...] = (), *, keep_age: bool = False) -> None:
    kept = {name: session[name] for name in (*KEPT_IN_SESSION, *also) if name in session}
    session.clear()
    session.update(kept)
    cast(ServerSession, session).renew(keep_age=keep_age)
    g.pop("csrf_token", None)
