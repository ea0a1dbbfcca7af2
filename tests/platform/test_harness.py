"""The harness itself: clean databases, and watchmen that bark."""

import pytest
from sqlalchemy import func, select

from portal.extensions import db as database
from portal.loans.models import Loan
from portal.platform import scope
from portal.schools.models import Region
from tests import factories as make
from tests.visitor import apart


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_starts_on_an_empty_database(db, time):
    with scope.every_school(reason="test"):
        assert db.session.scalar(select(func.count()).select_from(Loan)) == 0
    make.loan()


def test_statements_are_counted_and_listed(db, count_statements):
    make.region()
    with count_statements() as sql:
        db.session.scalars(select(Region)).all()
        db.session.scalars(select(Region.id)).all()
    assert sql.count == 2, sql
    assert "FROM region" in sql[0]


def test_time_stands_still_until_it_is_told_to_pass(app, clock):
    from portal.kernel import clock as time

    before = time.now()
    clock.forward(days=1)
    assert (time.now() - before).days == 1
    assert apart(time.now) == time.now()


def test_nothing_but_the_clock_reaches_a_call_made_apart(app):
    with scope.schools(1):
        assert apart(scope.current) is None


def test_a_page_that_changes_a_row_fails_its_test(app, client):
    region = make.region()

    def spoil() -> None:
        with app.test_request_context("/", method="GET"):
            database.session.get_one(Region, region.id).name = "Autre"
            database.session.flush()

    with pytest.raises(AssertionError, match="GET / writes"):
        apart(spoil)


def test_a_page_that_forgets_a_change_fails_its_test(app):
    def spoil() -> None:
        with app.test_request_context("/", method="GET"):
            database.session.add(Region(code="99", name="Autre", profile={}))
            app.process_response(app.response_class())

    with pytest.raises(AssertionError, match="leaves unsaved changes"):
        apart(spoil)
