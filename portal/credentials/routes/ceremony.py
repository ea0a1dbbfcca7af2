"""What a passkey needs of the web: a challenge kept in the session, used once, and the name of our site."""

from urllib.parse import urlsplit

from flask import current_app, request, session

from portal.credentials import queries
from portal.credentials.rules import Ceremony
from portal.credentials.services.passkeys import library

CHALLENGE = "challenge"


def origin() -> str:
    """Our address as browsers see it: the one of the settings; without https (a demo), the one that was typed."""
    settings = current_app.config["SETTINGS"]
    return str(settings.base_url) if settings.https else request.host_url.rstrip("/")


def site() -> str:
    """The name under which devices keep their keys for us (WebAuthn: the relying party's id)."""
    return urlsplit(origin()).hostname or ""


def to_create(account_id: int) -> str:
    """What a device is asked in order to make a key for this account, as JSON for the page."""
    card = queries.card(account_id)
    who = {"account": card.public_id, "address": card.email or card.name, "name": card.name}
    return _kept(library().to_create(**who, site=site(), known=queries.credential_ids(account_id)))


def to_use(account_id: int) -> str:
    """What a device is asked in order to sign for this account."""
    return _kept(library().to_use(site=site(), known=queries.credential_ids(account_id)))


def asked() -> Ceremony:
    """What this browser was asked, once: the challenge is gone afterwards."""
    return Ceremony(challenge=session.pop(CHALLENGE, ""), site=site(), origin=origin())


def _kept(told: tuple[str, str]) -> str:
    session[CHALLENGE], options = told
    return options
