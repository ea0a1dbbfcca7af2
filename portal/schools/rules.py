"""What was meant in a search, and which lycée may be opened. Plain values."""

import re

from portal.kernel.errors import DomainError
from portal.kernel.words import later

_LIKE_UAI = re.compile(r"\s*[0-9][0-9\s\-.]{5,9}[a-z]\s*", re.IGNORECASE)


def looks_like_uai(typed: str) -> bool:
    """Seven digits or about, then one letter: a code, right or wrong, rather than a name or a post code."""
    return _LIKE_UAI.fullmatch(typed) is not None


class NotOpened(DomainError):
    """A lycée that is not opened; the sentence says why."""


def opening_obstacle(*, ours: bool, taking_part: bool) -> str | None:
    """Why a lycée of the directory is not opened here, or None."""
    if taking_part:
        return later("Ce lycée participe déjà au programme.")
    if not ours:
        return later("Ce lycée dépend d’une autre région\u00a0: c’est elle qui peut l’ouvrir.")
    return None
