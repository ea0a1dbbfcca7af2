"""The blueprint that all the pages of the stock share."""

from portal.platform.web import Feature, me

bp = Feature("stock", __name__)


def school_id() -> int:
    """The school for which the person entered."""
    return min(me().school_ids)
