"""A lycée's SIECLE exports and a region's CSV, read to the last record, against the bare parser on the same files."""

import csv
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lxml import etree

from portal.roster.reading import Mapping, NeedsMapping, Upload, open_upload
from portal.roster.reading.records import Reading
from tests.bench.measure import Line, say
from tests.rosters import people, siecle, tables

Counted = tuple[float, float, float, dict[str, int]]
"""Seconds of processor, seconds, megabytes at the peak above what the program took before, and how many records."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How many students in SIECLE's exports, how many rows in the CSV, how many times."""

    students: int = 2_000
    rows: int = 200_000
    rounds: int = 3


def run(effort: Effort) -> list[Line]:
    """Milliseconds of processor for a whole file, each time in a new process, so that its memory is its own."""
    say(f"{effort.students:,} students of SIECLE, {effort.rows:,} rows of CSV")
    with TemporaryDirectory() as folder:
        exports = siecle.write(Path(folder), siecle.files(people.roster(students=effort.students)))[:-1]
        table = tables.write_csv(Path(folder) / "eleves.csv", _rows(effort.rows))
        return [
            _line("SIECLE, read whole", exports, bare_xml, "lxml, events only;", effort.rounds),
            _line(f"CSV of {effort.rows:,} rows, read whole", [table], bare_csv, "csv.reader;", 1),
        ]


def read_whole(paths: list[Path]) -> Counted:
    """As the worker does: recognise, agree with the proposals, take every record."""
    before, began, processor = _megabytes("VmRSS"), time.perf_counter(), time.process_time()
    uploads = [Upload(path.name, path) for path in paths]
    found = open_upload(uploads)
    if isinstance(found, NeedsMapping):
        found = open_upload(uploads, mapping=Mapping(found.proposals))
    assert isinstance(found, Reading)
    counts = Counter(type(record).__name__ for record in found.records)
    seconds, busy = time.perf_counter() - began, time.process_time() - processor
    return busy, seconds, _megabytes("VmHWM") - before, dict(counts)


def bare_xml(paths: list[Path]) -> Counted:
    began = time.process_time()
    for path in paths:
        for _, node in etree.iterparse(path):
            node.clear()
    return time.process_time() - began, 0, 0, {}


def bare_csv(paths: list[Path]) -> Counted:
    began = time.process_time()
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for _ in csv.reader(stream, delimiter=";"):
                pass
    return time.process_time() - began, 0, 0, {}


def _line(name: str, paths: list[Path], bare: Callable[[list[Path]], Counted], against: str, rounds: int) -> Line:
    bares = [_apart(bare, paths)[0] * 1000 for _ in range(rounds)]
    whole = [_apart(read_whole, paths) for _ in range(rounds)]
    size = sum(path.stat().st_size for path in paths) / 1e6
    seconds, peak, counts = min(taken[1] for taken in whole), max(taken[2] for taken in whole), whole[0][3]
    said = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.items()))
    note = f"{seconds:.1f} s at best; {size:.1f} MB, {peak:.0f} MB more at the peak; {said}"
    return Line(f"{name}, processor", [taken[0] * 1000 for taken in whole], bares, against, None, note)


def _apart(act: Callable[[list[Path]], Counted], paths: list[Path]) -> Counted:
    """In a new process: what another file left in memory would hide this one's peak."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(act, paths).result()


def _megabytes(what: str) -> float:
    """`VmRSS` (now) or `VmHWM` (the most so far) of this process, as Linux counts them; elsewhere nothing is seen."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith(what)), 0.0)


def _rows(count: int) -> Iterator[list[str]]:
    """Two rows per student, one for each guardian: everything differs, as in a real region."""
    yield list(tables.HEADER)
    for number in range(count):
        student, father = number // 2, number % 2
        family, given = people.FAMILY[student % len(people.FAMILY)], people.GIVEN[student % len(people.GIVEN)]
        born = f"{student % 28 + 1:02d}/{student % 12 + 1:02d}/{2008 + student % 3}"
        who = [family, people.GIVEN[number % 37], "Père" if father else "Mère", "oui"]
        reached = [f"p{number}@example.org", people.mobile(number)]
        home = [f"{number % 120} {people.STREETS[number % 5]}", "", *people.TOWNS[number % 4], "FRANCE"]
        yield [family, given, born, f"{student:09d}AB", "2DE A", "2de GT", "", "", *who, *reached, *home]
