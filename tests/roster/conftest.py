"""A lycée with a campaign, and somebody at its office."""

import pytest

from tests import factories as make


@pytest.fixture
def school(app):
    del app
    make.region(), make.campaign()
    return make.school()


@pytest.fixture
def office(as_user, school):
    return as_user(make.manager(school))
