"""The pages of access, by who reads them: `door` for whoever holds a letter, `own` for a family, `school` for staff."""

from portal.access.routes import door, own, school, verify
from portal.access.routes.blueprint import bp

__all__ = ["bp", "door", "own", "school", "verify"]
