"""Pages of the charter: the signatory's, the tablet's, the school's, and the one where anybody checks a sealed file."""

from portal.charter.routes import attending, checking, following, resending, signing, tablet
from portal.charter.routes.blueprint import bp

__all__ = ["attending", "bp", "checking", "following", "resending", "signing", "tablet"]
