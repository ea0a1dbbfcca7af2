"""Colissimo's shipping service (SLS REST 2.0): check, make, print again, announce. Our own client, on httpx.

It has no key against repetition and no way to cancel: whoever calls `create` has noted it before, and calls once.
A connection is never shared between two calls: one that the server has closed would look like a lost answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from time import monotonic
from typing import Any, Final

import httpx

from portal.shipping.carriers import letter
from portal.shipping.carriers.base import (
    Answer,
    Bordereau,
    Capabilities,
    Created,
    LabelFormat,
    Refused,
    Shipment,
    Unavailable,
    Uncertain,
)
from portal.shipping.carriers.refusals import FORBIDDEN
from portal.shipping.carriers.reports import Report
from portal.shipping.carriers.sls import read
from portal.shipping.carriers.suivi import Suivi

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 20.0
LONGEST_SECONDS: Final = 40.0
"""Of one answer in all: a service that drips is given up too."""

MOST_ON_A_BORDEREAU: Final = 50
_NOT_LET_IN: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


@cache
def _client(read_seconds: float) -> httpx.Client:
    """No shared connections, no proxy of the machine's, no redirections: only the address of the settings."""
    return httpx.Client(
        timeout=httpx.Timeout(read_seconds, connect=CONNECT_SECONDS),
        limits=httpx.Limits(max_keepalive_connections=0),
        trust_env=False,
    )


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """What opens the service: an API key, or a contract number with its password (which La Poste is giving up)."""

    api_key: str = ""
    login: str = ""
    password: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """For the key."""
        return {"apiKey": self.api_key} if self.api_key else {}

    @property
    def body(self) -> dict[str, str]:
        """For the contract."""
        return {} if self.api_key else {"contractNumber": self.login, "password": self.password}


@dataclass(frozen=True, slots=True)
class _Got:
    """What came back: whole, or cut on the way (`cut` says how)."""

    status: int
    content_type: str
    body: bytes
    cut: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colissimo:
    """One contract. Addresses and keys come from the settings and the region; no answer is ever logged."""

    url: str
    access: Access
    label: LabelFormat = LabelFormat.PDF_10X15
    suivi: Suivi | None = None
    read_seconds: float = field(default=READ_SECONDS)

    def capabilities(self) -> Capabilities:
        """All of it; tracking needs Suivi's own key."""
        return Capabilities(label=True, bordereau=True, tracking=self.suivi is not None, dry_run=True)

    def check(self, shipment: Shipment) -> Refused | Unavailable | None:
        """Our own rules, then La Poste's dry run, which makes nothing."""
        if problem := letter.obstacle(shipment):
            return problem
        got = self._ask("checkGenerateLabel", self._letter(shipment))
        if isinstance(got, Unavailable):
            return got
        said = read(got.content_type, got.body)
        if got.cut or got.status >= HTTPStatus.INTERNAL_SERVER_ERROR or (said is None and not _shut(got)):
            return Unavailable(got.cut or f"http_{got.status}")
        if _shut(got):
            return FORBIDDEN
        return said.refusal() if said else None

    def create(self, shipment: Shipment) -> Answer:
        """Make the label. What is not a clear answer is `Uncertain`, unless not one byte was sent."""
        if problem := letter.obstacle(shipment):
            return problem
        got = self._ask("generateLabel", self._letter(shipment))
        return got if isinstance(got, Unavailable) else _label(got)

    def reprint(self, number: str) -> bytes | None:
        """`getLabel`: the same label, nothing is bought."""
        asked = {**self.access.body, "parcelNumber": number, "outputPrintingType": self.label.value}
        got = self._ask("getLabel", asked)
        if isinstance(got, Unavailable) or got.cut:
            return None
        said = read(got.content_type, got.body)
        return said.label if said else None

    def handover(self, numbers: Sequence[str]) -> Bordereau | Refused | Unavailable | None:
        """One bordereau for at most fifty parcels; asked twice, it is printed twice and nothing is bought."""
        asked = {**self.access.body, "generateBordereauParcelNumberList": {"parcelsNumbers": list(numbers)}}
        got = self._ask("generateBordereauByParcelsNumbers", asked)
        if isinstance(got, Unavailable):
            return got
        if _shut(got):
            return FORBIDDEN
        said = read(got.content_type, got.body)
        if said and said.bordereau:
            return said.bordereau
        return (said.refusal() if said else None) or Unavailable(got.cut or f"http_{got.status}")

    def track(self, numbers: Sequence[str]) -> Mapping[str, Report]:
        """By Suivi."""
        return self.suivi.track(numbers) if self.suivi else {}

    def _letter(self, shipment: Shipment) -> dict[str, Any]:
        return letter.body(shipment, label=self.label, credentials=self.access.body)

    def _ask(self, method: str, asked: dict[str, Any]) -> _Got | Unavailable:
        """One POST, never repeated. `Unavailable` only if nothing had been sent."""
        content, got = bytearray(), _Got(0, "", b"", "no_answer")
        last = monotonic() + LONGEST_SECONDS
        try:
            with _client(self.read_seconds).stream(
                "POST", f"{self.url}/{method}", json=asked, headers=self.access.headers
            ) as answer:
                got = _Got(answer.status_code, answer.headers.get("Content-Type", ""), b"")
                for piece in answer.iter_bytes():
                    content += piece
                    if monotonic() > last:
                        return _Got(got.status, got.content_type, bytes(content), "too_slow")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as nothing_sent:
            return Unavailable(type(nothing_sent).__name__)
        except httpx.HTTPError as lost:
            return _Got(got.status, got.content_type, bytes(content), type(lost).__name__)
        return _Got(got.status, got.content_type, bytes(content))


def _shut(got: _Got) -> bool:
    return got.status in _NOT_LET_IN


def _label(got: _Got) -> Answer:
    """A number that came is kept, whatever came after it; a refusal counts only when it was read whole."""
    said = read(got.content_type, got.body)
    if said and said.number:
        return Created(number=said.number, label=None if got.cut else said.label, routing=said.routing)
    if got.cut or got.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Uncertain(got.cut or f"http_{got.status}")
    if said and (refused := said.refusal()):
        return refused
    if _shut(got):
        return FORBIDDEN
    if got.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Unavailable("http_429")
    return Uncertain(f"unread_{got.status}")
