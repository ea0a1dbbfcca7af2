"""The loop of a worker: take what is due, tell that it lives, look after what was forgotten; stop when asked."""

import fcntl
import signal
from contextlib import contextmanager
from threading import Event
from time import perf_counter
from typing import IO, TYPE_CHECKING, Final
from uuid import uuid4

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal.config import Settings
from portal.worker import claims, engine, life

if TYPE_CHECKING:
    from collections.abc import Iterator

log: Final = structlog.get_logger()

POLL_SECONDS: Final = 0.2
"""Time between two looks at the outbox: a person sees the effect of an action at once."""

BEAT_SECONDS: Final = 5.0
PATIENCE: Final = 5
"""Seconds that running handlers have when the worker is asked to stop."""

BATCH: Final = 100
AFTER_TROUBLE: Final = 2.0
_ALONE: Final = "alone"


class AlreadyRunning(RuntimeError):
    """The embedded database has one worker; a second one is refused at once."""


class Worker:
    """One worker process."""

    def __init__(self, app: Flask) -> None:
        self.app, self.settings = app, _settings(app)
        self.embedded = self.settings.database_url.startswith("sqlite")
        self.identity = _ALONE if self.embedded else uuid4().hex
        self.stopping = Event()
        self.next_beat = 0.0

    def run(self) -> None:
        """Work until `stop`."""
        with self._only_one():
            engine.start(self.app, url=self.settings.worker_url, identity=self.identity)
            log.info("worker.started")
            wait = 0.0
            while not self.stopping.wait(wait):
                wait = self._turn()
            engine.stop(patience=PATIENCE)
            log.info("worker.stopped")

    def stop(self, *_signal: object) -> None:
        """Finish what is running, then leave; also a signal handler."""
        self.stopping.set()

    def _turn(self) -> float:
        """One turn; returns the seconds to wait. A database that does not answer is waited for."""
        try:
            with self.app.app_context():
                if perf_counter() >= self.next_beat:
                    self._look_after()
                    self.next_beat = perf_counter() + BEAT_SECONDS
                taken = claims.take(BATCH)
                for claim in taken:
                    engine.enqueue(claim)
        except SQLAlchemyError as trouble:
            log.warning("worker.database", error=type(trouble).__name__)
            return AFTER_TROUBLE
        return 0.0 if len(taken) == BATCH else POLL_SECONDS

    def _look_after(self) -> None:
        life.beat(self.identity)
        if gone := [identity for identity in life.dead() if identity != self.identity]:
            engine.take_over(gone)
            life.bury(gone)
        for claim in claims.take_forgotten(BATCH):
            engine.enqueue_again(claim)

    @contextmanager
    def _only_one(self) -> "Iterator[None]":
        if not self.embedded:
            yield
            return
        with (self.settings.home / "worker.lock").open("a") as file:
            _lock(file)
            yield


def _lock(file: IO[str]) -> None:
    """The lock of a killed worker is gone with it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AlreadyRunning("another worker runs on this data folder; stop it first") from None


def _settings(app: Flask) -> Settings:
    settings: Settings = app.config["SETTINGS"]
    return settings


def listen_to_signals(worker: Worker) -> None:
    """Ctrl+C and the supervisor's request both mean: finish and leave."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, worker.stop)
