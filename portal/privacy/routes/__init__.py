"""Pages about people's own data: theirs, the lycée's desk, and what everybody may know."""

from portal.privacy.routes import desk, family, public
from portal.privacy.routes.blueprint import bp

__all__ = ["bp", "desk", "family", "public"]
