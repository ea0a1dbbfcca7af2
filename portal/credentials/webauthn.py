"""WebAuthn (W3C, level 3), spoken by the `webauthn` library: what devices are asked, and whether what they answer holds."""

from collections.abc import Mapping, Sequence
from typing import Any

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.credentials.rules import Ceremony

Asked = tuple[str, str]
"""The challenge to remember, and what the page gives to the device, as JSON."""


def to_create(*, account: str, address: str, name: str, site: str, known: Sequence[str]) -> Asked:
    """What a device is asked in order to make a key for an account, unless it holds one that we know."""
    options = webauthn.generate_registration_options(
        rp_id=site,
        rp_name="Fin prêt",
        user_id=account.encode(),
        user_name=address,
        user_display_name=name,
        exclude_credentials=_described(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return bytes_to_base64url(options.challenge), webauthn.options_to_json(options)


def to_use(*, site: str, known: Sequence[str]) -> Asked:
    """What a device is asked in order to sign with one of these keys."""
    options = webauthn.generate_authentication_options(rp_id=site, allow_credentials=_described(known))
    return bytes_to_base64url(options.challenge), webauthn.options_to_json(options)


def made(answer: Mapping[str, object], asked: Ceremony) -> dict[str, Any] | None:
    """What to keep of a new passkey (section 7.1); None when the device's answer does not hold."""
    try:
        found = webauthn.verify_registration_response(
            credential=dict(answer),
            expected_challenge=base64url_to_bytes(asked.challenge),
            expected_rp_id=asked.site,
            expected_origin=asked.origin,
        )
    except (WebAuthnException, ValueError):
        return None
    name = bytes_to_base64url(found.credential_id)
    return {"credential_id": name, "public_key": found.credential_public_key, "sign_count": found.sign_count}


def counted(answer: Mapping[str, object], asked: Ceremony, *, public_key: bytes, before: int) -> int | None:
    """The counter of a key that signed this challenge (section 7.2), which only goes up; None when it did not."""
    try:
        seen = webauthn.verify_authentication_response(
            credential=dict(answer),
            expected_challenge=base64url_to_bytes(asked.challenge),
            expected_rp_id=asked.site,
            expected_origin=asked.origin,
            credential_public_key=public_key,
            credential_current_sign_count=before,
        )
    except (WebAuthnException, ValueError):
        return None
    return seen.new_sign_count


def _described(names: Sequence[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(name)) for name in names]
