"""Whether somebody has lately proved who they are: asked again before a second factor changes (ASVS 7.5.1)."""

from datetime import datetime, timedelta

from flask import redirect, session, url_for
from flask.typing import ResponseReturnValue

from portal.credentials import queries
from portal.kernel import clock
from portal.platform.web import me

RECENT = timedelta(minutes=15)
PROVED = "proved_at"


def note() -> None:
    """They have, now."""
    session[PROVED] = clock.now().isoformat()


def is_recent() -> bool:
    """Whether it was less than a quarter of an hour ago."""
    proved = str(session.get(PROVED) or "")
    return bool(proved) and clock.now() - datetime.fromisoformat(proved) <= RECENT


def asked_for(endpoint: str) -> ResponseReturnValue | None:
    """The page that asks for the password again, before going on to `endpoint`; None when it was given lately.

    Who has no password (the demo's people) came by a door that counts for both factors.
    """
    if is_recent():
        return None
    if queries.owner(me().account_id).hash is None:
        return None
    return redirect(url_for("credentials.confirm", suite=url_for(endpoint)), code=303)
