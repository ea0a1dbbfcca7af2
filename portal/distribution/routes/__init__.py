"""Pages of the distribution: the scanning stations."""

from portal.distribution.routes import stations
from portal.distribution.routes.blueprint import bp

__all__ = ["bp", "stations"]
