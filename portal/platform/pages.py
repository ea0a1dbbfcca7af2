"""What every page shows around its content: the actor, the navigation, the demo's ribbon."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for

from portal.platform.i18n import format_day, gettext
from portal.platform.web import somebody
from portal.policy import Action

PHONE_GROUPS = 2
FIRST, NOW_AND_THEN, SELDOM = 1, 2, 3
MOST_IN_A_ROW = 5
"""Entries in one row on a desk; with more, what one seldom needs folds under « Plus »."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation: shown to whoever may do its action."""

    label: str
    endpoint: str
    action: Action
    rank: int
    when: Callable[[], bool]


ENTRIES: list[Entry] = []


def entry(
    label: str, endpoint: str, action: Action, *, rank: int = FIRST, when: Callable[[], bool] = lambda: True
) -> None:
    """Add an entry; a person's first page has the lowest rank, what one consults now and then or seldom a higher one.

    `when` tells whether this installation has the page at all.
    """
    if not any(known.endpoint == endpoint for known in ENTRIES):
        ENTRIES.append(Entry(label, endpoint, action, rank, when))
        ENTRIES.sort(key=lambda known: known.rank)


def offer(app: Flask) -> None:
    """Give templates what the layout needs."""
    app.jinja_env.filters["phone"] = _phone
    app.jinja_env.globals.update(navigation=navigation, demo=app.config["SETTINGS"].demo, format_day=format_day)
    app.context_processor(lambda: {"actor": somebody()})


def navigation() -> list[dict[str, Any]]:
    """The entries this person may use, with the current one marked, also on the pages under it."""
    person = somebody()
    if person is None:
        return []
    mine = [
        item
        for item in ENTRIES
        if person.may(item.action) and item.endpoint in current_app.view_functions and item.when()
    ]
    links = [
        {
            "label": gettext(item.label),
            "url": url_for(item.endpoint),
            "folded": item.rank >= SELDOM and len(mine) > MOST_IN_A_ROW,
        }
        for item in mine
    ]
    here = _current([str(link["url"]) for link in links], request.path) or _neighbour(mine)
    return [link | {"current": _mark(str(link["url"]), here)} for link in links]


def _current(urls: list[str], path: str) -> str | None:
    """The entry under which a page is: the longest address that the page's begins with."""
    return max((url for url in urls if f"{path}/".startswith(f"{url.rstrip('/')}/")), key=len, default=None)


def _neighbour(mine: list[Entry]) -> str | None:
    """For a page under no entry's address: the first entry of its feature."""
    feature = f"{request.blueprint}."
    return next((url_for(item.endpoint) for item in mine if item.endpoint.startswith(feature)), None)


def _mark(url: str, here: str | None) -> str:
    """What `aria-current` says of an entry (WAI-ARIA 1.2, 6.6.9): this page, this part of the portal, or nothing."""
    if url != here:
        return ""
    return "page" if url == request.path else "true"


def _phone(number: str | None) -> str:
    """« 06 39 98 00 12 » for a French number in E.164; other numbers as they are."""
    if not number:
        return ""
    national = f"0{number[3:]}" if number.startswith("+33") else number
    return (
        " ".join(national[i : i + PHONE_GROUPS] for i in range(0, len(national), PHONE_GROUPS))
        if national.startswith("0")
        else national
    )
