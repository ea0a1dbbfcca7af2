"""Pages of the lycées: the region's overview and directory, and each lycée's own settings."""

from portal.schools.routes import campaigns, region, settings
from portal.schools.routes.blueprint import bp

__all__ = ["bp", "campaigns", "region", "settings"]
