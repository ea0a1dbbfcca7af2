"""Whatever the order, whoever else presses, wherever it breaks: the roster is what the file says, or what it was."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.extensions import db as database
from portal.kernel import clock as time
from portal.kernel.errors import DomainError
from portal.platform import scope
from portal.roster import scratch, services
from portal.roster.comparison import Comparison
from portal.roster.known import KnownRoster
from portal.roster.models import RosterImport, RosterLine, Student
from portal.roster.reading.records import Header, Source
from portal.roster.services import Uploaded, applying, history, staging
from portal.roster.states import ImportState
from tests import factories as make
from tests.roster import flow

RECORDS = [
    *flow.town(6),
    flow.student("S0", family_name="Nom0", given_name="Prénom0", class_name="AUTRE"),  # twice, otherwise
    flow.student("S1", family_name="Nom0", given_name="Prénom1", class_name="2DE 1"),  # twice, alike
    flow.guardian("G0-0", name="Parent0 Nom0", email="autre@example.org"),
    flow.link("S9", "G0-0"),
    flow.link("S0", "G0-0", may_sign=False),
]


@pytest.fixture
def school(db):
    del db
    make.campaign()
    return make.school()


@pytest.fixture
def inside(school):
    with scope.schools(school.id):
        yield school


def said(records):
    """What a comparison with an empty school says, without where it was read."""
    comparison = Comparison(
        KnownRoster(), header=Header(source=Source.SIECLE), kinds=flow.WHOLE, today=time.now().date()
    )
    lines = {}
    for record in records:
        for line in comparison.take(record):
            lines[line["kind"], line["record_key"]] = (line["verdict"], line["given"])
    for line in comparison.end():
        lines[line["kind"], line["record_key"]] = (line["verdict"], line["given"])
    return lines, {kind: +counts for kind, counts in comparison.counts.items()}


@given(st.permutations(RECORDS))
@settings(max_examples=60)
def test_the_order_of_the_records_changes_nothing(records):
    assert said(records) == said(RECORDS)


@given(st.permutations(RECORDS))
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_the_files_changes_nothing_in_the_database(inside, records):
    flow.bring(RECORDS, school_id=inside.id, typed=inside.uai)
    wanted = flow.content(inside.id)
    other = make.school()
    with scope.schools(other.id):
        flow.bring(records, school_id=other.id)
    assert without_school(flow.content(other.id), other.id) == without_school(wanted, inside.id)


def without_school(content, school_id):
    return {
        name: [tuple("·" if value == str(school_id) else value for value in row) for row in rows]
        for name, rows in content.items()
        if name != "links"
    }


def test_two_people_who_apply_at_once_apply_once(app, inside):
    asked = flow.stage(flow.town(), school_id=inside.id)

    now = time.now()

    def press(_):
        with time.frozen(now), app.app_context(), scope.schools(inside.id):
            try:
                services.apply(asked.public_id)
            except DomainError as refusal:
                return refusal.message
            return "applied"

    database.session.rollback()
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(press, range(4)))
    assert told.count("applied") == 1, told
    assert len(make.every(Student)) == 30


@pytest.mark.parametrize("broken", ["_add", "_change", "_add_links"])
def test_broken_in_the_middle_nothing_is_applied(inside, monkeypatch, broken):
    flow.bring(flow.town(10), school_id=inside.id)
    before = flow.dump("student", "guardian", "guardianship", "roster_import", "roster_line", "audit_line", "outbox")
    asked = flow.stage(flow.town(), school_id=inside.id)
    staged = flow.dump("student", "guardian", "guardianship", "roster_import", "roster_line", "audit_line", "outbox")
    real, calls = getattr(applying, broken), []

    def once_then_break(*arguments):
        calls.append(real(*arguments))
        raise RuntimeError("the machine stops")

    monkeypatch.setattr(applying, broken, once_then_break)
    with pytest.raises(RuntimeError):
        services.apply(asked.public_id)
    assert calls
    assert flow.dump(*before) == staged
    assert make.fresh(asked).state is ImportState.STAGED


def test_a_reading_killed_in_the_middle_starts_again_from_nothing(inside, monkeypatch):
    monkeypatch.setattr(staging, "CHUNK", 10)

    class Killed(BaseException):
        """What no handler catches."""

    def killed():
        yield from flow.town()
        raise Killed

    asked = services.receive(school_id=inside.id, uploads=[Uploaded(name="a.xml", sha256="0" * 64)], by_worker=False)
    with pytest.raises(Killed):
        services.compare(asked.id, read=lambda _: flow.reading(killed()), check=lambda _: None)
    assert make.fresh(asked).state is ImportState.READING
    assert make.fresh(asked).lines_read > 0
    services.compare(asked.id, read=lambda _: flow.reading(flow.town()), check=lambda _: None)
    assert make.fresh(asked).state is ImportState.STAGED
    assert len(make.every(RosterLine, import_id=asked.id)) == len(flow.town())


def test_an_import_given_up_while_it_is_read_stops(inside, monkeypatch):
    monkeypatch.setattr(staging, "CHUNK", 10)
    asked = services.receive(school_id=inside.id, uploads=[Uploaded(name="a.xml", sha256="0" * 64)], by_worker=False)

    def given_up():
        for rank, record in enumerate(flow.town()):
            if rank == 40:
                services.discard(asked.public_id)
            yield record

    services.compare(asked.id, read=lambda _: flow.reading(given_up()), check=lambda _: None)
    assert make.fresh(asked).state is ImportState.DISCARDED
    assert make.every(RosterLine) == []


def test_an_apply_and_an_undo_send_as_many_statements_for_few_as_for_many(inside, count_statements):
    counts = []
    for size in (48, 120):
        first = flow.bring(flow.town(size), school_id=inside.id, typed=inside.uai)
        changed = [
            flow.student(one.source_id, family_name=one.family_name, given_name=one.given_name, class_name="TLE", **some(one))
            if hasattr(one, "birth_date") else one for one in flow.town(size)[: -size // 8]
        ]  # fmt: skip
        asked = flow.stage([*changed, *flow.family()], school_id=inside.id)
        with count_statements() as apply:
            services.apply(asked.public_id, typed=inside.uai)
        with count_statements() as undo:
            services.undo(asked.public_id)
        services.undo(first.public_id)
        counts.append((apply.count, undo.count))
    assert counts[0] == counts[1]


def some(one):
    """Not every student changes in the same columns."""
    rank = int(one.source_id[1:])
    return [{}, {"email": f"e{rank}@example.org"}, {"ine": f"{rank:09d}AB"}][rank % 3]


def test_staging_sends_as_many_statements_for_few_as_for_many(inside, count_statements):
    counts = []
    for size in (8, 120):
        with count_statements() as sql:
            flow.stage(flow.town(size), school_id=inside.id)
        counts.append(sql.count)
    assert counts[0] == counts[1]


def test_two_schools_may_use_the_same_keys(inside):
    flow.bring(flow.family(), school_id=inside.id)
    other = make.school()
    with scope.schools(other.id):
        asked = flow.bring(flow.family(), school_id=other.id)
        assert flow.numbers(asked)["students"] == {"created": 1}
    assert [one.number for one in make.every(RosterImport)] == [1, 1]


def test_slices_and_shelves_of_any_size_do_the_same(inside, monkeypatch):
    """A region's list takes many slices, and shelves that no longer fit at hand: here seven lines do."""
    flow.bring(flow.town(20), school_id=inside.id)
    before = flow.content(inside.id)
    whole = flow.numbers(flow.stage(flow.town(), school_id=inside.id))
    monkeypatch.setattr(history, "SLICE", 7)
    monkeypatch.setattr(scratch, "FRESH", 7)
    asked = flow.stage(flow.town(), school_id=inside.id)
    assert flow.numbers(asked) == whole
    services.apply(asked.public_id, typed=inside.uai)
    assert len(make.every(Student)) == 30
    services.undo(asked.public_id)
    assert flow.content(inside.id) == before
