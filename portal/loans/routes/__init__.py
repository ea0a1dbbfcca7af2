"""Pages of the loan: the family's, and the head's."""

from portal.loans.routes import family, head
from portal.loans.routes.blueprint import bp

__all__ = ["bp", "family", "head"]
