"""Pages of the charter: the signatory's, the tablet's, the lycée's, the region's, and the one where anybody checks a file."""

from portal.charter.routes import (
    attending,
    blanks,
    checking,
    editing,
    following,
    people,
    reminders,
    resending,
    signing,
    tablet,
)
from portal.charter.routes.blueprint import bp

__all__ = [
    "attending",
    "blanks",
    "bp",
    "checking",
    "editing",
    "following",
    "people",
    "reminders",
    "resending",
    "signing",
    "tablet",
]
