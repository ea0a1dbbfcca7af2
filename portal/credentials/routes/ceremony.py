"""What a passkey needs of the web: a challenge kept in the session, used once, and the name of our site."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request, session
from webauthn import generate_authentication_options, generate_registration_options, options_to_json
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.credentials import queries
from portal.credentials.services.passkeys import Ceremony

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
    options = generate_registration_options(
        rp_id=site(),
        rp_name="Fin prêt",
        user_id=card.public_id.encode(),
        user_name=card.email or card.name,
        user_display_name=card.name,
        exclude_credentials=_known(account_id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return _kept(options)


def to_use(account_id: int) -> str:
    """What a device is asked in order to sign for this account."""
    return _kept(generate_authentication_options(rp_id=site(), allow_credentials=_known(account_id)))


def asked() -> Ceremony:
    """What this browser was asked, once: the challenge is gone afterwards."""
    return Ceremony(challenge=session.pop(CHALLENGE, ""), site=site(), origin=origin())


def _kept(options: Any) -> str:
    session[CHALLENGE] = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def _known(account_id: int) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(name)) for name in queries.credential_ids(account_id)]
