"""A use-case is a transaction: state, audit trail and outbox in one commit, or nothing at all."""

import threading
from dataclasses import dataclass
from typing import ClassVar

import pytest
from sqlalchemy import event, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from portal.kernel import clock as time
from portal.kernel.events import Event
from portal.platform import actor, outbox, work
from portal.platform.audit import AuditLine
from portal.platform.outbox import OutboxRow, OutboxState
from portal.platform.work import emit, unit_of_work, use_case
from portal.schools.models import Region
from tests import factories as make
from tests.visitor import apart


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionOpened(Event):
    sentence: ClassVar[str] = "Région ouverte"

    code: str

    @property
    def subject(self):
        return f"region:{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nobodys(Event):
    sentence: ClassVar[str] = "Rien à faire"


@pytest.fixture(autouse=True)
def handled():
    """Somebody acts upon `RegionOpened`, nobody upon `Nobodys`."""
    outbox.on(RegionOpened)(lambda event, key: None)
    yield
    del outbox.HANDLERS[RegionOpened]


@use_case
def opened(db, code, *, delay=0):
    db.session.add(Region(code=code, name=f"Région {code}", profile={}))
    emit(RegionOpened(school_id=None, code=code), delay=delay)
    emit(Nobodys(school_id=None))


def codes():
    return {region.code for region in make.every(Region)}


def test_state_audit_and_outbox_are_kept_together(db):
    signature = actor.Signature(kind="account", account_id=7, role="region")
    with actor.acting(signature):
        opened(db, "44")
    assert codes() == {"44"}
    assert make.trail("region:44") == ["RegionOpened"]
    assert make.trail() == ["RegionOpened", "Nobodys"]
    line = make.every(AuditLine, kind="RegionOpened")[0]
    assert (line.account_id, line.role, line.actor, line.at) == (7, "region", "account", time.now())
    (row,) = make.outbox()
    assert (row.kind, row.payload, row.state) == (
        "RegionOpened",
        {"school_id": None, "code": "44"},
        OutboxState.WAITING,
    )


def test_there_is_one_commit_for_all_of_it(db):
    ends = []
    note = ends.append
    event.listen(db.engine, "commit", note)
    try:
        opened(db, "44")
    finally:
        event.remove(db.engine, "commit", note)
    assert len(ends) == 1


def test_a_delay_is_the_time_to_change_ones_mind(db):
    opened(db, "44", delay=600)
    (row,) = make.outbox()
    assert (row.due_at - row.created_at).total_seconds() == 600


@pytest.mark.parametrize("trouble", [ValueError, KeyboardInterrupt])
def test_an_exception_leaves_nothing_behind(db, trouble):
    @use_case
    def fail():
        opened(db, "44")
        raise trouble

    with pytest.raises(trouble):
        fail()
    assert (codes(), make.trail(), make.outbox()) == (set(), [], [])


def test_a_row_that_the_database_refuses_takes_the_events_with_it(db):
    opened(db, "44")
    with pytest.raises(IntegrityError):
        opened(db, "44")
    assert len(make.trail("region:44")) == len(make.outbox()) == 1


def test_a_use_case_inside_another_joins_it(db):
    @use_case
    def both():
        opened(db, "44")
        assert codes_seen_by_others() == set()
        opened(db, "76")

    def codes_seen_by_others():
        return apart(others, db.engine)

    both()
    assert codes() == {"44", "76"}


def others(engine):
    with engine.connect() as link:
        return set(link.execute(text("SELECT code FROM region")).scalars())


def test_nothing_is_told_outside_a_use_case(app):
    with pytest.raises(RuntimeError, match="outside"):
        emit(Nobodys(school_id=None))


def test_reading_forbids_a_use_case(db):
    with work.read_only(), pytest.raises(RuntimeError, match="must not change"):
        opened(db, "44")
    opened(db, "44")


def test_a_batch_of_events_costs_two_statements(db, count_statements):
    with count_statements() as sql, unit_of_work():
        for number in range(50):
            emit(RegionOpened(school_id=None, code=str(number)))
    assert sql.count == 2, sql


def test_a_use_case_reads_the_present(db):
    make.region()
    assert len(db.session.scalars(select(Region.id)).all()) == 1
    apart(add_region, db.engine)
    with unit_of_work():
        assert len(db.session.scalars(select(Region.id)).all()) == 2


def add_region(engine):
    with engine.begin() as link:
        link.execute(insert(Region).values(code="76", name="Occitanie", profile={}))


def test_a_waiting_row_is_withdrawn_a_dispatched_one_is_not(db):
    opened(db, "44")
    opened(db, "76")
    with unit_of_work():
        row = db.session.query(OutboxRow).filter_by(subject="region:76").one()
        row.state = OutboxState.DISPATCHED
    with unit_of_work():
        assert outbox.withdraw([RegionOpened], ["region:44", "region:76", "region:93"]) == {"region:44"}
    states = {row.subject: row.state for row in make.outbox()}
    assert states == {"region:44": OutboxState.WITHDRAWN, "region:76": OutboxState.DISPATCHED}


SUBJECTS = [f"region:{number:02d}" for number in range(20)]


def take_back(db, subject):
    return outbox.withdraw([RegionOpened], [subject])


def claim(db, subject):
    wanted = (OutboxRow.subject == subject, OutboxRow.state == OutboxState.WAITING)
    done = db.session.execute(update(OutboxRow).where(*wanted).values(state=OutboxState.DISPATCHED))
    return {subject} if done.rowcount else set()


def test_withdrawing_and_claiming_at_the_same_time_have_one_winner(app, db):
    """Twenty rows, two rivals: whatever the order, a row is either taken back or acted upon, never both."""
    for subject in SUBJECTS:
        opened(db, subject.partition(":")[2])
    db.session.rollback()
    won, ready = {take_back: set(), claim: set()}, threading.Barrier(2)

    def rival(attempt):
        with app.app_context():
            for subject in SUBJECTS:
                ready.wait(10)
                with unit_of_work():
                    won[attempt] |= attempt(db, subject)

    rivals = [threading.Thread(target=rival, args=(attempt,)) for attempt in won]
    for thread in rivals:
        thread.start()
    for thread in rivals:
        thread.join(30)
    assert won[take_back] | won[claim] == set(SUBJECTS)
    assert won[take_back] & won[claim] == set()
