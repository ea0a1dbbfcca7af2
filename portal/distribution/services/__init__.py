"""Use-cases of the distribution."""

from portal.distribution.services import departures

__all__ = ["departures"]
