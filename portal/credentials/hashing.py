"""Passwords are kept as argon2id hashes only (RFC 9106).

The parameters are the second set that OWASP's Password Storage Cheat Sheet gives: 19 MiB, two passes, one lane. Measured
on two cores: 31 ms each. Not more memory, because a web process may answer fourteen people at once (270 MiB), and because
what stands behind is never a short password: fourteen signs, ten tries in a quarter of an hour, a second factor for staff.
One lane, so that a check costs one core and no thread. Raise them here: each password is hashed anew at its next use.
"""

from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)


def hashed(password: str) -> str:
    """A hash to keep, its salt and parameters inside."""
    return HASHER.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed. Without one, as much work is done, and the answer is no (SEC-11)."""
    try:
        HASHER.verify(kept or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_dated(kept: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    """What an unknown account's password is compared with."""
    return hashed("nobody has this password")
