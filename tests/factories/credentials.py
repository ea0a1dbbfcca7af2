"""What people come in with: a password, an application, codes on paper."""

from dataclasses import dataclass

import pyotp

from portal.accounts.models import Account
from portal.credentials import hashing
from portal.credentials.models import AuthenticatorApp, Passkey, Password, RecoveryCode
from portal.credentials.services.apps import SEAL
from portal.credentials.services.recovery import _hashed
from portal.kernel import clock
from portal.platform.keyed import seal
from tests.factories import people
from tests.factories.writing import add, made

PASSPHRASE = "grenouille bleue sous le pont"


@dataclass(frozen=True)
class Phone:
    """An application on somebody's telephone."""

    app: AuthenticatorApp
    secret: str

    def code(self, *, seconds: int = 0) -> str:
        """What it shows now, or some seconds later."""
        return pyotp.TOTP(self.secret).at(clock.after(seconds=seconds))


@made
def password(account: Account, text: str = PASSPHRASE) -> Password:
    """Theirs."""
    return add(Password(account_id=account.id, hash=hashing.hashed(text), changed_at=clock.now()))


@made
def phone(account: Account, **values: object) -> Phone:
    """An application in use, whose last code was typed a day ago."""
    secret, yesterday = pyotp.random_base32(), clock.after(days=-1)
    app = AuthenticatorApp(account_id=account.id, secret=seal(SEAL, secret), created_at=yesterday)
    usual = {"name": "Mon téléphone", "confirmed_at": yesterday, "last_step": int(yesterday.timestamp()) // 30}
    for name, value in {**usual, **values}.items():
        setattr(app, name, value)
    return Phone(add(app), secret)


@made
def passkey(account: Account, **values: object) -> Passkey:
    """A key that no device really has."""
    usual = {"name": "Ma clé d’accès", "credential_id": f"key-{people.number()}", "public_key": b"key", "sign_count": 0}
    return add(Passkey(**{**usual, "account_id": account.id, "created_at": clock.now(), **values}))


@made
def recovery_code(account: Account, symbols: str = "7K3M2Q9T4X") -> str:
    """A code on paper, as it is typed."""
    add(RecoveryCode(account_id=account.id, code_hash=_hashed(account.id, symbols)))
    return f"{symbols[:5]}-{symbols[5:]}"
