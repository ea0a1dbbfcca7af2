"""CAS 2 and 3 (CAS Protocol Specification 3.0.3), with python-cas; the network is reached through `wire.line` only.

Single logout (the server telling us that a session ended there) is left out: it would be an open address on which anybody
may post; our own sessions end after an hour of rest, and signing out here signs out there.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import ParseError

from cas import CASClient

from portal.federation.rules import Claims, read_vector
from portal.federation.wire import ProviderFault, Refused, line, read
from portal.providers import CasProvider

LONGEST_USER = 255
_TICKET = re.compile(r"ST-[\x21-\x7e]{1,250}")
_GIVEN, _FAMILY = ("ENTPersonPrenom", "givenName", "prenom"), ("ENTPersonNom", "sn", "nom")
MOST_VECTORS = 20


@dataclass(frozen=True, slots=True)
class _Answer:
    content: bytes

    def close(self) -> None:
        """Nothing is open any more."""


@dataclass(frozen=True, slots=True)
class _Line:
    """What python-cas believes to be its HTTP session."""

    home: str

    def get(self, url: str, *, params: dict[str, str], verify: bool) -> _Answer:
        assert verify
        with line(self.home) as client:
            content = read(client.get(url, params=params)).content
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise ProviderFault("document type in the answer")
        return _Answer(content)


def departure(provider: CasProvider, *, service: str) -> str:
    """Where to send the browser; `service` is the exact address that it comes back to."""
    return str(_client(provider, service).get_login_url())


def come_back(provider: CasProvider, *, ticket: str, service: str) -> Claims:
    """Have the server validate a ticket, which it does once; raises `Refused` or `ProviderFault`."""
    if not _TICKET.fullmatch(ticket):
        raise Refused("shape of the ticket")
    try:
        user, attributes, _ = _client(provider, service).verify_ticket(ticket)
    except (ParseError, IndexError, AttributeError, ValueError) as error:
        raise ProviderFault(f"answer of the ENT: {type(error).__name__}") from error
    if not user or len(user) > LONGEST_USER:
        raise Refused("ticket refused")
    return _claims(provider, str(user), attributes or {})


def farewell(provider: CasProvider, *, back: str) -> str:
    """Where the ENT ends its own session. CAS 2 calls the way back `url`, CAS 3 `service`."""
    return str(_client(provider, back).get_logout_url(back))


def _client(provider: CasProvider, service: str) -> Any:
    return CASClient(
        version=provider.version,
        server_url=urljoin(provider.url, "."),
        service_url=service,
        session=_Line(provider.url),
    )


def _claims(provider: CasProvider, user: str, attributes: dict[str, Any]) -> Claims:
    told = _values(attributes, provider.vector)[:MOST_VECTORS]
    vectors = tuple(vector for text in told if (vector := read_vector(text)))
    named = next((vector for vector in vectors if vector.family_name), None)
    return Claims(
        provider=provider.name,
        key=provider.key,
        subject=user,
        given_name=named.given_name if named else _first(attributes, _GIVEN),
        family_name=named.family_name if named else _first(attributes, _FAMILY),
        vectors=vectors,
    )


def _values(attributes: dict[str, Any], name: str) -> list[str]:
    value = attributes.get(name)
    several = value if isinstance(value, list) else [value]
    return [one for one in several if isinstance(one, str)]


def _first(attributes: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((value.strip()[:120] for name in names for value in _values(attributes, name)), "")
