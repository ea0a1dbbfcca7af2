"""What a device that holds passkeys is asked, and whether what it answers holds: the `webauthn` library, and only here.

It weighs six megabytes and a third of a second, which a command, a worker and most requests never need: nothing imports
this file when it starts (`services.passkeys.authenticators` does, at the first passkey).
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, structs
from webauthn.helpers.exceptions import WebAuthnException

from portal.credentials.rules import Ceremony


class Made(NamedTuple):
    """The public half of a new key."""

    credential_id: str
    public_key: bytes
    sign_count: int


def to_create(asked: Ceremony, *, handle: str, email: str, name: str, known: Iterable[str]) -> str:
    """Ask a device for a new key, unless it holds one of the known ones; JSON for the page (WebAuthn, section 5.4)."""
    options = webauthn.generate_registration_options(
        rp_id=asked.site,
        rp_name="Fin prêt",
        challenge=base64url_to_bytes(asked.challenge),
        user_id=handle.encode(),
        user_name=email or name,
        user_display_name=name,
        exclude_credentials=_described(known),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
    )
    return webauthn.options_to_json(options)


def to_use(asked: Ceremony, *, known: Iterable[str]) -> str:
    """Ask a device to sign with one of the known keys; JSON for the page (WebAuthn, section 5.5)."""
    options = webauthn.generate_authentication_options(
        rp_id=asked.site, challenge=base64url_to_bytes(asked.challenge), allow_credentials=_described(known)
    )
    return webauthn.options_to_json(options)


def made(answer: Mapping[str, object], asked: Ceremony) -> Made | None:
    """The new key; None when the device's answer does not hold (WebAuthn, section 7.1)."""
    try:
        key = webauthn.verify_registration_response(
            credential=dict(answer),
            expected_challenge=base64url_to_bytes(asked.challenge),
            expected_rp_id=asked.site,
            expected_origin=asked.origin,
        )
    except (WebAuthnException, ValueError):
        return None
    return Made(bytes_to_base64url(key.credential_id), key.credential_public_key, key.sign_count)


def used(answer: Mapping[str, object], asked: Ceremony, *, public_key: bytes, sign_count: int) -> int | None:
    """How often the key has signed by now; None when the signature does not hold (WebAuthn, section 7.2)."""
    try:
        return webauthn.verify_authentication_response(
            credential=dict(answer),
            expected_challenge=base64url_to_bytes(asked.challenge),
            expected_rp_id=asked.site,
            expected_origin=asked.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
        ).new_sign_count
    except (WebAuthnException, ValueError):
        return None


def _described(known: Iterable[str]) -> list[structs.PublicKeyCredentialDescriptor]:
    return [structs.PublicKeyCredentialDescriptor(id=base64url_to_bytes(name)) for name in known]
