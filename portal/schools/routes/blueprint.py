"""The blueprint of the lycées."""

from portal.platform.web import Feature

bp = Feature("schools", __name__)
