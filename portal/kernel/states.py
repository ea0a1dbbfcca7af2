"""One table per life cycle: from where to where a thing may move, and nothing else.

Conditions belong to `rules.py`, effects to `services.py`. The diagrams of the README are printed from these tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from portal.kernel.errors import IllegalTransition

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Transition(Generic[S]):
    """A named move, allowed from each of `sources`, that ends in `target`."""

    name: str
    sources: tuple[S, ...]
    target: S


class LifeCycle(Generic[S]):
    """The moves of one kind of thing; `ends` are the states that nothing leaves."""

    def __init__(self, title: str, initial: S, transitions: Iterable[Transition[S]]) -> None:
        self.title, self.initial = title, initial
        self.transitions = {transition.name: transition for transition in transitions}
        self.states = type(initial)
        sources = {source for transition in self.transitions.values() for source in transition.sources}
        self.ends = frozenset(set(self.states) - sources)

    def allows(self, name: str, state: S) -> bool:
        """Whether the move `name` may start from `state`."""
        return state in self.transitions[name].sources

    def after(self, name: str, state: S) -> S:
        """The state after the move, or `IllegalTransition`."""
        if not self.allows(name, state):
            raise IllegalTransition(self.title, name, state)
        return self.transitions[name].target

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram, stable from one run to the next."""
        edges = [
            f"    {source} --> {transition.target}: {transition.name}"
            for transition in self.transitions.values()
            for source in transition.sources
        ]
        ends = [f"    {state} --> [*]" for state in self.states if state in self.ends]
        return "\n".join(["stateDiagram-v2", f"    [*] --> {self.initial}", *edges, *ends])
