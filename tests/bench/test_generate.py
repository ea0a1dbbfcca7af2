from dataclasses import replace

import pytest
from sqlalchemy import func, select, text

from portal.kernel import clock
from portal.loans import queries
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.platform import scope
from portal.roster.models import Guardian, Student
from portal.stock.models import Device
from portal.stock.states import DeviceKind
from tests.bench.generate import fill
from tests.bench.world import BENCH, QUEUE, RUSH, Ground, Size, World, head, manager
from tests.databases import Databases, migrate, portal_on, settings

SMALL = Size.scaled(0.002)


@pytest.fixture(params=["sqlite", "postgresql"])
def region(request, databases: Databases, tmp_path):
    app = portal_on(settings(tmp_path, databases.new(request.param)))
    migrate(app)
    counts = fill(app, SMALL)
    with app.app_context(), scope.every_school(reason="tests"):
        yield app, counts
        app.extensions["sqlalchemy"].session.remove()
        app.extensions["sqlalchemy"].engine.dispose()


def test_a_region_has_the_numbers_asked_for_and_every_reference_holds(region):
    app, counts = region
    db = app.extensions["sqlalchemy"]
    found = [db.session.scalar(select(func.count(kind.id))) for kind in (Student, Guardian, Device)]
    assert found == [SMALL.students, SMALL.guardians, SMALL.devices] == [400, 600, 440]
    assert counts["school"] == SMALL.schools == 3
    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_loans_are_in_every_usual_state_and_the_special_schools_are_ready(region):
    app, _ = region
    session = app.extensions["sqlalchemy"].session
    states = dict(map(tuple, session.execute(select(Loan.state, func.count()).group_by(Loan.state))))
    assert states[LoanState.SUBMITTED] >= 200
    assert set(session.scalars(select(Loan.state).where(Loan.school_id == RUSH))) == {LoanState.SUBMITTED}
    assert set(session.scalars(select(Loan.state).where(Loan.school_id == BENCH))) == {LoanState.APPROVED}
    held = session.scalar(select(func.count(Device.loan_id)).where(Device.school_id == BENCH))
    assert held == states[LoanState.APPROVED] - session.scalar(
        select(func.count()).where(Loan.school_id == QUEUE, Loan.state == LoanState.APPROVED)
    )


def test_the_next_row_gets_a_number_of_its_own(region):
    app, _ = region
    session = app.extensions["sqlalchemy"].session
    newest = session.scalar(select(func.max(Student.id)))
    student = session.get_one(Student, newest)
    values = {"family_name": "Noël", "given_name": "Zoé", "birth_date": student.birth_date, "class_name": "2DE A"}
    row = Student(school_id=student.school_id, source_id="new", level="2DE", **values)
    session.add(row)
    session.flush()
    assert row.id > newest
    session.rollback()


def test_the_portal_reads_the_loans_as_its_own(region):
    app, _ = region
    session = app.extensions["sqlalchemy"].session
    number = session.scalar(select(func.min(Loan.id)).where(Loan.school_id == BENCH))
    with scope.schools(BENCH):
        assert queries.lock(number).can("prepare")


def test_two_worlds_of_one_seed_are_the_same_and_another_seed_gives_other_ids():
    ground, now = Ground(1, 1, 1, dict.fromkeys(DeviceKind, 1)), clock.now()
    one, same, other = (World(SMALL, ground, now, seed=seed) for seed in (1, 1, 2))
    first, again, others = (world.region() for world in (one, same, other))
    assert first == again != others
    assert one.school(1) == same.school(1)


def test_shares_cover_everything_once():
    size = replace(Size(), schools=7, students=100)
    numbers = [number for school in range(1, 8) for number in size.share(100, school)]
    assert numbers == list(range(1, 101))


def test_people_who_work_in_a_school_have_accounts_of_their_own():
    doors = [door.account_id for school in range(1, 356) for door in (head(school), manager(school))]
    assert len(set(doors)) == len(doors) == 710
    assert 1 not in doors
