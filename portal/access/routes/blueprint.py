"""The blueprint of access: the families' door, their own access, and the lycée's pages."""

from portal.platform.web import Feature

bp = Feature("access", __name__)
