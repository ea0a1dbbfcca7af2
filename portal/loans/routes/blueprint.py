"""The blueprint that both halves share."""

from portal.platform.web import Feature

bp = Feature("loans", __name__)
