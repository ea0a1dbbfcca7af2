"""E-mail addresses: read, corrected by a question, masked.

The syntax is the library email-validator's (RFC 5321, 6531). No DNS query: schools' servers often have none, and a form
must not wait for one.
"""

import re
from difflib import get_close_matches
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from portal.kernel.errors import DomainError
from portal.kernel.values.folding import without_accents
from portal.kernel.words import later

_AROUND = " \t\r\n\u00a0\u200b<>.,;:\"'"
_ADDRESS_BOUNDARY = re.compile(r"[;,\s]+")
_PLAIN_LOCAL = re.compile(r"(?=.{1,64}$)[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*")
"""What precedes the @ of nearly every address, and needs no library (RFC 5321, 4.1.2: Dot-string, 64 signs)."""

_LONGEST = 254
_SURE_ENOUGH = 0.87  # gmial.com and orage.fr are corrected, fred.fr is not free.fr
_VISIBLE_DOTS = "•••"

# The mailboxes of families, plus real domains that resemble them and must not be "corrected".
_COMMON = (
    "gmail.com", "hotmail.com", "hotmail.fr", "outlook.com", "outlook.fr", "live.com", "live.fr", "msn.com",
    "yahoo.com", "yahoo.fr", "ymail.com", "icloud.com", "me.com", "mac.com", "orange.fr", "wanadoo.fr", "free.fr",
    "sfr.fr", "neuf.fr", "cegetel.net", "club-internet.fr", "numericable.fr", "bbox.fr", "laposte.net", "aol.com",
    "gmx.fr", "gmx.com", "gmx.net", "mail.com", "mail.fr", "email.com", "protonmail.com", "proton.me", "example.org",
)  # fmt: skip
_NOT_MAILBOXES = {"gmail.fr": "gmail.com", "laposte.fr": "laposte.net", "wanadoo.com": "wanadoo.fr"}


class UnreadableEmail(DomainError):
    """What was typed is not one e-mail address; the message says why."""

    message = later("Nous ne reconnaissons pas cette adresse. Écrivez par exemple prenom.nom@example.org.")


def parse_email(text: str) -> str:
    """The address with its domain in lower case; raises `UnreadableEmail`. What precedes the @ keeps its case."""
    address = text.strip(_AROUND).removeprefix("mailto:")
    local, _, domain = address.rpartition("@")
    try:
        if _PLAIN_LOCAL.fullmatch(local) and len(address) <= _LONGEST:
            return f"{local}@{_domain(domain)}"
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        raise UnreadableEmail(_advice(address)) from None


@lru_cache(maxsize=4_096)
def _domain(domain: str) -> str:
    """The domain as it is written, or a refusal; kept, as a roster has thousands of addresses in a few domains."""
    return validate_email(f"a@{domain}", check_deliverability=False).domain


def suggest_email(address: str) -> str | None:
    """The address that was perhaps meant, for a question « Vouliez-vous dire … ? », or None. Never applied alone."""
    local, at, domain = address.rpartition("@")
    likely = [_NOT_MAILBOXES[domain]] if domain in _NOT_MAILBOXES else _neighbours(domain)
    plain = local if local.isascii() else without_accents(local).lower()
    suggestion = f"{plain}{at}{next(iter(likely), domain)}"
    return suggestion if at and suggestion != address else None


def mask_email(address: str) -> str:
    """Enough for its owner to know it: `c•••@example.org`. The dots do not tell the length."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}{_VISIBLE_DOTS}{at}{domain}"


def _neighbours(domain: str) -> list[str]:
    return get_close_matches(domain, _COMMON, n=1, cutoff=_SURE_ENOUGH)


def _advice(address: str) -> str:
    if not address:
        return later("Indiquez une adresse électronique, par exemple prenom.nom@example.org.")
    if "@" not in address:
        return later("Il manque le signe @ dans l’adresse électronique.")
    if len([part for part in _ADDRESS_BOUNDARY.split(address) if "@" in part]) > 1:
        return later("Indiquez une seule adresse électronique.")
    if re.search(r"\s", address):
        return later("Une adresse électronique ne contient pas d’espace.")
    if "." not in address.rpartition("@")[2]:
        return later("Il manque la fin de l’adresse, par exemple .fr ou .com.")
    return UnreadableEmail.message
