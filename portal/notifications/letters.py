"""The words of messages: from a template and a few facts, at the moment of sending. No text is ever stored.

A message says at most a first name, an action, a date and a reference (PRV-8): `Facts` has nothing else to offer.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from flask import current_app
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from werkzeug.routing import BuildError

from portal.notifications import gsm
from portal.platform.i18n import RIGHT_TO_LEFT, catalogue, format_day, language, reading
from portal.platform.pdf import TEMPLATES

EMAIL: Final = "notifications/email"
SMS: Final = "notifications/sms"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Facts:
    """All that a message may say; a template uses what it needs."""

    link: str
    first_name: str = ""
    count: int = 1
    reference: str = ""
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    due_on: date | None = None
    tracking_number: str | None = None
    code: str = ""
    minutes: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """An e-mail's words."""

    subject: str
    text: str
    html: str


def letter(template: str, facts: Facts, *, lang: str) -> Letter:
    """Write an e-mail: `templates/notifications/email/<template>.txt` gives its subject, its paragraphs, its action."""
    with reading(lang):
        values = asdict(facts)
        source = _words().get_template(f"{EMAIL}/{template}.txt")
        subject, body, action = (_block(source, name, values) for name in ("subject", "text", "action"))
        paragraphs = [line.strip() for line in body.splitlines() if line.strip()]
        context: dict[str, Any] = {
            "subject": subject,
            "paragraphs": paragraphs,
            "action": action,
            "link": facts.link,
            "lang": language(),
            "dir": "rtl" if language() in RIGHT_TO_LEFT else "ltr",
        }
        text = _words().get_template(f"{EMAIL}/letter.txt").render(context)
        html = current_app.jinja_env.get_template(f"{EMAIL}/letter.html").render(context)
    return Letter(subject, text, html)


def text_message(template: str, facts: Facts, *, lang: str) -> str:
    """Write an SMS of at most 160 units: in French if the language does not fit, with the short address if it must."""
    short = current_app.config["SETTINGS"].base_url
    tries = ((lang, facts.link), (lang, short), ("fr", facts.link), ("fr", short))
    written = [_text(template, {**asdict(facts), "link": link}, code) for code, link in tries]
    return next((text for text in written if gsm.fits(text)), written[-1])


def link(endpoint: str, **values: str) -> str:
    """The address of a page, as people open it; the first page when the portal has no such page."""
    try:
        path = current_app.url_map.bind("").build(endpoint, values)
    except BuildError:
        path = "/"
    return f"{current_app.config['SETTINGS'].base_url}{path}"


def _text(template: str, values: dict[str, Any], lang: str) -> str:
    with reading(lang):
        return gsm.fold(_words().get_template(f"{SMS}/{template}.txt").render(values))


def _block(source: Template, name: str, values: dict[str, Any]) -> str:
    return "".join(source.blocks[name](source.new_context(values))).strip()


@cache
def _words() -> Environment:
    """Plain text: nothing to escape in a `.txt`; the paragraphs are, when they enter the HTML page."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters["day"] = format_day
    words: Any = environment  # jinja2.ext.i18n adds this method, unknown to the type checker
    words.install_gettext_callables(
        lambda message: catalogue(language()).gettext(message),
        lambda one, many, n: catalogue(language()).ngettext(one, many, n),
        newstyle=True,
    )
    return environment
