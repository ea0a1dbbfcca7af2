"""Keyed hashes: what the database keeps of an address, a browser, a link or a code is worth nothing without our key."""

import hmac

from portal.platform.keyed import digest


def keyed_hash(purpose: str, value: str) -> str:
    """HMAC-SHA-256 in hexadecimal (RFC 2104). Two purposes never give the same hash for one value."""
    return digest(f"accounts.{purpose}", value)


def same(one: str | None, other: str) -> bool:
    """Compare in constant time; what does not exist equals nothing."""
    return hmac.compare_digest(one or "", other)
