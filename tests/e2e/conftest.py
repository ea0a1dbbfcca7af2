"""The journeys' ground: the product running, its families, browsers that look at every page."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytest.register_assert_rewrite("tests.e2e.walk", "tests.e2e.ways")

from tests.browser import ROOT, Live, wait_until_ready  # noqa: E402
from tests.e2e.town import FAMILIES, Family  # noqa: E402
from tests.e2e.walk import CHECKER, Pages, Walk  # noqa: E402
from tests.federation.rig import CasServer, OidcServer, cas_server, oidc_server  # noqa: E402
from tests.ports import LOOPBACK, free_port  # noqa: E402

HERE = Path(__file__).parent
LAST = "test_every_page_of_the_journeys_is_valid_html"
LONG = "3600"
"""Seconds during which the head of the patient installation may undo: nobody can be told while a test looks."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All are browser tests. They begin, being the longest of what one core does alone; then what else is long, so that
    no core ends alone. The one that checks the pages of the others comes last.
    """
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.e2e)
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if getattr(item, "originalname", "") == LAST:
        return 3
    if item.path.is_relative_to(HERE):
        return 0
    return 1 if HEAVY & set(item.path.parts) else 2


HEAVY = {"worker", "federation", "test_fuzz.py", "test_label_chaos.py", "test_benchmarks.py", "test_isolation.py"}
"""The folders and files that take a minute or more."""


@pytest.fixture(scope="session")
def town(live: Live) -> dict[str, Family]:
    """The families, enrolled."""
    environment = {**os.environ, "FIN_PRET_HOME": str(live.home), "FIN_PRET_DEMO": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.town"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return FAMILIES


@contextmanager
def beside(live: Live, name: str, *, port: int, **settings: str) -> Iterator[Live]:
    """Another web server of the same installation, with other settings."""
    environment = {"FIN_PRET_HOME": str(live.home), "FIN_PRET_DEMO": "1", "PORT": str(port), **settings}
    web = f"--interface wsgi --no-ws --workers 1 --blocking-threads 1 --host {LOOPBACK} --port {port}".split()
    log = live.log.with_name(f"{name}.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "granian", *web, "app:app"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    running = Live(f"http://{LOOPBACK}:{port}", live.home, log, process)
    try:
        wait_until_ready(running)
        yield running
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def patient(live: Live) -> Iterator[Live]:
    """A second web server of the same installation, where a head has an hour to undo: the journeys need both times."""
    with beside(live, "patient", port=free_port(), FIN_PRET_UNDO_SECONDS=LONG) as running:
        yield running


@dataclass(frozen=True)
class Doors:
    """A web server with two other doors, and the providers behind them."""

    site: Live
    idp: OidcServer
    ent: CasServer


@pytest.fixture(scope="session")
def doors(live: Live, town: dict[str, Family], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """The installation with an OpenID Connect provider and an ENT, both real and on loopback."""
    port = free_port()
    here = f"http://{LOOPBACK}:{port}"
    folder = tmp_path_factory.mktemp("doors")
    with oidc_server(folder, here) as idp, cas_server(folder, here) as ent:
        edu = idp.provider()
        settings = {
            "FIN_PRET_OIDC_EDU_ISSUER": edu.issuer,
            "FIN_PRET_OIDC_EDU_CLIENT_ID": edu.client_id,
            "FIN_PRET_OIDC_EDU_CLIENT_SECRET": edu.client_secret,
            "FIN_PRET_OIDC_EDU_LABEL": edu.label,
            "FIN_PRET_CAS_ENT_URL": ent.url,
            "FIN_PRET_CAS_ENT_LABEL": "Mon Bureau Numérique",
        }
        with beside(live, "doors", port=port, **settings) as site:
            yield Doors(site, idp, ent)


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """Where every page seen is kept until the end."""
    return Pages(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def walk(live: Live, visit: Callable[..., Page], pages: Pages) -> Iterator[Callable[..., Walk]]:
    """A person with a browser of their own: `walk()` on a telephone, `walk(width=1280, js=False)` at a desk."""

    walks: list[Walk] = []

    def come(*, js: bool = True, width: int = 320, dark: bool = False, site: Live = live, **options: object) -> Walk:
        page = visit(js=js, width=width, dark=dark, reduced_motion="reduce", **options)
        walks.append(Walk(page, site=site, pages=pages, js=js, dark=dark))
        return walks[-1]

    yield come
    for one in walks:
        one.leave()


@pytest.fixture(params=[True, False], ids=["js", "no-js"])
def js(request: pytest.FixtureRequest) -> bool:
    """The journey is made with JavaScript, and without."""
    return bool(request.param)


@pytest.fixture(scope="session")
def checker() -> Path:
    """The W3C's checker; without it the check is not done, and the report says so."""
    if shutil.which("java") is None or not CHECKER.exists():
        pytest.skip("the W3C's checker was NOT run: install Java and npm, then make setup-dev")
    return CHECKER
