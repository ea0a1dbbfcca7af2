"""The blueprint that the pages of the parcels share, and the lycée for which their reader came in."""

from portal.platform.web import Feature, me

bp = Feature("shipping", __name__)


def school_id() -> int:
    """The school for which the manager entered."""
    return min(me().school_ids)
