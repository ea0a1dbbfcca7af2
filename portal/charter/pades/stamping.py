# mypy: disallow-untyped-calls=False
# (pyHanko is typed in part only.)
"""Time stamps on a sealed file: PAdES B-T to hand out, B-LTA to keep (ETSI EN 319 142-1 V1.2.1, clause 6.3).

**B-T** asks for a time stamp on the signature: the `signature-time-stamp` attribute, unsigned, inside the seal's CMS
message (clause 5.3), or a document time stamp after it (clause 5.4). We write the attribute, *in place*: the message
stands between the two byte ranges that the seal covers, in a place kept large enough at sealing (`RESERVED`). Not one
covered byte moves, the file keeps its length and its one signature, the revision shown to the family stays the first
one (SIG-4), and `pdfsig` goes on saying « Total document signed », where a document time stamp would make it say the
contrary and show a second signature that people take for a forgery.

**B-LTA** is B-T, then the certificates and revocation lists known of both chains in a document security store (DSS,
clause 5.4.2), then a document time stamp over all (clause 5.4.3). It is the archive's copy, never handed out. Before
the certificate of its last stamp ends, the copy is stamped again in the same way: see `portal.charter.services.stamps`.

Revocation: the demo's two roots sign an empty list when they are made, then forget their key, so that nothing can ever
be revoked; both lists are in its archives. A bought certificate says where its own list or OCSP responder is: it is
asked there. When nothing answers, the store holds the certificates only: B-LT's requirement of revocation data is then
not met, and the archive is what clause 6.3 calls B-T with a document time stamp. `Archived.revocation` says which.
"""

import asyncio
import hashlib
from datetime import datetime
from io import BytesIO

from asn1crypto import cms
from asn1crypto import crl as asn1_crl
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore, async_add_validation_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError

from portal.charter.authority import Authority, NoRoom, StampError, TokenRefused
from portal.charter.keys import Trust
from portal.charter.pades.asking import Stamper, token
from portal.charter.pades.judging import verify
from portal.charter.pades.sealing import RESERVED
from portal.charter.pades.shared import STAMP_ATTRIBUTE, asn1, message, place, written
from portal.charter.seal import Archived, Stamped


def stamp(sealed: bytes, *, authority: Authority, trust: Trust, moment: datetime) -> Stamped:
    """Make B-T of B-B, in place; see `portal.charter.seal.stamp`."""
    signature = PdfFileReader(BytesIO(sealed)).embedded_signatures[0]
    content = message(signature, sealed)
    signer = content["content"]["signer_infos"][0]
    given = asyncio.run(token(authority, hashlib.sha256(signer["signature"].native).digest(), moment=moment))
    signer["unsigned_attrs"] = cms.CMSAttributes([cms.CMSAttribute({"type": STAMP_ATTRIBUTE, "values": [given]})])
    room = place(signature)
    filled = written(content, room=room.stop - room.start)
    if len(filled) > room.stop - room.start:
        raise NoRoom("Le jeton d’horodatage est plus long que la place qui lui est réservée.")
    stamped = sealed[: room.start] + filled.encode() + sealed[room.stop :]
    return Stamped(stamped, _proved(stamped, trust=trust, moment=moment))


def _proved(pdf: bytes, *, trust: Trust, moment: datetime) -> datetime:
    """The time of the stamp, once our own reader believes the whole file: only then is it said to be stamped."""
    verdict = verify(pdf, trust=trust, moment=moment)
    if not verdict.ok or verdict.stamped_at is None:
        raise TokenRefused(next(iter(verdict.reasons), "Le jeton d’horodatage ne prouve rien."))
    return verdict.stamped_at


def archive(stamped: bytes, *, authority: Authority, trust: Trust, moment: datetime) -> Archived:
    """Make B-LTA of B-T, or renew one; see `portal.charter.seal.archive`."""
    try:
        documented = asyncio.run(_documented(stamped, trust=trust, moment=moment))
        kept = asyncio.run(_stamped_again(documented, authority=authority, moment=moment))
    except (PdfError, SigningError, SignatureValidationError, PathError) as error:
        raise StampError("La copie d’archive n’a pas pu être faite.") from error
    _proved(kept, trust=trust, moment=moment)
    reader = PdfFileReader(BytesIO(kept))
    last = reader.embedded_timestamp_signatures[-1].signer_cert
    store = DocumentSecurityStore.read_dss(reader)
    return Archived(kept, until=last.not_valid_after, revocation=bool(store.crls or store.ocsps))


async def _documented(pdf: bytes, *, trust: Trust, moment: datetime) -> bytes:
    """With the certificates and the lists of the last thing signed, from the trust, or from where certificates say."""
    reader = PdfFileReader(BytesIO(pdf))
    last = (*reader.embedded_regular_signatures, *reader.embedded_timestamp_signatures)[-1]
    context = ValidationContext(
        trust_roots=[asn1(root) for root in (*trust.roots, *trust.stamps)],
        crls=[asn1_crl.CertificateList.load(found) for found in trust.lists],
        allow_fetching=True,
        moment=moment,
        revocation_mode="soft-fail",
    )
    output = await async_add_validation_info(last, context)
    found: bytes = output.getvalue()
    return found


async def _stamped_again(pdf: bytes, *, authority: Authority, moment: datetime) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    stamper = PdfTimeStamper(Stamper(authority, moment=moment), readable_field_name="Horodatage d’archive")
    output = await stamper.async_timestamp_pdf(writer, "sha256", bytes_reserved=RESERVED)
    kept: bytes = output.getvalue()
    return kept
