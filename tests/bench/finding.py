"""One device among all: `python -m tests.bench.finding --database URL`, an address that tests.bench.generate has filled.

Each way of searching, asked by the region, which sees every lycée, and by one lycée: the two statements of the list.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from portal.extensions import db
from portal.factory import create_app
from portal.platform import scope
from portal.platform.tables import Wish
from portal.stock import queries
from tests.bench.measure import Line, cpu, in_turns, table
from tests.bench.pages import searches
from tests.bench.rig import recorded
from tests.databases import settings

SOMEWHERE = 178
"""A lycée in the middle of the programme's 355."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the median, the 95th centile and the number of statements of each search."""
    read = argparse.ArgumentParser(prog="python -m tests.bench.finding", description=__doc__.splitlines()[0])
    read.add_argument("--database", required=True, help="address of a region that tests.bench.generate has filled")
    read.add_argument("--rounds", type=int, default=15)
    given = read.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings(Path(folder), given.database, log_level="ERROR"))
        with app.app_context():
            whole = partial(scope.every_school, reason="benchmark")
            lines = [
                *measured("region", whole, given.rounds),
                *measured("one lycée", partial(scope.schools, SOMEWHERE), given.rounds),
            ]
    print(table(lines))
    return 0


def measured(who: str, seen: partial[AbstractContextManager[None]], rounds: int) -> list[Line]:
    """A line for each way of searching."""
    with scope.every_school(reason="benchmark"):
        ways = [*searches(), ("everything", "")]
    return [_line(f"{who}: {how}", typed, seen, rounds) for how, typed in ways]


def _line(name: str, typed: str, seen: partial[AbstractContextManager[None]], rounds: int) -> Line:
    found: list[int] = []

    def search() -> None:
        db.session.remove()
        with seen():
            found.append(queries.devices(Wish(query={"recherche": typed} if typed else {}, sort="etiquette")).total)

    with recorded() as sent:
        search()
    count = sent.count
    (times,) = in_turns(search, rounds=rounds)
    note = f"{found[0]:,} found; {cpu(search, times=rounds):.1f} ms of processor, PostgreSQL's own apart"
    return Line(name, times, statements=count, note=note)


if __name__ == "__main__":
    sys.exit(main())
