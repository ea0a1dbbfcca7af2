"""Passkeys: what a device signed is checked by the `webauthn` library; we keep the public half of the key.

The library is read at the first passkey: it weighs six megabytes, and a command or a worker never needs it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.credentials import queries, rules
from portal.credentials.events import FactorAdded
from portal.credentials.models import Passkey
from portal.extensions import db
from portal.kernel import clock
from portal.platform.work import emit, use_case


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What a browser was asked to sign: our challenge, for our site, seen at our address."""

    challenge: str
    site: str
    origin: str


@use_case
def add_passkey(*, account_id: int, name: str, answer: Mapping[str, object], asked: Ceremony) -> bool:
    """Keep a new passkey, if what the device answered holds (WebAuthn, section 7.1); False when it does not."""
    if len(queries.means(account_id).factors) >= rules.MOST_FACTORS:
        raise rules.TooManyFactors
    made = _made(answer, asked)
    if made is None or db.session.scalar(select(Passkey.id).where(Passkey.credential_id == made["credential_id"])):
        return False
    db.session.add(Passkey(account_id=account_id, name=name, created_at=clock.now(), **made))
    emit(FactorAdded(school_id=None, account_id=account_id, kind=queries.PASSKEY))
    return True


def _made(answer: Mapping[str, object], asked: Ceremony) -> dict[str, Any] | None:
    """What to keep of a new passkey; None when the device's answer does not hold."""
    import webauthn  # noqa: PLC0415 (at the first passkey)

    try:
        made = webauthn.verify_registration_response(
            credential=dict(answer),
            expected_challenge=webauthn.base64url_to_bytes(asked.challenge),
            expected_rp_id=asked.site,
            expected_origin=asked.origin,
        )
    except (webauthn.helpers.exceptions.WebAuthnException, ValueError):
        return None
    name = webauthn.helpers.bytes_to_base64url(made.credential_id)
    return {"credential_id": name, "public_key": made.credential_public_key, "sign_count": made.sign_count}


@use_case
def use_passkey(*, account_id: int, answer: Mapping[str, object], asked: Ceremony) -> bool:
    """Whether one of the account's passkeys signed this challenge (WebAuthn, section 7.2); its counter only goes up."""
    import webauthn  # noqa: PLC0415 (at the first passkey)

    named = (Passkey.account_id == account_id, Passkey.credential_id == str(answer.get("id", "")))
    key = db.session.scalars(select(Passkey).where(*named).with_for_update()).one_or_none()
    if key is None:
        return False
    try:
        seen = webauthn.verify_authentication_response(
            credential=dict(answer),
            expected_challenge=webauthn.base64url_to_bytes(asked.challenge),
            expected_rp_id=asked.site,
            expected_origin=asked.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
        )
    except (webauthn.helpers.exceptions.WebAuthnException, ValueError):
        return False
    key.sign_count, key.used_at = seen.new_sign_count, clock.now()
    return True
