"""What a passkey needs of the web: a challenge kept in the session, used once, and the name of our site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import current_app, request, session

from portal.credentials import queries
from portal.credentials.services.passkeys import Ceremony

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

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
    import webauthn  # noqa: PLC0415 (at the first passkey)
    from webauthn.helpers import structs  # noqa: PLC0415 (the same)

    card = queries.card(account_id)
    options = webauthn.generate_registration_options(
        rp_id=site(),
        rp_name="Fin prêt",
        user_id=card.public_id.encode(),
        user_name=card.email or card.name,
        user_display_name=card.name,
        exclude_credentials=_known(account_id),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
    )
    return _kept(options)


def to_use(account_id: int) -> str:
    """What a device is asked in order to sign for this account."""
    import webauthn  # noqa: PLC0415 (at the first passkey)

    return _kept(webauthn.generate_authentication_options(rp_id=site(), allow_credentials=_known(account_id)))


def asked() -> Ceremony:
    """What this browser was asked, once: the challenge is gone afterwards."""
    return Ceremony(challenge=session.pop(CHALLENGE, ""), site=site(), origin=origin())


def _kept(options: Any) -> str:
    import webauthn  # noqa: PLC0415 (at the first passkey)

    session[CHALLENGE] = webauthn.helpers.bytes_to_base64url(options.challenge)
    return webauthn.options_to_json(options)


def _known(account_id: int) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers import base64url_to_bytes, structs  # noqa: PLC0415 (at the first passkey)

    names = queries.credential_ids(account_id)
    return [structs.PublicKeyCredentialDescriptor(id=base64url_to_bytes(name)) for name in names]
