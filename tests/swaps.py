"""What htmx does with an answer, replayed on the page without a browser: page + answer must equal page reloaded.

    assert_swap_equals_reload(head, "/demandes", "Accorder")                     # a button's own form
    assert_swap_equals_reload(head, "/demandes", "#filtre", {"classe": "2de 4"})  # a form by its selector

Only what our pages use is known (see `KNOWN`): another attribute fails, so that nothing is swapped that is not tested.
"""

import difflib
import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode, urljoin

from bs4 import BeautifulSoup, Tag
from werkzeug.test import TestResponse

from tests.pages import Page, relative
from tests.visitor import Visitor

KNOWN = frozenset(
    {
        "data-hx-boost", "data-hx-confirm", "data-hx-disabled-elt", "data-hx-get", "data-hx-headers", "data-hx-include",
        "data-hx-indicator", "data-hx-post", "data-hx-push-url", "data-hx-swap", "data-hx-swap-oob", "data-hx-sync",
        "data-hx-target", "data-hx-trigger", "data-hx-vals",
    }
)  # fmt: skip
PASSING = ("#messages", "input[name=csrf_token]", "[data-hx-headers]")
"""What differs by nature between a swap and a reload: the sentence just said, and the tokens."""


def press(
    client: Visitor, page: Page, which: str, answers: Mapping[str, Any] | None = None, **values: Any
) -> TestResponse:
    """Send a form, or follow an element, as htmx does."""
    source = trigger(page, which)
    method = "post" if inherited(source, "data-hx-post", own=True) else "get"
    url = relative(urljoin(page.url, inherited(source, f"data-hx-{method}", own=True) or ""))
    aim = target(page.soup, source)
    told: bool | str = str(aim["id"]) if aim is not None and aim.get("id") else True
    data = page.fill(which, answers, **values) if source.find_parent("form") or source.name == "form" else {}
    if method == "post":
        return client.post(url, data=data, htmx=told)
    return client.get(url, query_string=data or None, htmx=told)


def trigger(page: Page, which: str) -> Tag:
    """The element that carries `data-hx-get` or `data-hx-post`: the one named, its button, its form."""
    if which.startswith(("#", ".", "form", "[", "a", "button")) and page.soup.select(which):
        named = page.one(which)
    else:
        named = page.button(which)
    for element in (named, named.find_parent("form")):
        if element is not None and (element.get("data-hx-post") or element.get("data-hx-get")):
            return element
    raise AssertionError(f"{page.where}: nothing of htmx on « {which} »")


def inherited(element: Tag, name: str, *, own: bool = False) -> str | None:
    """An attribute of the element or, unless `own`, of the nearest ancestor that has it."""
    for holder in (element,) if own else (element, *element.parents):
        if holder.get(name) is not None:
            return str(holder[name])
    return None


def target(soup: BeautifulSoup, source: Tag) -> Tag | None:
    """Where the answer goes: `data-hx-target`, or the element itself."""
    aim = inherited(source, "data-hx-target")
    if aim in {None, "this"}:
        return source
    kind, _, rest = str(aim).partition(" ")
    if kind == "closest":
        return next((parent for parent in (source, *source.parents) if parent.css.match(rest)), None)
    if kind == "find":
        return source.select_one(rest)
    found = soup.select(str(aim))
    assert found, f"data-hx-target={aim} matches nothing"
    return found[0]


def after(page: Page, source: Tag, response: TestResponse) -> BeautifulSoup:
    """The page once the answer is swapped in."""
    unknown = {name for tag in page.soup.find_all(True) for name in tag.attrs if name.startswith("data-hx-")} - KNOWN
    assert not unknown, f"{page.where} uses {sorted(unknown)}, which this replay does not know"
    marker = "data-replayed-source"
    source[marker] = ""
    soup = deepcopy(page.soup)
    del source[marker]
    here = soup.select_one(f"[{marker}]")
    assert here is not None
    del here[marker]
    answer = BeautifulSoup(response.text, "html.parser")
    aim = response.headers.get("HX-Retarget")
    place = soup.select_one(aim) if aim else target(soup, here)
    style = response.headers.get("HX-Reswap") or inherited(here, "data-hx-swap") or "innerHTML"
    elsewhere(soup, answer)
    swap(place, answer, style.split()[0])
    return soup


def elsewhere(soup: BeautifulSoup, answer: BeautifulSoup) -> None:
    """Out-of-band parts go where their id is, and leave the answer."""
    for part in answer.select("[data-hx-swap-oob]"):
        way = str(part["data-hx-swap-oob"])
        style, _, css = ("outerHTML" if way == "true" else way).partition(":")
        place = soup.select_one(css or f"[id='{part.get('id')}']")
        assert place is not None, f"an out-of-band part aims at #{part.get('id')}, which is not on the page"
        part.extract()
        del part["data-hx-swap-oob"]
        swap(place, part, style)


def swap(place: Tag | None, content: Tag, style: str) -> None:
    """One of htmx's ways to put content in its place; what is swapped in by its `outerHTML` comes whole."""
    if style == "none":
        return
    assert place is not None, "the target is not on the page"
    assert style in WAYS, f"unknown swap: {style}"
    whole = style == "outerHTML" and not isinstance(content, BeautifulSoup)
    WAYS[style](place, [content] if whole else list(content.children))


WAYS: dict[str, Callable[[Tag, list[Any]], object]] = {
    "outerHTML": lambda place, pieces: place.replace_with(*pieces),
    "innerHTML": lambda place, pieces: (place.clear(), place.extend(pieces)),
    "beforeend": lambda place, pieces: place.extend(pieces),
    "afterbegin": lambda place, pieces: [place.insert(0, piece) for piece in reversed(pieces)],
    "beforebegin": lambda place, pieces: place.insert_before(*pieces),
    "afterend": lambda place, pieces: place.insert_after(*pieces),
    "delete": lambda place, _: place.decompose(),
}


def plain(soup: BeautifulSoup, ignoring: tuple[str, ...]) -> list[str]:
    """The main part, one tag or text per line, without what changes by nature."""
    part = deepcopy(soup.select_one("main") or soup)
    for css in (*PASSING, *ignoring):
        for element in part.select(css):
            element.attrs = {name: value for name, value in element.attrs.items() if name == "id"}
            element.clear()
    for element in part.find_all(True):
        for passing in ("data-focus", "tabindex", "aria-busy", "open"):
            element.attrs.pop(passing, None)
        element.attrs = {name: element.attrs[name] for name in sorted(element.attrs)}
    lines = BeautifulSoup(re.sub(r"\s+", " ", str(part)), "html.parser").prettify().splitlines()
    return [line.strip() for line in lines if line.strip()]


def assert_swap_equals_reload(
    client: Visitor,
    page_url: str,
    which: str,
    answers: Mapping[str, Any] | None = None,
    *,
    ignoring: tuple[str, ...] = (),
    status: int = 200,
    **values: Any,
) -> TestResponse:
    """Open the page, press, swap; then open the page again and compare. Returns htmx's answer.

    An answer that moves to another page (`HX-Redirect`) must lead to a page that opens. A GET that changes the address
    (`data-hx-push-url`) is compared with that address. `ignoring` are selectors of parts that may differ.
    """
    page = Page(client.get(page_url))
    source = trigger(page, which)
    response = press(client, page, which, answers, **values)
    if moved := moved_to(response):
        Page(client.get(moved, follow_redirects=True))
        return response
    Page(response, status=status)
    swapped = after(page, source, response)
    reloaded = Page(client.get(address_after(page, source, response, page_url))).soup
    ours, theirs = plain(swapped, ignoring), plain(reloaded, ignoring)
    difference = "\n".join(difflib.unified_diff(ours, theirs, "swapped", "reloaded", lineterm="", n=2))
    assert not difference, f"{page_url}: « {which} » gives another page than a reload\n{difference}"
    return response


def moved_to(response: TestResponse) -> str | None:
    """Where htmx is sent, if it is."""
    if location := response.headers.get("HX-Location"):
        return str(json.loads(location)["path"]) if location.startswith("{") else location
    return response.headers.get("HX-Redirect")


def address_after(page: Page, source: Tag, response: TestResponse, page_url: str) -> str:
    """The address that the browser shows once the answer is in."""
    if pushed := response.headers.get("HX-Push-Url"):
        return page_url if pushed == "false" else pushed
    asked = inherited(source, "data-hx-push-url")
    if asked in {None, "false"}:
        return page_url
    request = response.request
    if asked == "true":
        query = urlencode(list(request.args.items(multi=True)))
        return request.path + (f"?{query}" if query else "")
    return str(asked)
