"""Real identity providers on loopback, and a browser that goes between them and the portal.

The OpenID Connect provider is npm's oidc-provider, the CAS server django-mama-cas; `make setup-dev` installs both into
`.tools`. Each is a process of its own, stopped by its number.
"""

import json
import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
from bs4 import BeautifulSoup

from portal.federation.rules import Claims
from portal.providers import CasProvider, OidcProvider
from tests.databases import HOST
from tests.ports import LOOPBACK, free_port
from tests.visitor import Visitor

TOOLS = Path(__file__).resolve().parents[2] / ".tools"
SERVERS = Path(__file__).parent / "servers"
PASSWORD = "mot de passe"
CLAIRE = {"claire": {"given_name": "Claire", "family_name": "DUBOIS", "usual_name": "Dubois"}}
OTHER_SITE = "https://autre.example.org"
MISSING = "the sign-in providers of the tests are not installed: make setup-dev"


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    """A program that prints « ready » when it is, until the end of the block."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.strip() == b"ready", log.read_text(encoding="utf-8")[-2000:]
        yield
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


@dataclass
class OidcServer:
    """oidc-provider, and what it may be told to do wrong. Whatever is not told again is forgotten."""

    url: str

    def control(self, **changes: Any) -> None:
        """`people`, `acr`, `amr`, `lies`, `delay`, `raw`, `redirect`: see servers/provider.mjs."""
        httpx.post(f"{self.url}/_control", json=changes).raise_for_status()

    def rotate(self) -> None:
        """Another key; the old one is published no more."""
        httpx.post(f"{self.url}/_rotate").raise_for_status()

    def provider(self, name: str = "edu", **changes: Any) -> OidcProvider:
        """The portal's settings for one of its clients."""
        usual: dict[str, Any] = {
            "edu": {"label": "ÉduConnect"},
            "franceconnect": {"label": "FranceConnect", "userinfo": "signed", "pkce": False, "acr": ("eidas1",)},
            "proconnect": {
                "label": "ProConnect",
                "audience": "staff",
                "userinfo": "signed",
                "pkce": False,
                "client_auth": "basic",
                "scopes": "openid given_name usual_name",
                "acr": ("eidas1", "eidas2"),
                "acr_asked_by": "claims",
            },
        }[name]
        known = {"issuer": self.url, "client_id": name, "client_secret": f"the secret of {name}, of forty characters.."}
        return OidcProvider(name=name, **{**usual, **known, **changes})


@contextmanager
def oidc_server(folder: Path, *bases: str) -> Iterator[OidcServer]:
    """oidc-provider for portals at these addresses."""
    modules, port = TOOLS / "oidc" / "node_modules", free_port()
    node = shutil.which("node", path=os.pathsep.join((str(TOOLS / "node" / "bin"), os.environ["PATH"])))
    assert modules.exists(), MISSING
    assert node is not None, MISSING
    environment = {"PORT": str(port), "MODULES": str(modules.resolve()), "BASES": " ".join(bases)}
    with running([node, str(SERVERS / "provider.mjs")], environment, folder / "oidc.log"):
        yield OidcServer(f"http://{LOOPBACK}:{port}")


@dataclass
class CasServer:
    """django-mama-cas, and what it says of its users."""

    url: str
    folder: Path

    def people(self, **attributes: dict[str, Any]) -> None:
        """What each user's attributes are from now on."""
        (self.folder / "people.json").write_text(
            json.dumps({user: attributes.get(user, {}) for user in USERS}), "utf-8"
        )

    def provider(self, **changes: Any) -> CasProvider:
        """The portal's settings for it."""
        return CasProvider(**{"name": "ent", "label": "Mon Bureau Numérique", "url": f"{self.url}/", **changes})


USERS = ("claire", "marc", "ines")
_PLAIN = ssl.create_default_context()
"""Made once: nothing here speaks TLS, and making one takes longer than a request."""


@contextmanager
def cas_server(folder: Path, *bases: str) -> Iterator[CasServer]:
    """django-mama-cas for portals at these addresses."""
    python, port = TOOLS / "cas" / "bin" / "python", free_port()
    assert python.exists(), MISSING
    server = CasServer(f"http://{LOOPBACK}:{port}", folder)
    server.people()
    environment = {"PORT": str(port), "HOME": str(folder), "BASES": " ".join(bases)}
    with running([str(python), str(SERVERS / "cas_server.py")], environment, folder / "cas.log"):
        yield server


@dataclass
class Agent:
    """A browser: the portal's pages through the test client, the providers' over real HTTP; cookies on both sides."""

    visitor: Visitor
    web: httpx.Client = field(default_factory=lambda: httpx.Client(verify=_PLAIN))

    def depart(self, name: str, **query: str) -> str:
        """Press the button of a provider; the address that the browser is sent to."""
        answer = self.visitor.get(f"/connexion/avec/{name}", query_string=query)
        assert answer.status_code == 302, answer.text
        return str(answer.location)

    def outside(self, url: str, **fields: str) -> str:
        """Fill and send whatever form the provider shows, until it sends the browser back; the address on our side."""
        answer = self.web.get(url)
        for _ in range(12):
            if answer.is_redirect:
                target = urljoin(str(answer.request.url), answer.headers["Location"])
                if target.startswith(HOST):
                    return target.removeprefix(HOST)
                answer = self.web.get(target)
            else:
                answer = self._send(answer, fields)
        raise AssertionError("the provider never sends the browser back")

    def _send(self, answer: httpx.Response, fields: dict[str, str]) -> httpx.Response:
        form = BeautifulSoup(answer.text, "html.parser").find("form")
        assert form is not None, f"{answer.status_code} {answer.text[:600]}"
        button = form.find("button") or form.find_next("button", attrs={"form": form.get("id", "?")})
        data = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]")}
        if button is not None and button.get("name"):
            data[str(button["name"])] = str(button.get("value", ""))
        data |= {name: value for name, value in fields.items() if form.find(attrs={"name": name})}
        return self.web.post(urljoin(str(answer.request.url), str(form.get("action", ""))), data=data)

    def return_from(self, name: str, **fields: str) -> Any:
        """Go to a provider, sign in there, and bring back what it gives: the portal's answer to that."""
        return self.visitor.get(self.outside(self.depart(name), **fields))

    def sign_in(self, name: str, **fields: str) -> Any:
        """The whole way in: the portal's answer to its last button."""
        answer = self.return_from(name, **fields)
        assert answer.status_code == 302, answer.text
        self.visitor.raw_token = None  # the session that has just begun gives another
        answer = self.visitor.post("/connexion/suite")
        self.visitor.raw_token = None
        return answer

    def sign_out(self) -> Any:
        """Leave: the page that follows."""
        answer = self.visitor.post("/sortir", follow_redirects=True)
        self.visitor.raw_token = None
        return answer


def claims(**values: Any) -> Claims:
    """What a provider says of Claire."""
    usual = {"provider": "edu", "key": "https://id.example.org", "subject": "claire"}
    return Claims(**{**usual, "given_name": "Claire", "family_name": "DUBOIS", **values})
