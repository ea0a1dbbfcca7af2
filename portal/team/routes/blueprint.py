"""The blueprint that the pages share, and where somebody may look."""

from collections.abc import Collection

from portal.platform.web import Feature, me
from portal.policy import Role

bp = Feature("team", __name__)


def own_schools() -> Collection[int] | None:
    """The lycées whose people this person sees: None is everywhere."""
    return None if me().role is Role.REGION else me().school_ids


def own_school() -> int:
    """The lycée for which somebody came in."""
    return min(me().school_ids)
