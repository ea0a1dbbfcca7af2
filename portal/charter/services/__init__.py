"""Use-cases of the charter: its text, the invitation, the code, the signature, the seal."""

from portal.charter.services.text import publish

__all__ = ["publish"]
