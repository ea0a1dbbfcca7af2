"""A lycée with a campaign, and somebody at its office."""

import pytest

from portal.platform import scope
from tests import factories as make


@pytest.fixture
def school(app):
    del app
    make.region(), make.campaign()
    return make.school()


@pytest.fixture
def office(as_user, school):
    return as_user(make.manager(school))


@pytest.fixture
def in_scope(school):
    """Act as somebody of this lycée."""
    with scope.schools(school.id):
        yield
