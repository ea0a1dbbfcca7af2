"""Pages of the team: who works here, and a day's helpers."""

from portal.team.routes import day_passes, delegation, joining, people
from portal.team.routes.blueprint import bp

__all__ = ["bp", "day_passes", "delegation", "joining", "people"]
