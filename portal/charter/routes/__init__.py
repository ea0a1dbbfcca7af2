"""Pages of the charter: the signatory's, and the one where anybody checks a sealed file."""

from portal.charter.routes import checking, signing
from portal.charter.routes.blueprint import bp

__all__ = ["bp", "checking", "signing"]
