# mypy: disallow-untyped-calls=False
# (pyHanko is typed in part only.)
"""Ask the authority for a time stamp (RFC 3161), and believe nothing before it is proved."""

import secrets
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx
from asn1crypto import cms, core, tsp
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from portal.charter.authority import PATIENCE, Authority, AuthorityDown, TokenRefused
from portal.charter.pades.shared import asn1

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
_GRANTED = {"granted", "granted_with_mods"}


async def token(authority: Authority, digest: bytes, *, moment: datetime) -> cms.ContentInfo:
    """A proved time stamp of a SHA-256.

    :raises AuthorityDown: it does not answer, or not as an authority does.
    :raises TokenRefused: it refused, or what it answered proves nothing.
    """
    nonce = secrets.randbits(63)
    asked: dict[str, Any] = {
        "version": "v1",
        "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
        "nonce": nonce,
        "cert_req": True,
    }
    if authority.policy:
        asked["req_policy"] = authority.policy
    content = _content(_sent(authority, tsp.TimeStampReq(asked).dump()))
    await _prove(content, authority=authority, digest=digest, nonce=nonce, moment=moment)
    return content


def _sent(authority: Authority, query: bytes) -> bytes:
    """Without the environment's proxies: a nearby authority needs none, and a proxy is written in the address."""
    address, login = _without_login(authority.url)
    headers = {"Content-Type": QUERY, "Accept": REPLY}
    try:
        reply = httpx.post(address, content=query, headers=headers, auth=login, timeout=PATIENCE, trust_env=False)
        reply.raise_for_status()
    except httpx.HTTPError as trouble:
        raise AuthorityDown(f"L’horodatage ne répond pas ({type(trouble).__name__}).") from None
    if reply.headers.get("Content-Type", "").partition(";")[0].strip().lower() != REPLY:
        raise AuthorityDown("L’horodatage répond autre chose qu’un jeton.")
    return reply.content


def _without_login(url: str) -> tuple[str, httpx.BasicAuth | None]:
    """The address alone, and the login that it held: an address is shown in errors, a password never."""
    parts = urlsplit(url)
    if parts.username is None:
        return url, None
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return bare, httpx.BasicAuth(unquote(parts.username), unquote(parts.password or ""))


def _content(reply: bytes) -> cms.ContentInfo:
    """The token of a TimeStampResp (RFC 3161, 2.4.2): asn1crypto's own forgets that a refusal has none."""
    try:
        told, *tokens = core.SequenceOf.load(reply, strict=True, spec=core.Any)
        status = told.parse(tsp.PKIStatusInfo)["status"].native
        content = tokens[0].parse(cms.ContentInfo) if status in _GRANTED else None
        kind = content["content"]["encap_content_info"]["content_type"].native if content else ""
    except (ValueError, TypeError, LookupError) as error:
        raise AuthorityDown("L’horodatage répond un jeton illisible.") from error
    if status not in _GRANTED:
        raise TokenRefused(f"L’horodatage a refusé la demande ({status}).")
    if kind != "tst_info":
        raise TokenRefused("L’horodatage a répondu autre chose qu’un jeton.")
    return content


async def _prove(
    content: cms.ContentInfo, *, authority: Authority, digest: bytes, nonce: int, moment: datetime
) -> None:
    """Imprint, nonce, policy, purpose of the certificate, signature and chain (RFC 3161, 2.2 and 2.4.2)."""
    info = content["content"]["encap_content_info"]["content"].parsed
    if info["nonce"].native != nonce:
        raise TokenRefused("Le jeton d’horodatage ne répond pas à cette demande.")
    if authority.policy and info["policy"].native != authority.policy:
        raise TokenRefused("Le jeton d’horodatage suit une autre politique que celle demandée.")
    context = ValidationContext(
        trust_roots=[asn1(root) for root in authority.roots], allow_fetching=False, moment=moment
    )
    try:
        proved = await validate_tst_signed_data(content["content"], context, lambda _algorithm: digest)
        status = TimestampSignatureStatus(**proved)
    except (SignatureValidationError, PdfError, SigningError, ValueError, KeyError) as error:
        raise TokenRefused("Le jeton d’horodatage ne peut pas être lu.") from error
    if not (status.intact and status.valid):
        raise TokenRefused("Le jeton d’horodatage ne parle pas de ce fichier, ou sa signature est fausse.")
    if not status.trusted or not only_for_time(status.signing_cert):
        raise TokenRefused("Le certificat de l’horodatage n’est pas de ceux qui font confiance.")


def only_for_time(certificate: Any) -> bool:
    """Whether a certificate is for time stamps and for nothing else, critically (RFC 3161, 2.3)."""
    purpose = certificate.extended_key_usage_value
    critical = "extended_key_usage" in certificate.critical_extensions
    return bool(critical and purpose is not None and purpose.native == ["time_stamping"])


class Stamper(TimeStamper):
    """The authority as pyHanko asks it, for a document time stamp."""

    def __init__(self, authority: Authority, *, moment: datetime) -> None:
        super().__init__()
        self.authority, self.moment = authority, moment

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Always of a SHA-256, the only digest that the portal asks for."""
        if md_algorithm != "sha256":
            raise TokenRefused("Seules les empreintes SHA-256 sont horodatées.")
        return await token(self.authority, message_digest, moment=self.moment)
