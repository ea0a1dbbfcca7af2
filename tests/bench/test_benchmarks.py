"""Every benchmark runs, on the smallest region; no time is asserted: a slow machine is not a fault."""

from functools import partial

import pytest

from portal.platform import scope
from tests.bench import approval, finding, handing_out, lots, pages, rosters, scan, signing, slips
from tests.bench.measure import Line, in_turns, table
from tests.bench.rig import Rig
from tests.bench.world import Size

PAGES = pages.Effort(rounds=1, each=1, seconds=0.2)


@pytest.fixture(scope="module")
def rig():
    with Rig(Size.scaled(0.002)) as made:
        yield made


def test_each_page_that_the_portal_has_is_measured_against_a_bare_one(rig):
    lines = pages.run(rig, "sqlite", PAGES)
    assert len(lines) == 2 * len(pages.asked(rig.portal("sqlite"))) >= 2
    assert all(line.ratio and line.statements for line in lines)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_an_approval_takes_as_many_statements_for_five_as_for_twenty(rig, engine):
    few, many = approval.run(rig, engine, approval.Effort(rounds=1, sizes=(5, 20)))
    assert few.statements == many.statements


def test_no_kit_is_prepared_twice_when_eight_desks_scan_the_same(rig):
    assert len(scan.run(rig, "sqlite", scan.Effort(alone=2, served=8))) == 3


def test_nothing_is_handed_out_twice_however_many_stations_hurry(rig):
    effort = handing_out.Effort(alone=2, paced=6, served=12, each_lycee=2, attempts=48)
    checks = [check for line in handing_out.run(rig, "sqlite", effort) for check in line.checks]
    assert len(checks) == 3
    assert all(check.figure > 0 for check in checks if check.budget)
    assert str(checks[2]) == "held    devices lent twice in 48 racing attempts, sqlite: 0.0 devices (at most 0)"


def test_each_signature_queues_its_seal_and_is_then_sealed_and_stamped(rig):
    lines = signing.run(rig, "sqlite", signing.Effort(signatures=2))
    assert [len(line.times) for line in lines] == [2, 2, 2, 2]
    assert [len(done.times) for done in signing.sealing(signing.Effort(sealed=1))] == [1, 1]


def test_a_lot_is_announced_received_in_part_and_undone_and_a_device_is_found(rig, tmp_path):
    app = rig.portal("sqlite")
    with app.app_context(), scope.every_school(reason="benchmark"):
        assert list(lots.walk(app, tmp_path / "lot.xlsx", 12))[-1] == "undo"
        lines = finding.measured("region", partial(scope.every_school, reason="benchmark"), 1)
    assert {line.statements for line in lines} == {2}


def test_slips_and_labels_are_printed():
    assert [line.ratio is not None for line in slips.run(slips.Effort(count=2))] == [True] * 4


def test_files_of_students_are_read_to_the_last_record():
    siecle, table = rosters.run(rosters.Effort(students=50, rows=20, rounds=1))
    assert "50 StudentRecord" in siecle.note
    assert "20 GuardianRecord, 20 LinkRecord, 10 StudentRecord" in table.note


def test_times_are_taken_in_turns_after_one_that_does_not_count():
    calls = []
    times = in_turns(lambda: calls.append("subject"), lambda: calls.append("bare"), rounds=2)
    assert calls == ["subject", "bare"] * 3
    assert [len(taken) for taken in times] == [2, 2]


def test_the_table_shows_the_median_the_95th_centile_and_the_ratio_to_the_bare_median():
    shown = table([Line("a page", [10.0, 20.0, 30.0], [4.0], "nothing", 3)]).splitlines()[1]
    assert shown.split() == ["a", "page", "20.0", "29.0", "3", "4.00", "×", "5.0", "nothing"]
