"""Pages of the distribution: planning and readiness, labels, the cockpit, the report."""

from portal.distribution.routes import labels, planning
from portal.distribution.routes.blueprint import bp

__all__ = ["bp", "labels", "planning"]
