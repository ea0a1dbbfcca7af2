"""The time-stamp authority that says when a charter was sealed: a third party's word, not our clock's (SIG-6).

A region buys this service, qualified (Regulation (EU) 910/2014, article 42) or not. Without one, a seal carries the
server's own time and says so. `portal.charter.pades` speaks to it; this module only says which one, and what goes wrong.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from portal.charter.keys import SealKeyError

PATIENCE = 10.0
"""Seconds that the authority has to answer: nobody waits for it but the worker."""

_LIST = re.compile(rb"-----BEGIN X509 CRL-----.+?-----END X509 CRL-----", re.DOTALL)


class StampError(Exception):
    """No time stamp was added, and the file is as it was. The message, in French, is for whoever runs the portal."""


class AuthorityDown(StampError):
    """The authority does not answer, or not as one: it is asked again later."""


class TokenRefused(StampError):
    """The authority refused, or its answer proves nothing: wrong imprint, nonce, policy, certificate or signature."""


class NoRoom(StampError):
    """The token is longer than the place kept for it when the file was sealed: this file will never hold one."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Whom to ask for a time stamp, and whom to believe when one is read back.

    `url` may hold a user and a password (`https://user:password@host/`), sent as HTTP basic authentication, and never
    written anywhere. `policy` is the object identifier asked for and required, any when it is empty. `roots` end the
    chains of the authority's certificates, the retired ones included; `lists` are lists of revoked certificates (DER)
    that no address publishes.
    """

    url: str
    policy: str = ""
    roots: tuple[x509.Certificate, ...] = ()
    lists: tuple[bytes, ...] = ()


def load_authority(url: str, *, policy: str = "", roots: str = "") -> Authority | None:
    """The authority of the settings; None when there is none. `roots` is a PEM file: certificates, and lists if need be.

    :raises SealKeyError: a file that cannot be read: an authority that nobody believes stamps nothing.
    """
    if not url and not roots:
        return None
    try:
        pem = Path(roots).read_bytes()
        certificates = tuple(x509.load_pem_x509_certificates(pem))
        lists = tuple(x509.load_pem_x509_crl(found).public_bytes(Encoding.DER) for found in _LIST.findall(pem))
    except (OSError, ValueError) as error:
        raise SealKeyError(f"Horodatage : les certificats de confiance « {roots} » ne peuvent pas être lus.") from error
    return Authority(url=url, policy=policy, roots=certificates, lists=lists)
