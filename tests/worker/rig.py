"""A worker with handlers made for tests: `python -m tests.worker.rig`. What they do is seen in a file of the home."""

import os
import sys
from dataclasses import dataclass
from typing import ClassVar

from flask import current_app

from portal.kernel.events import Event
from portal.platform.outbox import on


@dataclass(frozen=True, slots=True, kw_only=True)
class Poked(Event):
    """Only a network handler."""

    sentence: ClassVar[str] = "Essai"
    number: int

    @property
    def subject(self):
        return f"poke:{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Event):
    """A plain handler: it writes a row in its own transaction."""

    sentence: ClassVar[str] = "Compte"
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken(Event):
    """Its handler always fails, with somebody's address in the message."""

    sentence: ClassVar[str] = "Panne"
    number: int


class Unreachable(RuntimeError):
    pass


def note(line: str) -> None:
    with (current_app.config["SETTINGS"].home / "poked.txt").open("a") as file:
        file.write(f"{line}\n")


@on(Poked, network=True)
def poke(event: Poked, key: str) -> None:
    note(f"{event.number} {key} {os.getpid()}")


@on(Counted)
def count(event: Counted, key: str) -> None:
    from portal.extensions import db
    from portal.kernel import clock
    from portal.platform.sessions import WebSession

    now = clock.now()
    db.session.add(WebSession(id_hash=f"{event.number}-{os.urandom(6).hex()}", data="{}", created_at=now, seen_at=now))


@on(Broken)
def fail(event: Broken, key: str) -> None:
    note(f"broken {event.number}")
    raise Unreachable("jeanne@example.org cannot be reached")


if __name__ == "__main__":
    from portal.worker import engine
    from portal.worker.__main__ import main

    engine.Retry.WAITS = (0.2, 0.2)
    code = main()
    sys.stderr.flush()
    os._exit(code)
