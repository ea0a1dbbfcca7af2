"""Words, dates and numbers in the reader's language. French is the source of every string.

Babel itself, with a thin helper: formats are compiled once, and a day is formatted once however many rows show it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request, session
from flask_login import current_user
from markupsafe import Markup

from portal.kernel.clock import PARIS
from portal.kernel.words import Words, spoken_by

FOLDER = Path(__file__).parent.parent / "translations"
LANGUAGES = {"fr": "Français", "en": "English", "ar": "العربية"}
RIGHT_TO_LEFT = frozenset({"ar"})
PLURAL = 2
MOMENT = {"fr": "d MMMM y 'à' HH:mm", "en": "d MMMM y 'at' HH:mm", "ar": "d MMMM y 'الساعة' HH:mm"}
WRITTEN_AS = {"en": "en_GB"}  # in France, English is read with European dates
SHORT_DAY = {"en": "d MMM y", "ar": "d MMM y"}
_FIRST_OF_MONTH = re.compile(r"(?<!\d)1 (?=[a-z])")

_forced: ContextVar[str | None] = ContextVar("language", default=None)


class French(NullTranslations):
    """The source language: nothing to look up, and zero is singular."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """« 0 demande », « 1 demande », « 2 demandes »."""
        return msgid1 if abs(n) < PLURAL else msgid2


@lru_cache
def catalogue(language: str) -> NullTranslations:
    """The translations of a language; a string without one stays French. Read from the text file: nothing to build."""
    if language == "fr":
        return French()
    compiled = BytesIO()
    with (FOLDER / f"{language}.po").open("rb") as text:
        write_mo(compiled, read_po(text, locale=language))
    compiled.seek(0)
    found = GNUTranslations(compiled)
    found.add_fallback(French())
    return found


def language() -> str:
    """The reader's language: forced (a message being written), chosen in the session, or French."""
    if (forced := _forced.get()) is not None:
        return forced
    if not has_request_context():
        return "fr"
    if (known := g.get("language")) is None:
        chosen = session.get("language") or (current_user.language if current_user.is_authenticated else None)
        known = g.language = chosen if chosen in LANGUAGES else "fr"
    return str(known)


@contextmanager
def reading(code: str) -> Iterator[None]:
    """Write in this language, whatever the request says: for messages and documents."""
    token = _forced.set(code if code in LANGUAGES else "fr")
    try:
        yield
    finally:
        _forced.reset(token)


def gettext(message: str, **values: Any) -> str:
    """The message in the reader's language, with its values."""
    text = catalogue(language()).gettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, n: int, **values: Any) -> str:
    """The right plural for `n`, which the message calls `%(num)d`."""
    return catalogue(language()).ngettext(one, many, n) % {"num": n, **values}


@spoken_by
def _say(words: Words) -> str:
    """A sentence of the rules, of a form or of an error, for whoever reads now."""
    if words.many:
        return catalogue(language()).ngettext(words.one, words.many, words.number) % words.values
    return gettext(words.one, **words.values)


@lru_cache(maxsize=4096)
def _day(value: date, pattern: str, code: str) -> str:
    return _first(format_date(value, pattern, locale=WRITTEN_AS.get(code, code)), code)


def _first(written: str, code: str) -> str:
    """In French the first of a month is an ordinal, alone of its kind: « 1er septembre »; Unicode's formats say « 1 »."""
    return _FIRST_OF_MONTH.sub("1er ", written) if code == "fr" else written


def format_day(value: date | datetime | None) -> str:
    """« mardi 2 septembre 2026 »."""
    return _day(_in_paris(value), "full", language()) if value else ""


def format_short_day(value: date | datetime | None) -> str:
    """« 2 sept. 2026 »."""
    return _day(_in_paris(value), SHORT_DAY.get(language(), "medium"), language()) if value else ""


def format_moment(value: datetime | None) -> str:
    """« 2 septembre 2026 à 14:02 », at the time of mainland France."""
    if value is None:
        return ""
    written = format_datetime(value.astimezone(PARIS), MOMENT.get(language(), "medium"), locale=language())
    return _first(written, language())


HOUR = {"fr": "H 'h' mm"}


def format_hour(value: datetime | None) -> str:
    """« 14 h 02 », at the time of mainland France."""
    if value is None:
        return ""
    return format_datetime(value.astimezone(PARIS), HOUR.get(language(), "HH:mm"), locale=language()).replace(
        " ", "\u00a0"
    )


def _in_paris(value: date | datetime) -> date:
    return value.astimezone(PARIS).date() if isinstance(value, datetime) else value


def format_number(value: float) -> str:
    """« 1 234,5 »."""
    return format_decimal(value, locale=language())


def speak(app: Flask) -> None:
    """Give templates the words, the dates and the direction of writing."""
    env = app.jinja_env
    env.globals.update(_=_marked_gettext, gettext=_marked_gettext, ngettext=_marked_ngettext)
    env.filters.update(
        day=format_day, short_day=format_short_day, moment=format_moment, hour=format_hour, number=format_number
    )
    app.context_processor(_about_language)
    app.before_request(_remember_choice)


def _marked_gettext(message: str, **values: Any) -> Markup:
    """In a template a message is our own text; its values are escaped."""
    text = _phrase(language(), str(message))
    return text % values if values else text


@lru_cache(maxsize=8192)
def _phrase(code: str, message: str) -> Markup:
    """A list of two hundred rows says the same words two hundred times: each is looked up once."""
    return _ours(catalogue(code).gettext(message))


def _marked_ngettext(one: str, many: str, n: int, **values: Any) -> Markup:
    return _ours(catalogue(language()).ngettext(one, many, n)) % {"num": n, **values}


def _ours(translation: str) -> Markup:
    return Markup(translation)  # noqa: S704 (no input reaches it: sentences of our templates and catalogues, before their values)


def _about_language() -> dict[str, Any]:
    code = language()
    return {"lang": code, "dir": "rtl" if code in RIGHT_TO_LEFT else "ltr", "languages": list(LANGUAGES.items())}


def _remember_choice() -> None:
    """`?langue=ar` on any page changes the language and keeps the page."""
    chosen = request.args.get("langue")
    if chosen in LANGUAGES and session.get("language") != chosen:
        session["language"] = chosen
        g.pop("language", None)
