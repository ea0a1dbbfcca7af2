"""Times, taken in turns: baseline, subject, baseline… so that a busy machine slows both alike."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

Act = Callable[[], object]


def say(line: str) -> None:
    """A line of progress, apart from the results."""
    print(line, file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class Check:
    """A figure beside its budget: at most (`least` false) or at least so much."""

    name: str
    figure: float
    unit: str
    budget: float
    least: bool = False

    @property
    def held(self) -> bool:
        return self.figure >= self.budget if self.least else self.figure <= self.budget

    def __str__(self) -> str:
        bound = "at least" if self.least else "at most"
        word = "held" if self.held else "MISSED"
        return f"{word:6}  {self.name}: {self.figure:,.1f} {self.unit} ({bound} {self.budget:,g})"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the results. Times in milliseconds; `bare` is the baseline's median, measured in the same run."""

    name: str
    times: Sequence[float]
    bare: Sequence[float] = ()
    against: str = ""
    statements: int | None = None
    note: str = ""
    checks: Sequence[Check] = ()

    @property
    def middle(self) -> float:
        return median(self.times)

    @property
    def p95(self) -> float:
        return p95(self.times)

    @property
    def ratio(self) -> float | None:
        """How many times the baseline."""
        return self.middle / median(self.bare) if self.bare else None

    def cells(self) -> tuple[str, ...]:
        return (
            self.name,
            f"{self.middle:.1f}",
            f"{self.p95:.1f}",
            "" if self.statements is None else str(self.statements),
            f"{median(self.bare):.2f}" if self.bare else "",
            f"× {self.ratio:.1f}" if self.ratio else "",
            " ".join(filter(None, (self.against, self.note))),
        )


def p95(times: Sequence[float]) -> float:
    """Their 95th centile."""
    return quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


HEADERS = ("", "median ms", "p95 ms", "statements", "bare ms", "ratio", "bare: what; and more")


LEAST = (38, 9, 9, 10, 8, 7, 0)
"""Widths of the columns, so that the tables of several benchmarks stand one under the other."""


def milliseconds(act: Act) -> float:
    """How long an act takes."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def in_turns(*acts: Act, rounds: int, each: int = 1) -> list[list[float]]:
    """The times of several acts, taken in turns after one of each that does not count."""
    for act in acts:
        act()
    times: list[list[float]] = [[] for _ in acts]
    for _ in range(rounds):
        for act, taken in zip(acts, times, strict=True):
            taken += [milliseconds(act) for _ in range(each)]
    return times


def cpu(act: Act, *, times: int) -> float:
    """Median of the processor's time, in milliseconds: what other programs do on the machine does not count."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        act()
        taken.append((time.process_time() - began) * 1000)
    return median(taken)


def table(lines: Sequence[Line]) -> str:
    """The results, aligned."""
    rows = [HEADERS, *(line.cells() for line in lines)]
    widths = [max(least, *(len(row[place]) for row in rows)) for place, least in enumerate(LEAST)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if 0 < place < len(HEADERS) - 1 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
