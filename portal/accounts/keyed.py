"""Keyed hashes: what the database keeps of an address, a browser, a link or a code is worth nothing without our key."""

import hmac
from hashlib import sha256

from flask import current_app


def keyed_hash(purpose: str, value: str) -> str:
    """HMAC-SHA-256 in hexadecimal (RFC 2104). Two purposes never give the same hash for one value."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"accounts.{purpose}\x00{value}".encode(), sha256).hexdigest()


def same(one: str | None, other: str) -> bool:
    """Compare in constant time; what does not exist equals nothing."""
    return hmac.compare_digest(one or "", other)
