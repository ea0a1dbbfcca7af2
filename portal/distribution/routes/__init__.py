"""Pages of the distribution: planning and readiness, labels, the stations, the cockpit, the report."""

from portal.distribution.routes import (
    conditions,
    labels,
    live,
    planning,
    report,
    stations,
    stations_alone,
    stations_conflicts,
)
from portal.distribution.routes.blueprint import bp

__all__ = [
    "bp",
    "conditions",
    "labels",
    "live",
    "planning",
    "report",
    "stations",
    "stations_alone",
    "stations_conflicts",
]
