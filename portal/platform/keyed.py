"""What our key protects: hashes of what must not be read in the database, and secrets that must be read again.

Both depend on `FIN_PRET_SECRET_KEY`. Whoever copies the database without it learns nothing; if it is lost, secrets under
seal are lost too, and their owners choose new ones.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

KEY_LENGTH = 32


def digest(purpose: str, value: str) -> str:
    """HMAC-SHA-256 in hexadecimal (RFC 2104). Two purposes never give the same digest for one value."""
    return hmac.new(_key(), f"{purpose}\x00{value}".encode(), sha256).hexdigest()


def seal(purpose: str, secret: str) -> str:
    """The secret, encrypted and authenticated (Fernet: AES-128-CBC and HMAC-SHA-256), as text for the database."""
    return _box(purpose).encrypt(secret.encode()).decode()


def unseal(purpose: str, sealed: str) -> str | None:
    """The secret again; None when it was sealed with another key or for another purpose."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box(purpose: str) -> Fernet:
    """One key per purpose, drawn from ours (HKDF, RFC 5869)."""
    derived = HKDF(algorithm=SHA256(), length=KEY_LENGTH, salt=None, info=f"seal.{purpose}".encode()).derive(_key())
    return Fernet(urlsafe_b64encode(derived))


def _key() -> bytes:
    return str(current_app.config["SECRET_KEY"]).encode()
