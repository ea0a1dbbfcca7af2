"""The blueprint that the signatory's pages and the public check share."""

from portal.platform.web import Feature

bp = Feature("charter", __name__)
