"""Pages of the roster: the students, and the imports that bring them."""

from portal.roster.routes import imports, levels, students
from portal.roster.routes.blueprint import bp

__all__ = ["bp", "imports", "levels", "students"]
