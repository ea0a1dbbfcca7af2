"""The blueprint that the pages of the parcels share."""

from portal.platform.web import Feature

bp = Feature("shipping", __name__)
