"""The line to a provider: its own host and no other, no redirection, a deadline, a largest answer.

An answer that says where to go next (discovery, a redirection) is never followed elsewhere: what a provider can make this
server fetch is limited to the provider itself.
"""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import urlsplit

import httpx

from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform.work import let_go

TIMEOUT = httpx.Timeout(5, connect=3)
DEADLINE = 10.0
"""Seconds for a whole answer: one that drips byte by byte would pass the time-outs between two bytes."""
LARGEST = 256 * 1024
REDIRECTED = 300
PORTS = {"http": 80, "https": 443}


class ProviderFault(DomainError):
    """The provider did not answer, or not as agreed. `reason` is for the log: no value of the answer is in it."""

    message = later("Ce service ne répond pas comme prévu. Réessayez dans quelques minutes, ou entrez autrement.")
    status = 503

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class Refused(ProviderFault):
    """What came back proves nothing: forged, replayed, too old, or meant for somebody else."""

    message = later("Ce retour ne peut pas servir : il a déjà servi, ou il est trop ancien. Recommencez.")
    status = 400


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)


def check_same_origin(url: object, home: str) -> str:
    """The address, when it is the provider's own; raises `ProviderFault`."""
    if not isinstance(url, str) or origin(url) != origin(home):
        raise ProviderFault("address of another host")
    return url


@cache
def _trust() -> ssl.SSLContext:
    """The authorities that the system trusts, read once: reading them takes longer than asking a provider."""
    return ssl.create_default_context()


class _OwnHostOnly(httpx.BaseTransport):
    """A transport that speaks to one origin, and reads little and quickly."""

    def __init__(self, home: str) -> None:
        self.home, self.inner = origin(home), httpx.HTTPTransport(verify=_trust())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if (request.url.scheme, request.url.host, request.url.port or PORTS[request.url.scheme]) != self.home:
            raise ProviderFault("address of another host")
        answer = self.inner.handle_request(request)
        try:
            return httpx.Response(answer.status_code, headers=answer.headers, content=self._body(answer))
        finally:
            answer.close()

    @staticmethod
    def _body(answer: httpx.Response) -> bytes:
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise ProviderFault("compressed answer")  # none was asked for, and a small one may hide a huge one
        body, started = b"", time.monotonic()
        assert isinstance(answer.stream, httpx.SyncByteStream)
        for chunk in answer.stream:
            body += chunk
            if len(body) > LARGEST or time.monotonic() - started > DEADLINE:
                raise ProviderFault("answer too long")
        return body

    def close(self) -> None:
        self.inner.close()


@contextmanager
def line(home: str) -> Iterator[httpx.Client]:
    """A client that reaches the provider at `home` only; network failures become `ProviderFault`.

    No transaction is open meanwhile: inside a use-case this raises.
    """
    let_go()
    headers = {"Accept-Encoding": "identity", "User-Agent": "fin-pret"}
    with httpx.Client(
        transport=_OwnHostOnly(home), timeout=TIMEOUT, follow_redirects=False, headers=headers, trust_env=False
    ) as client:
        try:
            yield client
        except httpx.HTTPError as error:
            raise ProviderFault(type(error).__name__) from error


def read(answer: httpx.Response, *, also: frozenset[int] = frozenset()) -> httpx.Response:
    """The answer, unless it is a redirection or a refusal (but for the statuses that are `also` read)."""
    if answer.status_code >= REDIRECTED and answer.status_code not in also:
        raise ProviderFault(f"status {answer.status_code}")
    return answer
