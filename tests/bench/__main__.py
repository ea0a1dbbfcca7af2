"""`python -m tests.bench [pages|approval|scan|handout|signing|slips|rosters …] [--scale 0.02] [--database sqlite|postgresql|both]`."""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence

from tests.bench import approval, handing_out, pages, rosters, scan, signing, slips
from tests.bench.measure import Line, table
from tests.bench.rig import Rig
from tests.bench.world import Size

SMALL = 0.02
"""Seven lycées as big as real ones: the default ends within four minutes on two cores. `--scale 1` is the programme's."""

ENGINES = ("sqlite", "postgresql")
ON_DATABASES: dict[str, Callable[[Rig, str], list[Line]]] = {
    "pages": lambda rig, engine: pages.run(rig, engine, pages.Effort()),
    "approval": lambda rig, engine: approval.run(rig, engine, approval.Effort()),
    "scan": lambda rig, engine: scan.run(rig, engine, scan.Effort()),
    "handout": lambda rig, engine: handing_out.run(rig, engine, handing_out.Effort.at(rig.size)),
    "signing": lambda rig, engine: signing.run(rig, engine, signing.Effort()),
}
ALL = (*ON_DATABASES, "slips", "rosters")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for, everything by default; what is known is printed at once."""
    read = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure the portal on full-size data.")
    read.add_argument("what", nargs="*", metavar="|".join(ALL), help="default: everything")
    read.add_argument("--scale", type=float, default=SMALL, help=f"1 is the whole programme; default {SMALL}")
    read.add_argument("--database", choices=(*ENGINES, "both"), default="both")
    given = read.parse_args(arguments)
    if unknown := set(given.what) - set(ALL):
        read.error(f"unknown: {', '.join(sorted(unknown))}; choose among {', '.join(ALL)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started ends too
    began = time.perf_counter()
    engines = ENGINES if given.database == "both" else (given.database,)
    size = Size.scaled(given.scale)
    print(f"{size.schools} lycées, {size.students:,} students, {size.devices:,} devices\n", flush=True)
    for lines in measured(given.what or ALL, engines, size):
        print(table(lines), flush=True)
        for check in (check for line in lines for check in line.checks):
            print(check, flush=True)
    print(f"\n{time.perf_counter() - began:.0f} s in all; how to read this: tests/bench/README.md")
    return 0


def measured(what: Sequence[str], engines: Sequence[str], size: Size) -> Iterator[list[Line]]:
    """The lines of each benchmark on each engine, as they come."""
    if names := [name for name in ON_DATABASES if name in what]:
        with Rig(size) as rig:
            for name in names:
                for engine in engines:
                    yield ON_DATABASES[name](rig, engine)
    if "signing" in what:
        yield signing.sealing(signing.Effort())
    if "slips" in what:
        yield slips.run(slips.Effort())
    if "rosters" in what:
        yield rosters.run(rosters.Effort())


if __name__ == "__main__":
    sys.exit(main())
