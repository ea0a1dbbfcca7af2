"""Nobody sees or changes a row of somebody else, whatever way the query takes; without a scope there is no query."""

from contextlib import suppress

import pytest
from sqlalchemy import delete, exists, func, insert, select, union_all, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from portal.extensions import Base
from portal.kernel import clock
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.platform import jobs, scope
from portal.platform.scope import FamilyScoped, OutOfScope, OwnAccount, SchoolScoped, StaffScoped
from portal.platform.work import unit_of_work
from portal.roster.models import Guardian, Guardianship, Student
from portal.stock.models import Device, DeviceMovement
from tests import factories as make


def ids(db, statement):
    return {row[0] for row in db.session.execute(statement)}


def by_alias(kind):
    other = aliased(kind)
    return select(other.id)


def by_join(kind):
    return select(kind.id).join(Student, Student.id == kind.student_id)


def by_subquery(kind):
    inner = select(kind.id.label("id")).subquery()
    return select(inner.c.id)


def by_cte(kind):
    inner = select(kind.id.label("id")).cte()
    return select(inner.c.id)


def by_union(kind):
    inner = union_all(select(kind.id.label("id")), select(kind.id.label("id"))).subquery()
    return select(inner.c.id)


def by_in(kind):
    return select(kind.id).where(kind.id.in_(select(aliased(kind).id)))


WAYS = {
    "select": lambda kind: select(kind.id),
    "entity": lambda kind: select(kind).with_only_columns(kind.id),
    "alias": by_alias,
    "join": by_join,
    "subquery": by_subquery,
    "cte": by_cte,
    "union": by_union,
    "in": by_in,
}


@pytest.fixture
def two(db):
    """The same thing in two lycées."""
    here = make.loan(state=LoanState.APPROVED, student=make.student(make.school()))
    there = make.loan(state=LoanState.APPROVED, student=make.student(make.school()))
    return here, there


def movement(loan):
    device = make.device_of(loan)
    return {"school_id": loan.school_id, "device_id": device.id, "transition": "lend", "at": clock.now()}


@pytest.mark.parametrize("way", WAYS)
def test_another_school_is_invisible(db, two, way):
    for mine in two:
        with scope.schools(mine.school_id):
            assert ids(db, WAYS[way](Loan)) == {mine.id}
    with scope.schools(*(loan.school_id for loan in two)):
        assert ids(db, WAYS[way](Loan)) == {loan.id for loan in two}
    with scope.every_school(reason="test"):
        assert ids(db, WAYS[way](Loan)) == {loan.id for loan in two}
    with scope.schools():
        assert ids(db, WAYS[way](Loan)) == set()


def test_another_school_is_neither_got_nor_counted(db, two):
    here, there = two
    with scope.schools(here.school_id):
        assert db.session.get(Loan, there.id) is None
        with pytest.raises(NoResultFound):
            db.session.get_one(Loan, there.id)
        assert db.session.scalar(select(func.count()).select_from(Loan)) == 1
        assert db.session.scalar(select(func.count(Loan.id))) == 1
        assert db.session.scalar(select(exists().where(Loan.id == there.id))) is False
        assert db.session.query(Loan).count() == 1


@pytest.mark.parametrize("load", [joinedload, selectinload])
def test_another_schools_rows_do_not_come_with_a_relationship(db, two, load):
    here, there = two
    make.guardianship(make.every(Student, id=here.student_id)[0], make.guardian(school_id=there.school_id))
    with scope.schools(here.school_id):
        link = db.session.scalars(select(Guardianship).options(load(Guardianship.guardian))).first()
    assert link is None or link.guardian is None


def test_a_join_loaded_by_hand_is_narrowed_on_both_sides(db, two):
    here, _ = two
    with scope.schools(here.school_id):
        rows = db.session.scalars(
            select(Loan).join(Loan.student).options(contains_eager(Loan.student)).order_by(Loan.id)
        ).all()
        assert [(row.id, row.student.id) for row in rows] == [(here.id, here.student_id)]


@pytest.mark.parametrize("change", [update(Loan).values(note="vu"), delete(Device)])
def test_a_bulk_change_stays_in_its_school(db, two, change):
    here, there = two
    with scope.schools(here.school_id), unit_of_work():
        assert db.session.execute(change).rowcount == 1
    assert make.fresh(there).note is None
    assert len(make.every(Device, school_id=there.school_id)) == 1


def test_without_a_scope_a_query_raises(db, two):
    for statement in (
        *(WAYS[way](Loan) for way in ("select", "alias", "join")),
        update(Loan).values(note="vu"),
        delete(Loan),
    ):
        with pytest.raises(OutOfScope):
            db.session.execute(statement)
    with pytest.raises(OutOfScope):
        db.session.get(Loan, two[0].id)


@pytest.mark.parametrize("way", ["subquery", "cte", "union"])
def test_without_a_scope_a_hidden_table_gives_nothing(db, two, way):
    with suppress(OutOfScope):  # better still
        assert ids(db, WAYS[way](Loan)) == set()


def test_a_row_of_another_school_is_not_written(db, two):
    here, there = two
    with scope.schools(here.school_id), pytest.raises(OutOfScope), unit_of_work():
        db.session.add(DeviceMovement(**movement(there)))
    with pytest.raises(OutOfScope), unit_of_work():
        db.session.add(DeviceMovement(**movement(here)))


def test_a_bulk_insert_into_another_school_is_refused(db, two):
    here, there = two
    values = movement(there)
    with scope.schools(here.school_id), pytest.raises(OutOfScope), unit_of_work():
        db.session.execute(insert(DeviceMovement), [values])
    with scope.schools(here.school_id), pytest.raises(OutOfScope), unit_of_work():
        db.session.execute(insert(DeviceMovement).values(**values))


def test_a_bulk_update_does_not_move_a_row_to_another_school(db, two):
    here, there = two
    with scope.schools(here.school_id), pytest.raises(OutOfScope), unit_of_work():
        db.session.execute(update(Loan).values(school_id=there.school_id))


def test_a_row_is_not_moved_to_another_school(db, two):
    here, there = two
    with scope.schools(here.school_id), pytest.raises(OutOfScope), unit_of_work():
        db.session.get_one(Loan, here.id).school_id = there.school_id
    stolen = make.fresh(here)
    with scope.schools(there.school_id), pytest.raises(OutOfScope), unit_of_work():
        take(db, stolen, school_id=there.school_id)


def take(db, row, **values):
    """Slip a row seen elsewhere into this session, and change it."""
    db.session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    db.session.flush()


@pytest.mark.parametrize("way", [way for way in WAYS if way != "join"])
def test_a_family_sees_its_own_files_only(db, two, way):
    mine, other = make.family(), make.family()
    with scope.family(mine.account_id, frozenset({mine.student.id})):
        assert ids(db, WAYS[way](Student)) == {mine.student.id}
        assert ids(db, WAYS[way](Guardianship)) == {mine.guardianship.id}
        assert ids(db, WAYS[way](Guardian)) == {mine.guardian.id}
        assert ids(db, WAYS[way](Loan)) == set()
    with scope.family(other.account_id, frozenset()):
        assert ids(db, WAYS[way](Student)) == set()


def test_a_parent_does_not_see_the_other_parent(db):
    mine = make.family()
    theirs = make.family(mine.student)
    with scope.family(mine.account_id, frozenset({mine.student.id})):
        assert ids(db, select(Guardian.id)) == {mine.guardian.id}
        assert db.session.get(Guardian, theirs.guardian.id) is None


def test_a_family_that_asks_for_rows_of_the_staff_is_a_bug(db):
    mine = make.family()
    with scope.family(mine.account_id, frozenset({mine.student.id})):
        with pytest.raises(OutOfScope):
            db.session.execute(select(jobs.Job.id))
        assert ids(db, by_subquery(jobs.Job)) == set()


def test_a_family_does_not_write_another_students_rows(db):
    mine, other = make.family(), make.family()
    with scope.family(mine.account_id, frozenset({mine.student.id})):
        with pytest.raises(OutOfScope), unit_of_work():
            take(db, other.guardianship, may_sign=False)
        with unit_of_work():
            assert db.session.execute(update(Guardianship).values(kinship="père")).rowcount == 1
    assert make.fresh(other.guardianship).kinship == "mère"


def test_a_family_lets_go_of_its_device_but_takes_no_other(db):
    mine, other = make.family(), make.family()
    loan = make.loan(state=LoanState.APPROVED, student=mine.student)
    device, step = make.device_of(loan), movement(loan)
    with scope.family(mine.account_id, frozenset({mine.student.id})):
        with pytest.raises(OutOfScope), unit_of_work():
            take(db, make.fresh(device), student_id=other.student.id)
        with unit_of_work():
            held = db.session.get_one(Device, device.id)
            held.move("release")
            held.loan_id = held.student_id = None
            db.session.execute(insert(DeviceMovement), [step])
    assert make.fresh(device).student_id is None


def test_a_bulk_update_by_keys_is_refused_since_nothing_narrows_it(db, two):
    here, there = two
    with scope.schools(here.school_id), pytest.raises(OutOfScope), unit_of_work():
        db.session.execute(update(Loan), [{"id": there.id, "note": "vu"}])


def test_every_table_of_a_school_is_scoped_one_way(app):
    kinds = [mapper.class_ for mapper in Base.registry.mappers]
    with_school = {kind for kind in kinds if "school_id" in kind.__table__.columns} - {
        named(kinds, "AuditLine"),
        named(kinds, "CarrierContract"),  # the region's when it names no school: its queries ask for both
    }
    assert with_school
    assert {kind for kind in with_school if not issubclass(kind, SchoolScoped)} == set()
    kinds_of_scope = (StaffScoped, FamilyScoped, OwnAccount)
    assert {kind.__name__ for kind in with_school if sum(issubclass(kind, one) for one in kinds_of_scope) != 1} == set()


def named(kinds, name):
    return next(kind for kind in kinds if kind.__name__ == name)
