"""Passkeys: a device keeps a key for us, and we keep its public half."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from sqlalchemy import select

from portal.credentials import queries, rules
from portal.credentials.events import FactorAdded
from portal.credentials.models import Passkey
from portal.credentials.rules import Ceremony
from portal.extensions import db
from portal.kernel import clock
from portal.platform.work import emit, use_case


def library() -> Any:
    """What speaks WebAuthn, read at the first passkey: six megabytes, which a command or a worker never needs."""
    return import_module("portal.credentials.webauthn")


@use_case
def add_passkey(*, account_id: int, name: str, answer: Mapping[str, object], asked: Ceremony) -> bool:
    """Keep a new passkey, if what the device answered holds (WebAuthn, section 7.1); False when it does not."""
    if len(queries.means(account_id).factors) >= rules.MOST_FACTORS:
        raise rules.TooManyFactors
    made = library().made(answer, asked)
    if made is None or db.session.scalar(select(Passkey.id).where(Passkey.credential_id == made["credential_id"])):
        return False
    db.session.add(Passkey(account_id=account_id, name=name, created_at=clock.now(), **made))
    emit(FactorAdded(school_id=None, account_id=account_id, kind=queries.PASSKEY))
    return True


@use_case
def use_passkey(*, account_id: int, answer: Mapping[str, object], asked: Ceremony) -> bool:
    """Whether one of the account's passkeys signed this challenge (WebAuthn, section 7.2); its counter only goes up."""
    named = (Passkey.account_id == account_id, Passkey.credential_id == str(answer.get("id", "")))
    key = db.session.scalars(select(Passkey).where(*named).with_for_update()).one_or_none()
    count = library().counted(answer, asked, public_key=key.public_key, before=key.sign_count) if key else None
    if key is None or count is None:
        return False
    key.sign_count, key.used_at = count, clock.now()
    return True
