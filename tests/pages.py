"""A page as a person reads it. Making a `Page` of an answer already tests it: what no page may do is refused here.

page = Page(clerk.get("/prets"))
assert page.rows("Demandes")[0]["Élève"] == "Inès Lefèvre"
page = Page(page.submit(clerk, "Accorder"))          # the button's own form, its hidden fields, its token
page = page.follow(clerk, "Voir le dossier")
page = Page(page.submit(clerk, "Envoyer", motif=""), status=422)
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from flask import current_app
from werkzeug.test import TestResponse

from tests.visitor import Visitor

UNSEEN = ("hidden", "submit", "button", "image")
SPOKEN = {"alt", "aria-label", "placeholder", "title"}
POINTERS = {"for", "aria-describedby", "aria-labelledby", "aria-controls", "aria-errormessage", "list", "headers"}
NOT_PROSE = ("script", "style", "code", "kbd", "pre", "textarea", "template")
PLAIN_SPACE = re.compile(r"« | [»?!;:](?=\s|$)")
_titles: dict[str, str] = {}


class Page:
    """A whole page, or a fragment that htmx will swap."""

    def __init__(self, response: TestResponse, *, status: int = 200) -> None:
        where = f"{response.request.method} {response.request.path}"
        assert response.status_code == status, (
            f"{where} answered {response.status}, {status} was expected: {said(response)}"
        )
        assert response.mimetype == "text/html", f"{where} is {response.mimetype}"
        self.response, self.status, self.where = response, status, where
        self.url = response.request.url
        self.soup = BeautifulSoup(response.text, "html.parser")
        self.whole = response.text.lstrip().lower().startswith("<!doctype html>")
        faults = list(faults_of(self))
        assert not faults, f"{where}:\n- " + "\n- ".join(faults)

    def one(self, css: str) -> Tag:
        """The only element that matches."""
        found = self.soup.select(css)
        assert len(found) == 1, f"{self.where}: {len(found)} elements match {css}"
        return found[0]

    def has(self, css: str) -> bool:
        """Whether something matches."""
        return bool(self.soup.select(css))

    def text(self, css: str = "body, :root") -> str:
        """What the only match says, spaces made plain."""
        if css == "body, :root":
            return words(self.soup)
        return words(self.one(css))

    def texts(self, css: str) -> list[str]:
        """What each match says."""
        return [words(element) for element in self.soup.select(css)]

    @property
    def heading(self) -> str:
        """The page's h1."""
        return self.text("h1")

    @property
    def title(self) -> str:
        """What the browser's tab says."""
        return self.text("head > title")

    def main(self) -> BeautifulSoup | Tag:
        """The page without its header and footer; a fragment is all main."""
        return self.soup.select_one("main") or self.soup

    def buttons(self) -> list[str]:
        """The buttons of the main part, in order."""
        return [words(button) for button in self.main().select("button")]

    def links(self) -> list[str]:
        """The links of the main part, in order."""
        return [words(link) for link in self.main().select("a[href]")]

    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        return [words(item) for item in self.soup.select("#error-summary li")]

    def href(self, text: str) -> str:
        """Where the link that says `text` goes."""
        found = {link["href"] for link in self.soup.select("a[href]") if words(link) == text}
        assert len(found) == 1, f"{self.where}: {len(found)} links say « {text} », among {self.links()}"
        return str(found.pop())

    def rows(self, caption: str) -> list[dict[str, str]]:
        """A table, found by its caption, as one dict per row, by header."""
        captions = {words(table.caption): table for table in self.soup.select("table") if table.caption}
        found = [table for text, table in captions.items() if text.startswith(caption)]
        assert len(found) == 1, f"{self.where}: no table « {caption} » among {list(captions)}"
        headers = [words(cell) for cell in found[0].select("thead th")]
        lines = ([words(cell) for cell in row.select("th, td")] for row in found[0].select("tbody tr"))
        return [dict(zip(headers, cells, strict=True)) for cells in lines]

    def form(self, which: str) -> Tag:
        """A form: by a selector (`#…`, `.…`, `form…`), or by what its button says."""
        if which.startswith(("#", ".", "form")):
            return self.one(which)
        button = self.button(which)
        holder = self.one(f"#{button['form']}") if button.get("form") else button.find_parent("form")
        assert holder is not None, f"{self.where}: the button « {which} » is in no form"
        return holder

    def button(self, text: str) -> Tag:
        """The only button that says `text`, anywhere on the page."""
        found = [button for button in self.soup.select("button") if words(button) == text]
        assert len(found) == 1, f"{self.where}: {len(found)} buttons say « {text} », among {self.buttons()}"
        return found[0]

    def fill(self, which: str, answers: Mapping[str, Any] | None = None, **values: Any) -> dict[str, Any]:
        """What the browser would send: the form's own values, then these; None empties or unticks.

        A name that the form does not have, or a choice that it does not offer, fails.
        """
        form = self.form(which)
        data = sent_by(form)
        if not which.startswith(("#", ".", "form")) and self.button(which).get("name"):
            data[str(self.button(which)["name"])] = self.button(which).get("value", "")
        for name, value in {**(answers or {}), **values}.items():
            offered = choices(form, name)
            assert offered is not None, f"{self.where}: no field « {name} » in the form, which has {names(form)}"
            several = value if isinstance(value, list) else [value]
            strange = [item for item in several if offered and item is not None and str(item) not in offered]
            assert not strange, f"{self.where}: « {name} » offers {offered}, not {strange}"
            data[name] = value
        return {name: value for name, value in data.items() if value is not None}

    def submit(
        self,
        client: Visitor,
        which: str,
        answers: Mapping[str, Any] | None = None,
        *,
        follow: bool = True,
        **values: Any,
    ) -> TestResponse:
        """Press a button without JavaScript, and follow the redirection that comes back (unless `follow=False`)."""
        form = self.form(which)
        action = urljoin(self.url, str(form["action"]))
        data = self.fill(which, answers, **values)
        if str(form["method"]).lower() == "get":
            return client.get(relative(action), query_string=data, follow_redirects=follow)
        return client.post(relative(action), data=data, follow_redirects=follow)

    def follow(self, client: Visitor, text: str) -> "Page":
        """The page behind the link that says `text`."""
        return Page(client.get(relative(urljoin(self.url, self.href(text))), follow_redirects=True))


def words(element: Tag | BeautifulSoup) -> str:
    """What an element says, in one line with plain spaces."""
    return " ".join(element.get_text().split())


def said(response: TestResponse) -> str:
    """The beginning of what an unexpected answer says."""
    if location := response.headers.get("Location"):
        return f"→ {location}"
    return words(BeautifulSoup(response.text, "html.parser"))[:400]


def relative(url: str) -> str:
    """An address without its host: the test client has its own."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def names(form: Tag) -> list[str]:
    """The names of a form's fields."""
    return sorted({str(field["name"]) for field in form.select("[name]")})


def choices(form: Tag, name: str) -> list[str] | None:
    """The values that a field offers ([] when it takes any), or None without such a field."""
    fields = [field for field in form.select("[name]") if field["name"] == name]
    if not fields:
        return None
    offered = [str(option.get("value", words(option))) for field in fields for option in field.select("option")]
    return offered + [str(field.get("value", "on")) for field in fields if field.get("type") in {"radio", "checkbox"}]


def sent_by(form: Tag) -> dict[str, Any]:
    """The form's own values, as a browser reads them."""
    data: dict[str, Any] = {}
    for field in form.select("input[name], select[name], textarea[name]"):
        name, kind = str(field["name"]), field.get("type", "text")
        if field.has_attr("disabled") or kind in {"submit", "button", "file", "image"}:
            continue
        if field.name == "select":
            chosen = field.select("option[selected]") or field.select("option:not([disabled])")[:1]
            values = [str(option.get("value", words(option))) for option in chosen]
            data[name] = values if field.has_attr("multiple") else values[-1] if values else ""
        elif kind not in {"radio", "checkbox"}:
            data[name] = field.get_text().removeprefix("\n") if field.name == "textarea" else field.get("value", "")
        elif field.has_attr("checked"):
            before, value = data.get(name, []), field.get("value", "on")
            data[name] = [*(before if isinstance(before, list) else [before]), value] if before else value
    return data


def faults_of(page: Page) -> Iterator[str]:
    """Everything that no page of ours may do, each in a sentence."""
    elements = page.soup.find_all(True)  # read once: thousands of pages are
    yield from _code_in_markup(elements)
    yield from _forms(elements)
    yield from _names_and_pointers(page, elements)
    yield from _typography(page.soup)
    if page.whole:
        yield from _whole_page(page)
    if page.status == 422:
        yield from _refusal(page)


def _whole_page(page: Page) -> Iterator[str]:
    html = page.soup.html
    if not html or not html.get("lang") or html.get("dir") not in {"ltr", "rtl"}:
        yield "<html> needs lang and dir"
    if (number := len(page.soup.find_all("h1"))) != 1:
        yield f"a page has one h1, not {number}"
    if len(page.soup.select("head > title")) != 1 or len(page.title) <= len(" — Fin prêt"):
        yield "a page has one title, which says more than the name of the portal"
    elif page.status == 200 and page.where.startswith("GET"):
        endpoint = current_app.url_map.bind("localhost").match(urlsplit(page.url).path)[0]
        if _titles.setdefault(page.title, endpoint) != endpoint:
            yield f"its title « {page.title} » is also that of {_titles[page.title]}"
    if len(page.soup.find_all("main")) != 1:
        yield "a page has one <main>"


def _code_in_markup(elements: Sequence[Tag]) -> Iterator[str]:
    for element in elements:
        if element.name == "style" or (element.name == "script" and not element.get("src")):
            yield f"inline <{element.name}>"
        for name in element.attrs:
            if name == "style" or (name.startswith("on") and len(name) > len("on")):
                yield f"inline {name}= on <{element.name}>"
            if name.startswith("hx-"):
                yield f"{name} on <{element.name}>: write data-{name}"
        if element.name == "button" and element.get("type") not in {"submit", "button", "reset"}:
            yield f"the button « {words(element)} » has no type"


def _forms(elements: Sequence[Tag]) -> Iterator[str]:
    for form in (element for element in elements if element.name == "form"):
        method = str(form.get("method", "")).lower()
        if not form.get("action") or method not in {"get", "post", "dialog"}:
            yield f"a form needs an action and a method: {form.attrs}"
        token = form.find("input", attrs={"name": "csrf_token"})
        if method == "post" and (token is None or not token.get("value")):
            yield f"the form to {form.get('action')} has no CSRF token"
        if method == "get" and token is not None:
            yield f"the form to {form.get('action')} shows its CSRF token in the address"


def _names_and_pointers(page: Page, elements: Sequence[Tag]) -> Iterator[str]:
    ids = Counter(str(element["id"]) for element in elements if element.get("id"))
    yield from (f"{number} elements have the id « {name} »" for name, number in ids.items() if number > 1)
    for element in elements:
        for name in POINTERS & element.attrs.keys():
            missing = [target for target in str_list(element[name]) if target not in ids]
            if missing and (page.whole or name == "for"):
                yield f"{name} of <{element.name}> points at {missing}, which is not there"
    labels = [element for element in elements if element.name == "label"]
    named = {label.get("for") for label in labels}
    for control in filter(is_control, elements):
        labelled = control.get("aria-label") or control.get("aria-labelledby") or control.find_parent("label")
        if not labelled and control.get("id", "?") not in named:
            yield f"<{control.name} name={control.get('name')}> has no label"
    for label in labels:
        if not label.get("for") and not any(map(is_control, label.find_all(True))):
            yield f"the label « {words(label)} » is bound to nothing"


def is_control(element: Tag) -> bool:
    """Whether a person answers there."""
    return element.name in {"select", "textarea"} or (element.name == "input" and element.get("type") not in UNSEEN)


def _typography(soup: BeautifulSoup) -> Iterator[str]:
    for element in in_french(soup):
        for name in SPOKEN & element.attrs.keys():
            yield from _wrong_signs(str(element[name]), collapsed=False)
        for child in element.children:
            if type(child) is NavigableString and child.strip():
                yield from _wrong_signs(str(child), collapsed=True)


def _wrong_signs(text: str, *, collapsed: bool) -> Iterator[str]:
    shown = text.strip()[:80]
    if "'" in text:
        yield f"a straight apostrophe in « {shown} »"
    if PLAIN_SPACE.search(re.sub(r"[ \t\n]+", " ", text) if collapsed else text):
        yield f"a breaking space beside a French sign in « {shown} »"
    if "{{" in text or "{%" in text or shown in {"None", "True", "False"}:
        yield f"raw code: « {shown} »"


def in_french(element: Tag, spoken: str = "fr") -> Iterator[Tag]:
    """This element and those in it whose words are prose in French: neither code nor another language."""
    if element.name in NOT_PROSE:
        return
    spoken = str(element.get("lang") or spoken)
    if spoken.startswith("fr"):
        yield element
    for child in element.children:
        if isinstance(child, Tag):
            yield from in_french(child, spoken)


def _refusal(page: Page) -> Iterator[str]:
    summary = page.soup.select_one("#error-summary")
    if summary is None:
        yield "a refusal (422) shows #error-summary"
        return
    if not summary.select("li"):
        yield "the error summary is empty"
    for link in summary.select("a[href]"):
        target = str(link["href"]).removeprefix("#")
        if not page.soup.find(id=target):
            yield f"the error « {words(link)} » leads to #{target}, which is not there"
    if page.whole and not page.title.startswith("Erreur"):
        yield f"the title of a refusal begins with « Erreur : », not « {page.title} »"


def str_list(value: Any) -> list[str]:
    """An attribute that holds several names."""
    return list(value) if isinstance(value, list) else str(value).split()
