"""The blueprint that the pages of the distribution share."""

from portal.platform.web import Feature

bp = Feature("distribution", __name__)
