"""The providers of these tests run once; each test tells them anew who people are and what to do wrong."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from portal.federation import oidc
from portal.providers import Provider
from tests.databases import HOST
from tests.federation.rig import OTHER_SITE, Agent, CasServer, OidcServer, cas_server, oidc_server


@pytest.fixture(scope="session")
def _oidc_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OidcServer]:
    with oidc_server(tmp_path_factory.mktemp("oidc"), HOST) as server:
        yield server


@pytest.fixture(scope="session")
def _cas_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CasServer]:
    with cas_server(tmp_path_factory.mktemp("cas"), HOST, OTHER_SITE) as server:
        yield server


@pytest.fixture
def idp(_oidc_server: OidcServer) -> OidcServer:
    """The OpenID Connect provider, honest, without people."""
    _oidc_server.control()
    oidc.forget()
    return _oidc_server


@pytest.fixture
def ent(_cas_server: CasServer) -> CasServer:
    """The ENT's CAS server, which says nothing of anybody."""
    _cas_server.people()
    return _cas_server


@pytest.fixture
def present(app: Flask, clock) -> None:
    """The providers live today: so does the portal in these tests."""
    clock.set(datetime.fromtimestamp(time.time(), UTC))  # noqa: TID251 (real servers live in real time)


@pytest.fixture
def configure(app: Flask, present: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`configure(idp.provider("edu"), ent.provider())`: the providers of this installation."""

    def with_providers(*providers: Provider) -> None:
        monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], providers=providers))

    return with_providers


@pytest.fixture
def browser(app: Flask) -> Iterator[Callable[[], Agent]]:
    """`browser()`: somebody's browser, which nobody has signed in to."""
    agents: list[Agent] = []

    def open_one() -> Agent:
        agents.append(Agent(app.test_client()))
        return agents[-1]

    yield open_one
    for agent in agents:
        agent.web.close()


@pytest.fixture
def agent(browser: Callable[[], Agent]) -> Agent:
    """One browser."""
    return browser()
