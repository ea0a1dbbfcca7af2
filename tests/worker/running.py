"""A portal with real workers: processes that a test starts, kills and starts again."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from portal.extensions import db
from portal.platform.outbox import OutboxRow
from tests.databases import Databases, migrate, portal_on, settings

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0


@contextmanager
def new_portal(databases: Databases, engine: str, home: Path, **changes: object):
    """A portal on an empty database of its own; the worker's engine beside it."""
    app = _portal(databases, engine, home, changes)
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _portal(databases: Databases, engine: str, home: Path, changes: dict[str, object]) -> Flask:
    url = databases.new(engine)
    made = settings(home, url, **changes)
    app = portal_on(made if engine == "sqlite" else replace(made, worker_url=url))
    migrate(app)
    return app


def environment(app: Flask) -> dict[str, str]:
    made = app.config["SETTINGS"]
    names = ("home", "database_url", "worker_url", "secret_key", "base_url", "smtp_url", "sms_url", "files_url")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FIN_PRET_")}
    return {**ours, **{f"FIN_PRET_{name.upper()}": str(getattr(made, name)) for name in names}}


class Program:
    """A worker in a process of its own."""

    def __init__(self, app: Flask, module: str = "portal.worker", **extra: str) -> None:
        self.log = app.config["SETTINGS"].home / "worker.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module], cwd=ROOT, env={**environment(app), **extra}, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """As a power cut would: nothing is said to the process."""
        self.process.kill()
        self.process.wait()

    def ask_to_stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def worker(app: Flask, module: str = "portal.worker", **extra: str):
    program = Program(app, module, **extra)
    try:
        yield program
    finally:
        program.kill()


def until(true, what: str, patience: float = PATIENCE) -> None:
    """Look again until it is so."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, f"not within {patience:g} s: {what}"
        time.sleep(0.02)


def count(app: Flask, **values: object) -> int:
    """Outbox rows with these values."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(OutboxRow).filter_by(**values)) or 0
