"""What can go wrong, on demand: faults for the next calls, or drawn at random with given rates."""

from dataclasses import dataclass, field
from random import Random
from threading import Lock
from typing import Any

FAULTS = (
    "reset_before", "cut_after", "cut_middle", "html_before", "html_after", "slow", "broken", "no_label", "bad_label",
    "busy", "refuse", "refuse400", "html", "limit", "key", "down", "cut",
)  # fmt: skip


@dataclass
class Faults:
    """For one service. A fault may bear a number: `slow:2.5` (seconds), `refuse:30211` (the code)."""

    queue: list[str] = field(default_factory=list)
    rates: dict[str, float] = field(default_factory=dict)
    always: str = ""
    random: Random = field(default_factory=lambda: Random(5))
    lock: Lock = field(default_factory=Lock)

    def next(self) -> tuple[str, str]:
        """The fault of this call and its number; empty when it behaves."""
        with self.lock:
            chosen = self.queue.pop(0) if self.queue else self.always or self._drawn()
        name, _, number = chosen.partition(":")
        return name, number

    def _drawn(self) -> str:
        draw = self.random.random()
        for name, rate in self.rates.items():
            if draw < rate:
                return name
            draw -= rate
        return ""

    def set(self, asked: dict[str, Any]) -> None:
        """Replace what is told; the rest stays. An unknown fault is refused."""
        for name in (*asked.get("next", ()), *asked.get("rates", {}), asked.get("always", "")):
            if name and name.partition(":")[0] not in FAULTS:
                raise ValueError(name)
        with self.lock:
            self.queue = list(asked.get("next", self.queue))
            self.rates = dict(asked.get("rates", self.rates))
            self.always = asked.get("always", self.always)
