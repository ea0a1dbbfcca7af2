"""What was meant in a search. Plain values."""

import re

_LIKE_UAI = re.compile(r"\s*[0-9][0-9\s\-.]{5,9}[a-z]\s*", re.IGNORECASE)


def looks_like_uai(typed: str) -> bool:
    """Seven digits or about, then one letter: a code, right or wrong, rather than a name or a post code."""
    return _LIKE_UAI.fullmatch(typed) is not None
