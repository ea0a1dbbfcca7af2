"""A roster previewed and applied: `python -m tests.bench.imports [--students 2000] [--database sqlite|postgresql] [--csv ROWS]`.

The budget: 2,000 students and 3,500 guardians previewed in 5 s, applied in 5 s, under 150 MB; 200,000 rows of CSV streamed
in 60 s. Run in a process of its own, so that its peak of memory is that of the import and of the portal around it.
"""

import argparse
import gc
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from portal.platform import scope
from portal.roster import services, uploads
from portal.roster.models import RosterImport
from portal.roster.reading import Upload
from portal.roster.services import Uploaded
from tests import factories as make
from tests.databases import Databases
from tests.rosters import people, siecle

T = TypeVar("T")
Clock = Callable[[], tuple[float, float]]
"""Seconds of processor so far: ours, and the database server's."""

HEADER = "Nom;Prénom;Né(e) le;Classe;Nom responsable 1;Prénom responsable 1;Mail responsable 1;Portable responsable 1\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what each step took."""
    read = argparse.ArgumentParser(prog="python -m tests.bench.imports", description=__doc__.splitlines()[0])
    read.add_argument("--students", type=int, default=2_000)
    read.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    read.add_argument("--csv", type=int, default=0, help="rows of a table instead of SIECLE's files")
    given = read.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), given.database, students=given.students, rows=given.csv)
    return 0


def measure(folder: Path, engine: str, *, students: int, rows: int = 0) -> dict[str, float]:
    """Seconds of each step, by name."""
    databases = Databases(folder)
    taken: dict[str, float] = {}
    clock = partial(busy, databases)
    try:
        app = databases.portal(engine)
        gc.freeze()  # as the worker does
        with app.app_context():
            make.region(), make.campaign()
            school = make.school()
            files = table(folder, rows) if rows else exports(folder, school.uai, students)
            with scope.schools(school.id):
                say("before")
                asked = timed(taken, clock, "preview of a first file", lambda: previewed(files, school.id))
                timed(taken, clock, "apply", lambda: services.apply(asked.public_id))
                again = timed(taken, clock, "preview of the same file again", lambda: previewed(files, school.id))
                timed(taken, clock, "apply, nothing to change", lambda: services.apply(again.public_id))
                print({kind: dict(counts) for kind, counts in (make.fresh(asked).counts or {}).items()})
                timed(taken, clock, "undo", lambda: services.undo(asked.public_id))
    finally:
        databases.close()
    return taken


def timed(taken: dict[str, float], clock: Clock, name: str, act: Callable[[], T]) -> T:
    """Do something, and keep and print how long it took."""
    began, (ours, theirs) = time.perf_counter(), clock()
    done = act()
    taken[name] = time.perf_counter() - began
    later = clock()
    server = f" and {later[1] - theirs:.2f} s of the server's" if later[1] else ""
    say(f"{name}: {taken[name]:.2f} s, of which {later[0] - ours:.2f} s of processor{server}")
    return done


def busy(databases: Databases) -> tuple[float, float]:
    """Seconds of processor that this process has used, and PostgreSQL's own processes (Linux only)."""
    theirs = 0
    for stat in Path("/proc").glob("[0-9]*/stat") if databases.server else ():
        with suppress(OSError):  # a process that has just ended
            _, _, fields = stat.read_text().rpartition(") ")
            parent, used = int(fields.split()[1]), sum(map(int, fields.split()[11:13]))
            theirs += used if parent == databases.server.server.get_pid() else 0
    return time.process_time(), theirs / os.sysconf("SC_CLK_TCK")


def say(text: str) -> None:
    """With the most memory that this process has had."""
    print(f"{text} ({resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB)", flush=True)


def previewed(files: Sequence[Path], school_id: int) -> RosterImport:
    """Read and compare, as the worker does."""
    noted = [Uploaded(name=file.name, sha256="0" * 64) for file in files]
    asked = services.receive(school_id=school_id, uploads=noted, by_worker=False)
    uploads.compare_at_once(asked.id, [Upload(file.name, file) for file in files], school_id=school_id)
    done = make.fresh(asked)
    assert done.counts, done.sentence
    return done


def exports(folder: Path, uai: str, students: int) -> list[Path]:
    """SIECLE's three files."""
    made = siecle.files(people.roster(uai=uai, students=students))
    for name, content in made.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in made]


def table(folder: Path, rows: int) -> list[Path]:
    """One row a student, with a guardian."""
    path = folder / "eleves.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for n in range(rows):
            day = f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/{2008 + n % 4}"
            file.write(
                f"Nom{n};Prénom{n % 97};{day};2DE {n % 40};Nom{n};Parent;p{n}@example.org;06 39 98 {n // 100 % 100:02d} {n % 100:02d}\n"
            )
    return [path]


if __name__ == "__main__":
    sys.exit(main())
