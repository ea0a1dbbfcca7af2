"""From the button to the session: what the server remembers of a departure, of a return, and of how one signed in.

All of it is in the session on the server; the browser holds its key only. A `state` belongs to the browser that left with
it, serves once, and for ten minutes: one that was forged, replayed or sent by somebody else opens nothing.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import import_module
from secrets import token_urlsafe
from typing import Any

from flask import abort, current_app, session, url_for
from werkzeug.datastructures import MultiDict

from portal.accounts import entrance
from portal.accounts import queries as accounts
from portal.accounts import rules as door
from portal.accounts.entrance import Halfway
from portal.accounts.services import Door, NoEntry
from portal.federation import rules
from portal.federation.rules import Claims
from portal.federation.wire import ProviderFault, Refused
from portal.kernel import clock
from portal.providers import OidcProvider, Provider

DEPARTURES, SAID, ARRIVAL = "federation.departures", "federation.said", "federation.arrival"
ENTERED, LEAVING = "federation.entered", "federation.leaving"
entrance.keep_when_coming_in(SAID, ENTERED)  # first one's own door, or the second factor
BY = "provider"
"""How the door calls this way in: one proof, which sets up no second factor."""

MOST_DEPARTURES = 5
"""Tabs in which one may have pressed the button; the oldest is forgotten."""


class Declined(ProviderFault):
    """The person said no at the provider, or the provider did."""

    status = 200

    def __init__(self) -> None:
        super().__init__("declined")


@dataclass(frozen=True, slots=True)
class Said:
    """What a provider has just said in this browser, and where the person was going."""

    claims: Claims
    next_path: str | None
    id_token: str

    @property
    def provider(self) -> Provider:
        """Whom it comes from; 404 when it was taken out of the settings meanwhile."""
        return provider(self.claims.provider)


def providers() -> tuple[Provider, ...]:
    """Those of this installation; none by default."""
    found: tuple[Provider, ...] = current_app.config["SETTINGS"].providers
    return found


def provider(name: str) -> Provider:
    """One of them, or 404."""
    return next((one for one in providers() if one.name == name), None) or abort(404)


def _protocol(to: Provider) -> Any:
    """What speaks with a provider: `oidc` or `tickets`. Late: their libraries cost half a second, and few have a provider."""
    return import_module(f"portal.federation.{'oidc' if isinstance(to, OidcProvider) else 'tickets'}")


def depart(name: str, *, next_path: str | None) -> str:
    """Remember the departure, and say where to send the browser; raises `ProviderFault`."""
    to = provider(name)
    speaker = _protocol(to)
    kept: dict[str, Any] = {"provider": name, "at": clock.now().isoformat(), "next": door.safe_path(next_path)}
    if isinstance(to, OidcProvider):
        request = speaker.new_request(to)
        url, state = speaker.departure(to, request, redirect_uri=_back(name)), request.state
        kept["request"] = asdict(request)
    else:
        state = token_urlsafe(32)
        url = speaker.departure(to, service=_service(name, state))
    known = list(session.get(DEPARTURES, {}).items())[1 - MOST_DEPARTURES :]
    session[DEPARTURES] = {**dict(known), state: kept}
    return str(url)


def come_back(name: str, answer: MultiDict[str, str]) -> None:
    """Check what the browser brings back and keep what it proves; raises `Refused`, `Declined` or `ProviderFault`."""
    to, state = provider(name), answer.get("state", "")
    kept, speaker = _take(state, name), _protocol(to)
    id_token = ""
    if isinstance(to, OidcProvider):
        if answer.get("error"):
            raise Declined
        request = speaker.Request(**kept["request"])
        code, issuer = answer.get("code", ""), answer.get("iss")
        found = speaker.come_back(to, request, code=code, issuer=issuer, redirect_uri=_back(name))
        claims, id_token = found.claims, found.id_token
    else:
        claims = speaker.come_back(to, ticket=answer.get("ticket", ""), service=_service(name, state))
    session[SAID] = {
        "claims": claims.stored(),
        "at": clock.now().isoformat(),
        "next": kept["next"],
        "id_token": id_token,
    }


def said() -> Said | None:
    """What a provider said in this browser within the last quarter of an hour."""
    kept = session.get(SAID)
    if kept is None or clock.now() - datetime.fromisoformat(kept["at"]) > rules.KEPT:
        return None
    return Said(Claims.restored(kept["claims"]), kept["next"], kept["id_token"])


def served(told: Said, account_id: int) -> None:
    """It has served; when this person leaves, the session at the provider ends too."""
    session.pop(SAID, None)
    session[ENTERED] = {"account": account_id, "provider": told.claims.provider, "id_token": told.id_token}


def enter(account_id: int, told: Said) -> str:
    """Open the session of a linked account, and say where to go; raises `NoEntry`.

    A family's provider opens the family's pages only; one of the staff opens a role that the account holds today, and
    spares the portal's second factor only when the settings trust the one that the provider checked.
    """
    staff = told.provider.audience == "staff"
    if staff and not any(hat.grant_id for hat in accounts.hats(account_id)):
        raise NoEntry(rules.NOT_STAFF)
    served(told, account_id)
    if staff and told.claims.second_factor:
        url = entrance.come_in_fully(Halfway(account_id, BY, told.next_path))
    elif staff:
        url = entrance.arrive(Door(account_id=account_id, next_path=told.next_path), by=BY)
    else:
        entrance.come_in(account_id, by=BY)
        url = door.safe_path(told.next_path) or url_for("accounts.home")
    return url


def farewell(here: str) -> str | None:
    """Where the provider of the session that has just ended ends its own, or None; `here` is our page to come back to."""
    kept = session.get(LEAVING)
    if kept is None:
        return None
    to = provider(kept["provider"])
    back = f"{_base()}{here}"
    proof = {"id_token": kept["id_token"], "state": kept["state"]} if isinstance(to, OidcProvider) else {}
    url: str | None = _protocol(to).farewell(to, back=back, **proof)
    return url


def came_back_from_farewell(state: str | None) -> str | None:
    """The label of the provider that ended its session, if this browser had asked; once."""
    kept = session.pop(LEAVING, None)
    if kept is None or (state is not None and state != kept["state"]):
        return None
    return next((one.label for one in providers() if one.name == kept["provider"]), None)


@entrance.offers_ways
def ways_in(next_path: str | None) -> list[entrance.Way]:
    """The buttons of the door, one a provider."""
    suite = door.safe_path(next_path)
    return [
        entrance.Way(one.label, url_for("federation.depart", name=one.name, suite=suite), one.audience)
        for one in providers()
    ]


@entrance.on_leaving
def leave_there_too() -> entrance.Afterwards:
    """When somebody signs out who came in by a provider: the page that ends the session there too."""
    kept = session.get(ENTERED)
    if kept and str(kept["account"]) != str(session.get("_user_id", "")).partition(":")[0]:
        kept = None  # somebody else's, who came in before in this browser

    def afterwards() -> str | None:
        if kept is None or all(one.name != kept["provider"] for one in providers()):
            return None
        session[LEAVING] = {**kept, "state": token_urlsafe(32)}
        return url_for("federation.leave")

    return afterwards


def _take(state: str, name: str) -> dict[str, Any]:
    """The departure of this state, which serves once."""
    departures = dict(session.get(DEPARTURES, {}))
    kept: dict[str, Any] | None = departures.pop(state, None)
    session[DEPARTURES] = departures
    if kept is None or kept["provider"] != name:
        raise Refused("state")
    if clock.now() - datetime.fromisoformat(kept["at"]) > rules.JOURNEY:
        raise Refused("state too old")
    return kept


def _base() -> str:
    return str(current_app.config["SETTINGS"].base_url)


def _back(name: str) -> str:
    return f"{_base()}{url_for('federation.come_back', name=name)}"


def _service(name: str, state: str) -> str:
    return f"{_base()}{url_for('federation.come_back', name=name, state=state)}"
