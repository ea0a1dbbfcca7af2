"""What a benchmark needs around it: databases, the portal's server, a server of nothing, visitors. All of it ends."""

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Self

from flask import Flask
from sqlalchemy import event, update

from portal.extensions import db
from portal.factory import create_app
from portal.kernel import clock
from portal.platform.sessions import WebSession
from tests.bench.generate import fill
from tests.bench.measure import say
from tests.bench.world import Door, Size, session_key
from tests.databases import HOST, Server, migrate, settings
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
COOKIE = "__Host-session"
KEY = "a key for benchmarks only, of 46 characters!!!"
LONGEST_START = 120.0
PLAIN = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "128MB",
}
"""What the tests' server leaves out and a real one does: a commit reaches the disk."""


@dataclass
class Rig:
    """A temporary folder and whatever was started in it; leaving the context ends everything."""

    size: Size
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="fin-pret-bench-")))
    stack: ExitStack = field(default_factory=ExitStack)
    server: Server | None = None
    portals: dict[str, Flask] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()
        for app in self.portals.values():
            with app.app_context():
                db.engine.dispose()
        if self.server:
            self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def portal(self, engine: str) -> Flask:
        """The portal as in production, on a region of this rig's size."""
        if engine not in self.portals:
            app = self.portals[engine] = create_app(
                settings(self.folder, self._url(engine), secret_key=KEY, log_level="ERROR")
            )
            migrate(app)
            began = time.perf_counter()
            rows = sum(fill(app, self.size).values())
            say(f"{engine}: {rows:,} rows in {time.perf_counter() - began:.1f} s")
        return self.portals[engine]

    def _url(self, engine: str) -> str:
        if engine == "sqlite":
            return f"sqlite:///{self.folder}/bench.db"
        if self.server is None:
            self.server = Server()
            self._protect(self.server)
        return self.server.new()

    @staticmethod
    def _protect(server: Server) -> None:
        import psycopg

        with psycopg.connect(server.server.get_uri(), autocommit=True) as link:
            for name, value in PLAIN.items():
                link.execute(f"ALTER SYSTEM SET {name} = '{value}'")
            link.execute("SELECT pg_reload_conf()")

    def web(self, app: Flask) -> int:
        """Serve the portal as `deploy/run.py` does, on a free port; returns the port."""
        made = app.config["SETTINGS"]
        environment = {
            "FIN_PRET_HOME": str(made.home),
            "FIN_PRET_DATABASE_URL": made.database_url,
            "FIN_PRET_SECRET_KEY": KEY,
            "FIN_PRET_BASE_URL": HOST,
            "FIN_PRET_DEMO": "0",
            "FIN_PRET_LOG_LEVEL": "INFO",
        }
        return self._served("app:app", environment)

    def constant(self) -> int:
        """The same server with the same settings, answering a constant page; returns the port."""
        return self._served("tests.bench.constant:app", {})

    @contextmanager
    def server_side(self, port: int, endpoint: str) -> Iterator[list[float]]:
        """Filled at the end with the milliseconds that the server itself says it took, from its own log."""
        log, times = self.folder / f"{port}.log", list[float]()
        begun = log.stat().st_size
        yield times
        lines = log.read_bytes()[begun:].decode().splitlines()
        told = [json.loads(line) for line in lines if f'"{endpoint}"' in line]
        times += [float(line["milliseconds"]) for line in told if line.get("endpoint") == endpoint]

    def expect(self, answered: set[int], allowed: set[int], *, path: str, port: int) -> None:
        """Refuse to measure errors; raises `Broken`, with the end of what the server wrote."""
        if not answered <= allowed:
            raise Broken(f"{path} answered {answered}: {(self.folder / f'{port}.log').read_text()[-2000:]}")

    def _served(self, target: str, environment: dict[str, str]) -> int:
        port = free_port()
        with (self.folder / f"{port}.log").open("wb") as log:
            program = subprocess.Popen(
                [*web_command(port)[:-1], target], cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=log
            )
        self.stack.callback(_end, program)
        _await(port, program, self.folder / f"{port}.log")
        return port


class Broken(Exception):
    """The portal answered something else than its page: no time of it means anything."""


def web_command(port: int) -> list[str]:
    """The very command with which `deploy/run.py` starts the web server; its last word is the application."""
    sys.path.insert(0, str(ROOT / "deploy"))
    try:
        import run
    finally:
        sys.path.pop(0)
    return next(list(program.command) for program in run.programs(port) if program.name == "web")


def _await(port: int, program: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + LONGEST_START
    while True:
        try:
            with Visitor(port, {}) as visitor:
                visitor.get("/sante")
        except OSError:
            if program.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}") from None
            time.sleep(0.05)
        else:
            return


def _end(program: subprocess.Popen[bytes]) -> None:
    program.terminate()
    try:
        program.wait(10)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


class Visitor:
    """A browser with one connection, kept alive."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Host": "pret.example.org", **headers}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.link.close()

    def get(self, path: str) -> tuple[int, bytes]:
        return self._ask("GET", path)

    def post(self, path: str, form: str) -> tuple[int, bytes]:
        return self._ask("POST", path, form)

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        self.link.request(method, path, body=body, headers=self.headers)
        answer = self.link.getresponse()
        return answer.status, answer.read()


def signed_in(app: Flask, door: Door) -> dict[str, str]:
    """The headers of a person who came in just now, under the session that the generated region has for them."""
    with app.app_context(), db.engine.begin() as link:
        changed = link.execute(
            update(WebSession)
            .where(
                WebSession.account_id == door.account_id,
                WebSession.data.contains(f'"{door.account_id}:{door.grant_id}"'),
            )
            .values(seen_at=clock.now(), created_at=clock.now())
        )
        assert changed.rowcount == 1, f"{door} has no session"
    return {"Cookie": f"{COOKIE}={session_key(door)}"}


def sustained(port: int, headers: dict[str, str], path: str, *, seconds: float, connections: int = 8) -> float:
    """Pages a second that so many visitors get, each asking again as soon as it is answered."""
    served: list[int] = []
    until = time.perf_counter() + seconds

    def ask() -> None:
        count = 0
        with Visitor(port, headers) as visitor:
            while time.perf_counter() < until:
                assert visitor.get(path)[0] == http.HTTPStatus.OK
                count += 1
        served.append(count)

    together([ask] * connections)
    return sum(served) / seconds


def together(calls: Sequence[Callable[[], object]]) -> None:
    """Each in a thread of its own, begun at once; an error in one is raised here."""
    errors: list[BaseException] = []

    def guarded(call: Callable[[], object]) -> None:
        try:
            call()
        except BaseException as problem:  # noqa: BLE001 (raised below, in the caller's thread)
            errors.append(problem)

    threads = [Thread(target=guarded, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@dataclass
class Recorder:
    """The statements that the portal sends, with their values, so that the bare driver can send them again."""

    sent: list[tuple[str, object, bool]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.sent)

    def note(
        self, _link: object, _cursor: object, statement: str, values: object, _context: object, many: bool
    ) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")):
            self.sent.append((statement, values, many))

    def again(self, *, write: bool) -> None:
        """Send them through the driver alone, in one transaction of the same kind, and read what comes back."""
        link = db.engine.raw_connection()
        try:
            cursor = link.cursor()
            if db.engine.dialect.name == "sqlite":
                cursor.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            for statement, values, many in self.sent:
                (cursor.executemany if many else cursor.execute)(statement, values)
                if cursor.description:
                    cursor.fetchall()
            cursor.execute("COMMIT")
        finally:
            link.close()


@contextmanager
def recorded() -> Iterator[Recorder]:
    """Inside, every statement of the application is noted."""
    recorder = Recorder()
    event.listen(db.engine, "before_cursor_execute", recorder.note)
    try:
        yield recorder
    finally:
        event.remove(db.engine, "before_cursor_execute", recorder.note)
