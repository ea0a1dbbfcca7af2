"""What every test may ask for.

Which engine: a test that asks for `db` (services, models) runs on SQLite **and** PostgreSQL; a test of pages runs on
SQLite, and on both when marked `@pytest.mark.both`. Time stands still at `clock.START`, in every test that has an
`app`, until `clock.forward(...)`. Factories (`from tests import factories as make`) write apart, in a session of their
own, and give rows back detached: plain values that do not change; `make.fresh(row)` reads one again.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from hypothesis import settings as hypothesis

from portal.extensions import db as database
from portal.kernel import clock as time
from portal.platform import logs

pytest.register_assert_rewrite("tests.pages", "tests.swaps", "tests.databases", "tests.visitor", "tests.browser")

from tests.databases import ENGINES, Databases, Statements, counted, portal_on, settings, wipe  # noqa: E402
from tests.factories.writing import numbers  # noqa: E402
from tests.visitor import Somebody, Visitor  # noqa: E402

AT_ONCE = 8
"""How many do the same at the same instant, in a race."""

# Hypothesis tries the same examples in every run, however slow the machine; `--hypothesis-profile=default` looks for others.
hypothesis.register_profile("same", derandomize=True, deadline=None, database=None)
hypothesis.load_profile("same")

pytest_plugins = ["tests.servers", "tests.browser"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-snapshots", action="store_true", help="write tests/meta/*.txt anew, to be read in the diff"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both: a test of pages that runs on PostgreSQL too")


def pytest_runtest_setup(item: pytest.Item) -> None:
    numbers.begin(item.nodeid)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" in metafunc.fixturenames:
        both = "db" in metafunc.fixturenames or metafunc.definition.get_closest_marker("both")
        metafunc.parametrize("engine_name", ENGINES if both else ENGINES[:1], indirect=True)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The engines of this test process."""
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`."""
    return request.param


class Clock:
    """A clock that moves when told to."""

    START = datetime(2026, 9, 8, 8, 0, tzinfo=UTC)
    """Tuesday 8 September 2026, ten o'clock in Paris: a week after the start of the school year."""

    def __init__(self) -> None:
        self.set(self.START)

    def set(self, instant: datetime) -> None:
        self.instant = instant
        time._frozen.set(instant)

    def forward(self, **length: float) -> None:
        """Let time pass: `clock.forward(minutes=10)`."""
        self.set(self.instant + timedelta(**length))

    def now(self) -> datetime:
        return self.instant


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Time stands still in this test."""
    with time.frozen(Clock.START):
        yield Clock()


@pytest.fixture
def app(databases: Databases, engine_name: str, clock: Clock, tmp_path: Path) -> Iterator[Flask]:
    """The portal on an empty database, with files of its own and a context open for the test."""
    made = databases.portal(engine_name)
    wipe(made)
    usual = made.config["SETTINGS"]
    made.config["SETTINGS"] = replace(usual, files_url=f"{tmp_path}/fichiers")
    made.test_client_class = Visitor
    logs.configure("INFO")  # to the standard error of this test
    with made.app_context():
        yield made
        database.session.remove()
        assert database.engine.pool.checkedout() == 0, "a connection was not given back"
    made.config["SETTINGS"] = usual  # whatever the test set


@pytest.fixture
def engine_url(app: Flask) -> str:
    """The address of the test's database."""
    return app.config["SETTINGS"].database_url


@pytest.fixture
def db(app: Flask) -> SQLAlchemy:
    """The database, on both engines; no scope is set."""
    return database


@pytest.fixture
def make_app(databases: Databases, tmp_path: Path) -> Callable[..., Flask]:
    """Another portal with other settings, on the tables of SQLite: `make_app(demo=True, base_url="http://…")`."""

    def made(**changes: object) -> Flask:
        url = databases.portal("sqlite").config["SETTINGS"].database_url
        app = portal_on(settings(tmp_path, url, **changes))
        app.test_client_class = Visitor
        return app

    return made


@pytest.fixture
def client(app: Flask) -> Visitor:
    """A browser that nobody has signed in to."""
    return app.test_client()


@pytest.fixture
def as_user(app: Flask) -> Callable[[Somebody], Visitor]:
    """A browser in which this person is signed in: `as_user(make.head())`, `as_user(make.family())`."""
    return lambda who: app.test_client().enter(who)


@pytest.fixture
def together(app: Flask, clock: Clock) -> Callable[[Callable[[], Any]], list[Any]]:
    """Eight tabs, or eight desks, that do the same at the same instant: `together(lambda: services.follow_link(…))`."""

    def work(call: Callable[[], Any]) -> Any:
        with time.frozen(clock.now()), app.app_context():
            return call()

    def run(call: Callable[[], Any]) -> list[Any]:
        database.session.rollback()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(work, [call] * AT_ONCE))

    return run


@pytest.fixture
def count_statements(app: Flask) -> Callable[[], AbstractContextManager[Statements]]:
    """`with count_statements() as sql: page(...)`, then `assert sql.count <= 4, sql`."""
    return lambda: counted(app)
