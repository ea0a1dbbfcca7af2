"""Seeing every lycée for a moment: a family knows no border between two of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from portal.extensions import db
from portal.platform import scope


@contextmanager
def everywhere(reason: str) -> Iterator[None]:
    """See every lycée's rows, and write them before the narrower scope is back. Inside a use-case; the reason is logged."""
    with scope.every_school(reason=reason):
        yield
        db.session.flush()  # what was changed here may be out of the caller's scope
