"""Passkeys: what a device signed is checked by the `webauthn` library; we keep the public half of the key."""

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType

from sqlalchemy import select

from portal.credentials import queries, rules
from portal.credentials.events import FactorAdded
from portal.credentials.models import Passkey
from portal.credentials.rules import Ceremony
from portal.extensions import db
from portal.kernel import clock
from portal.platform.work import emit, use_case


def authenticators() -> ModuleType:
    """Our use of the library, read at the first passkey: see `portal.credentials.authenticators`."""
    return import_module("portal.credentials.authenticators")


@use_case
def add_passkey(*, account_id: int, name: str, answer: Mapping[str, object], asked: Ceremony) -> bool:
    """Keep a new passkey, if what the device answered holds; False when it does not."""
    if len(queries.means(account_id).factors) >= rules.MOST_FACTORS:
        raise rules.TooManyFactors
    made = authenticators().made(answer, asked)
    if made is None or db.session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)):
        return False
    db.session.add(Passkey(account_id=account_id, name=name, created_at=clock.now(), **made._asdict()))
    emit(FactorAdded(school_id=None, account_id=account_id, kind=queries.PASSKEY))
    return True


@use_case
def use_passkey(*, account_id: int, answer: Mapping[str, object], asked: Ceremony) -> bool:
    """Whether one of the account's passkeys signed this challenge; its counter only goes up."""
    named = (Passkey.account_id == account_id, Passkey.credential_id == str(answer.get("id", "")))
    key = db.session.scalars(select(Passkey).where(*named).with_for_update()).one_or_none()
    if key is None:
        return False
    count = authenticators().used(answer, asked, public_key=key.public_key, sign_count=key.sign_count)
    if count is None:
        return False
    key.sign_count, key.used_at = count, clock.now()
    return True
