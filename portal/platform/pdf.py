"""Documents: a Jinja template becomes a tagged PDF, with shipped fonts and nothing from anywhere else.

Documents are made by the worker, without any request, so they have their own template environment. The
web process may import this module: WeasyPrint, which loads Pango, is only imported when a PDF is made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal.platform.i18n import RIGHT_TO_LEFT, catalogue, format_day, format_number, language, reading

ROOT: Final = Path(__file__).resolve().parents[2]
TEMPLATES: Final = ROOT / "templates"
FONTS: Final = ROOT / "static" / "fonts"

NO_BREAK: Final = "\N{NO-BREAK SPACE}"

Variant = Literal["pdf/ua-1", "pdf/a-3a", "pdf/a-3b"]
"""`pdf/ua-1`: for people and their screen readers. `pdf/a-3a`: to be kept for years; tagged as well.

WeasyPrint writes one of the two at a time. No PDF/A validator has judged these files: say "produced as".
"""


class ResourceRefused(Exception):
    """A document asked for something that is not shipped with the portal; nothing was fetched."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file carried inside a PDF/A-3, for machines."""

    name: str
    content: bytes
    description: str


def render(
    template: str,
    context: Mapping[str, object],
    *,
    title: str,
    lang: str = "fr",
    variant: Variant = "pdf/ua-1",
    enclosures: Sequence[Enclosure] = (),
) -> bytes:
    """Make the PDF of a template that extends `layout/document.html`.

    :param title: what a reader's window shows; mandatory for PDF/UA.
    :param lang: language of the text (BCP 47), mandatory for PDF/UA.
    """
    with reading(lang):
        html = environment().get_template(template).render(**context, title=title, lang=lang)
    return html_to_pdf(html, variant=variant, enclosures=enclosures)


def html_to_pdf(html: str, *, variant: Variant = "pdf/ua-1", enclosures: Sequence[Enclosure] = ()) -> bytes:
    """Lay out a whole HTML page that states its own language and title; the same input gives the same bytes.

    :raises ResourceRefused: the page wanted an address other than `shipped:` or `data:` (SEC-13).
    """
    typesetter = import_module("portal.platform.typesetter")  # late: the web process never loads Pango
    pdf: bytes = typesetter.typeset(html, variant=variant, enclosures=enclosures)
    return pdf


@cache
def environment() -> Environment:
    """Return the environment of documents: strict, escaping, speaking the reader's language."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals["right_to_left"] = RIGHT_TO_LEFT
    environment.filters.update(day=format_day, number=format_number, kilograms=kilograms, grouped=grouped)
    words: Any = environment  # jinja2.ext.i18n adds this method, unknown to the type checker
    words.install_gettext_callables(_message, _plural, newstyle=True)
    return environment


def _message(message: str) -> str:
    return catalogue(language()).gettext(message)


def _plural(one: str, many: str, n: int) -> str:
    return catalogue(language()).ngettext(one, many, n)


def kilograms(grams: int) -> str:
    """Write a weight as people read it: 2350 → « 2,35 kg »."""
    return f"{grams / 1000:.2f}".replace(".", ",") + NO_BREAK + "kg"


def grouped(code: str, size: int = 4) -> str:
    """Cut a code into groups that a person can read aloud; a code already cut is left as it is."""
    if not code.isalnum():
        return code
    return NO_BREAK.join(code[start : start + size] for start in range(0, len(code), size))
