"""The blueprint that both halves share."""

from portal.platform.web import Feature, me

bp = Feature("roster", __name__)


@bp.app_template_filter("as_written")
def _as_written(text: str) -> str:
    """What a file says, with the apostrophes of the page: SIECLE has only straight ones. Kept as it is, shown so."""
    return text.replace("'", "’")


def school_id() -> int:
    """The school for which the person entered."""
    return min(me().school_ids)
