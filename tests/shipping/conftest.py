"""La Poste's stand-in, in a process of its own, and lycées that have a contract with it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from portal.platform import scope
from portal.shipping import services
from portal.shipping.contracts import Service
from tests import factories as make

STAND_IN = Path(__file__).resolve().parents[2] / "deploy" / "la_poste.py"
KEY = "cle-de-demonstration"


@dataclass
class LaPoste:
    """Its address, and the way to make it misbehave: `la_poste.set(sls={"next": ["cut_after"]})`."""

    url: str
    client: httpx.Client

    def set(self, **asked: Any) -> dict[str, Any]:
        return self.client.post(f"{self.url}/_control", json=asked).raise_for_status().json()

    def behave(self) -> None:
        quiet = {"next": [], "rates": {}, "always": ""}
        self.set(sls=quiet, suivi=quiet, pace=1.0, adopt=False)

    @property
    def state(self) -> dict[str, Any]:
        return self.client.get(f"{self.url}/_control").json()

    def bought(self, prefix: str = "") -> dict[str, list[str]]:
        """The numbers made for each order whose name begins so."""
        found: dict[str, list[str]] = {}
        for label in self.state["labels"]:
            if label["order"].startswith(prefix):
                found.setdefault(label["order"], []).append(label["number"])
        return found

    def asked(self, method: str) -> list[dict[str, Any]]:
        """The latest requests of a kind, as received."""
        return [one for one in self.state["seen"] if one["method"] == method]


@pytest.fixture(scope="session")
def stand_in() -> Iterator[LaPoste]:
    command = [sys.executable, str(STAND_IN), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    port = process.stdout.readline().split()[1]
    with httpx.Client(trust_env=False) as client:
        yield LaPoste(f"http://127.0.0.1:{port}", client)
    process.terminate()
    process.communicate(timeout=20)


@pytest.fixture
def la_poste(app, stand_in) -> Iterator[LaPoste]:
    """The stand-in, well behaved, at the address that this test's portal knows."""
    before = app.config["SETTINGS"]
    sls, suivi = f"{stand_in.url}/sls-ws/SlsServiceWSRest/2.0", f"{stand_in.url}/suivi/v2"
    app.config["SETTINGS"] = replace(before, sls_url=sls, suivi_url=suivi)
    stand_in.behave()
    yield stand_in
    app.config["SETTINGS"] = before


def give_contract(school, *, key: str = KEY, whole_region: bool = False, **values: Any) -> None:
    """Both services of La Poste, opened for a lycée or for its region."""
    with scope.every_school(reason="tests"):
        for service in Service:
            services.save_contract(
                service,
                region_id=school.region_id,
                school_id=None if whole_region else school.id,
                secret={"api_key": key},
                by=None,
                **(values if service is Service.COLISSIMO else {}),
            )


@pytest.fixture
def school(app, la_poste):
    """A lycée with a contract, in scope."""
    place = make.school()
    give_contract(place)
    with scope.schools(place.id):
        yield place
