"""A portal that only one test and its workers use."""

from contextlib import ExitStack

import pytest

from tests.worker.running import new_portal


@pytest.fixture
def portal(databases, tmp_path):
    """`portal("postgresql", smtp_url=…)`: an application on an empty database, with `tmp_path` as its home."""
    with ExitStack() as stack:
        yield lambda engine="sqlite", **changes: stack.enter_context(new_portal(databases, engine, tmp_path, **changes))
