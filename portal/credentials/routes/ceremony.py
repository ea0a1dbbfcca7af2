"""What a passkey needs of the web: a challenge kept in the session, used once, and the name of our site."""

from urllib.parse import urlsplit

from flask import current_app, request, session

from portal.credentials import queries, rules
from portal.credentials.rules import Ceremony
from portal.credentials.services.passkeys import authenticators

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
    card, known = queries.card(account_id), queries.credential_ids(account_id)
    options: str = authenticators().to_create(
        _new(), handle=card.public_id, email=card.email or "", name=card.name, known=known
    )
    return options


def to_use(account_id: int) -> str:
    """What a device is asked in order to sign for this account, as JSON for the page."""
    options: str = authenticators().to_use(_new(), known=queries.credential_ids(account_id))
    return options


def asked() -> Ceremony:
    """What this browser was asked, once: the challenge is gone afterwards."""
    return Ceremony(challenge=session.pop(CHALLENGE, ""), site=site(), origin=origin())


def _new() -> Ceremony:
    session[CHALLENGE] = rules.new_challenge()
    return Ceremony(challenge=session[CHALLENGE], site=site(), origin=origin())
