"""The pages of the charter: the signatory's, the lycée's, the region's, and the one where anybody checks a sealed file."""

from portal.charter.routes import checking, editing, people, signing
from portal.charter.routes.blueprint import bp

__all__ = ["bp", "checking", "editing", "people", "signing"]
