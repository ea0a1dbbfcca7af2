"""What lets somebody in, and where they may go next: decisions on plain values."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from urllib.parse import urlsplit

from portal.kernel.errors import DomainError
from portal.kernel.values.references import ALPHABET
from portal.kernel.words import later, later_many

VALIDITY = timedelta(minutes=15)
"""Life of a link and of its code (trust-ux.md, SIG-2 and ASVS 6.5.5: short, once, few tries)."""

CODE_LENGTH = 6
"""Symbols of the typed code: 30 bits, of which five tries see a two hundred millionth."""

MOST_TRIES = 5
MOST_LINKS = 5
"""Links for one contact within `VALIDITY`."""

MOST_LINKS_A_MINUTE = 2_000
"""All contacts together: more than a region's busiest morning, fewer than a mail relay refuses."""

PATIENCE = timedelta(seconds=60)
"""Before another message is sent: most arrive meanwhile."""

LONGEST_PATH = 300

_READ_AS = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—_.·]+")
_PATH = re.compile(r"/[!-\[\]-~]*")  # visible ASCII without the backslash, which browsers read as a slash
_THE_DOOR = ("/entrer", "/lien", "/sortir", "/role", "/acces")


class Wait(DomainError):
    """Asked too often; the sentence says when to ask again."""

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class RoleHeld(DomainError):
    """Two periods of one role would overlap."""

    message = "Cette personne a déjà ce rôle à ces dates. Mettez d’abord fin à l’autre période."


class WrongDates(DomainError):
    """A period that ends before it starts."""

    message = "La fin vient avant le début. Vérifiez les deux dates."


def refuse_dates(first: date, last: date | None) -> None:
    """Raise `WrongDates` for a period that no day belongs to."""
    if last is not None and last < first:
        raise WrongDates


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """A link as the rules see it."""

    expires_at: datetime
    used: bool
    tries: int


UNKNOWN_LINK = later("Nous ne reconnaissons pas ce lien. Il est peut-être incomplet.")


def obstacle(link: LinkFacts, *, now: datetime) -> str | None:
    """Why this link opens no door, or None when it does."""
    if link.used:
        return later("Ce lien a déjà servi. Il ne s’ouvre qu’une fois.")
    if link.expires_at <= now:
        return later("Ce lien est trop ancien. Il s’ouvre pendant 15 minutes.")
    return None


def code_obstacle(link: LinkFacts, *, same_browser: bool, now: datetime) -> str | None:
    """Why no code can be typed for this link, whatever the code."""
    if not same_browser:
        return later("Ce code se tape sur l’appareil qui l’a demandé. Ici, ouvrez plutôt le lien reçu.")
    if link.used:
        return later("Ce code a déjà servi. Demandez-en un autre.")
    if link.expires_at <= now:
        return later("Ce code est trop ancien : il sert pendant 15 minutes. Demandez-en un autre.")
    if link.tries >= MOST_TRIES:
        return later("Les cinq essais sont passés. Demandez un autre code.")
    return None


def wrong_code(tries: int) -> str:
    """The sentence after `tries` codes that were not the one."""
    left = MOST_TRIES - tries
    if left <= 0:
        return later("Ce code n’est pas le dernier reçu. Les cinq essais sont passés : demandez un autre code.")
    return later_many(
        "Ce code n’est pas le dernier reçu. Il reste un essai.",
        "Ce code n’est pas le dernier reçu. Il reste %(num)d essais.",
        left,
    )


def read_code(text: str) -> str | None:
    """The code that a person meant: any case, spaces and hyphens; O is 0, I and L are 1. None if it cannot be one."""
    symbols = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_READ_AS)
    return symbols if len(symbols) == CODE_LENGTH and set(symbols) <= set(ALPHABET) else None


def seconds_to_wait(asked_at: datetime, *, now: datetime) -> int:
    """Seconds before another message may be asked for; 0 when it may."""
    return max(0, ceil((asked_at + PATIENCE - now).total_seconds()))


def patience(seconds: int) -> str:
    """The sentence for those who ask again too soon."""
    return later_many(
        "Le message est peut-être en route. Patientez encore une seconde.",
        "Le message est peut-être en route. Patientez encore %(num)d secondes.",
        seconds,
    )


def refuse_too_many(*, asked: int, first_at: datetime | None, last_minute: int, now: datetime) -> None:
    """Raise `Wait` when this contact (`asked` times since `first_at`) or everybody asks too often."""
    if asked >= MOST_LINKS and first_at is not None:
        seconds = max(1, ceil((first_at + VALIDITY - now).total_seconds()))
        minutes = ceil(seconds / 60)
        raise Wait(
            later_many(
                "Cinq codes ont déjà été demandés. Regardez aussi les messages indésirables. "
                "Vous pourrez recommencer dans une minute.",
                "Cinq codes ont déjà été demandés. Regardez aussi les messages indésirables. "
                "Vous pourrez recommencer dans %(num)d minutes.",
                minutes,
            ),
            seconds=seconds,
        )
    if last_minute >= MOST_LINKS_A_MINUTE:
        raise Wait(later("Beaucoup de personnes entrent en ce moment. Recommencez dans une minute."), seconds=60)


def safe_path(text: str | None) -> str | None:
    """A page of ours to go to next, or None for anything else (ASVS 3.7.2: no open redirect)."""
    if not text or len(text) > LONGEST_PATH or text.startswith("//") or not _PATH.fullmatch(text):
        return None
    parts = urlsplit(text)
    path = parts.path
    if parts.scheme or parts.netloc or parts.fragment or "//" in path or ".." in path:
        return None
    leads_back = any(path == door or path.startswith(f"{door}/") for door in _THE_DOOR)
    return None if leads_back else text
