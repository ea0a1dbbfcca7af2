"""The blueprint that the pages share, and what more than one of them does."""

from typing import TYPE_CHECKING, Any

from flask import request

from portal.credentials import rules
from portal.platform import limits
from portal.platform.web import Feature

if TYPE_CHECKING:
    from portal.platform.forms import Form

bp = Feature("credentials", __name__)

TOO_MANY = 429


def must_wait(purpose: str, key: str) -> int:
    """Seconds before another try: few for one account, many for a network address, which a whole school may share.

    The address is the one that the trusted proxies give (`FIN_PRET_PROXIES`): a header that a visitor forges counts for
    nothing (SEC-7).
    """
    place = limits.take(
        f"{purpose}.place", request.remote_addr or "", most=rules.MOST_FROM_ONE_PLACE, within=rules.WITHIN
    )
    return place or limits.take(purpose, key, most=rules.MOST_BAD, within=rules.WITHIN)


def refused(form: "Form", field: str, seconds: int) -> dict[str, Any]:
    """Say on the form how long to wait; the headers of the answer."""
    form.refuse(field, limits.patience(seconds))
    return {"Retry-After": str(seconds)}
