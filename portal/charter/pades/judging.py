# mypy: disallow-untyped-calls=False
# (pyHanko is typed in part only.)
"""Judge a file that anyone may have touched: sealed by us, whole, unchanged; and when, by whose clock.

A file carries our one seal. What may follow it is what `portal.charter.pades.stamping` writes: a time stamp inside the
seal, then, in the archive's copy, revisions that add validation data and document time stamps, the last of which covers
the whole file. Anything else is refused, whatever other readers make of it.

Times go from the outside in: the last document time stamp is judged today, what it covers at its time, the seal at the
time of its own stamp. A seal whose certificate has ended since then is thus still believed; without a stamp, it is not.
"""

import hashlib
import json
import logging
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import cms
from asn1crypto import crl as asn1_crl
from cryptography import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from portal.charter.keys import Trust, fingerprint, organisation
from portal.charter.pades.asking import only_for_time
from portal.charter.pades.shared import (
    STAMP_ATTRIBUTE,
    asn1,
    distinguished,
    first_revision,
    message,
    named,
    place,
    written,
)
from portal.charter.seal import EVIDENCE_NAME, Verification

logging.getLogger("pyhanko.sign").setLevel(logging.CRITICAL)  # a forged file is our answer, not our fault

_UNREADABLE = (PdfError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RuntimeError, zlib.error)
"""What pyHanko and its parsers raise on a damaged file, as 1,500 of them showed; anything else is a bug."""

_NULL = b"\x05\x00"
_UNSIGNED = b"\xa1"
_SEAL = ("v1", "v1", cms.DigestAlgorithms([{"algorithm": "sha256"}]).dump())
"""Versions and digest algorithms of a seal: the only plain fields of a CMS message that its signature leaves out."""

_TOUCHED = "Le cachet lui-même a été retouché."
_STAMP_TOUCHED = "L’horodatage n’est pas reconnu, ou il a été retouché."
_ADDED = "Quelque chose a été ajouté au fichier après la pose du cachet."


@dataclass(frozen=True, slots=True)
class _Archive:
    """What the document time stamps prove: the time at which what they cover existed, or why they prove nothing."""

    moment: datetime
    stamps: tuple[datetime, ...] = ()
    fault: str = ""


def verify(pdf: bytes, *, trust: Trust, moment: datetime) -> Verification:
    """Judge a file; see `portal.charter.seal.verify`."""
    try:
        return _judge(pdf, trust, moment)
    except SignatureValidationError:
        return _refused(_TOUCHED)
    except _UNREADABLE:
        return _refused("Ce fichier n’est pas un PDF lisible, ou il a été abîmé.")


def _refused(*reasons: str) -> Verification:
    return Verification(ok=False, reasons=reasons)


def _judge(pdf: bytes, trust: Trust, moment: datetime) -> Verification:
    reader = PdfFileReader(BytesIO(pdf))
    if len(reader.embedded_regular_signatures) != 1 or reader.embedded_signatures[0].sig_object_type != "/Sig":
        return _refused("Ce fichier ne porte pas un cachet, et un seul.")
    signature = reader.embedded_signatures[0]
    archive = _archive(reader.embedded_signatures[1:], pdf, trust, moment)
    if archive.fault:
        return _refused(archive.fault)
    status = _status(signature, pdf, trust, archive.moment)
    certificate = x509.load_der_x509_certificate(signature.signer_cert.dump())
    presented = hashlib.sha256(first_revision(reader, pdf)).hexdigest()
    evidence = _evidence(reader)
    reasons = (
        tuple(_seal_faults(signature, status, certificate, trust, archived=bool(archive.stamps)))
        or tuple(_container_faults(signature, status, pdf))
        or tuple(_evidence_faults(evidence, presented))
    )
    if reasons:
        return _refused(*reasons)
    stamp = status.timestamp_validity
    return Verification(
        ok=True,
        signed_at=status.signer_reported_dt,
        stamped_at=stamp.timestamp if stamp else None,
        stamped_by=organisation(x509.load_der_x509_certificate(stamp.signing_cert.dump())) if stamp else "",
        archived_at=archive.stamps[0] if archive.stamps else None,
        organisation=organisation(certificate),
        presented_sha256=presented,
        evidence=evidence or b"",
    )


def _context(roots: Sequence[x509.Certificate], trust: Trust, moment: datetime) -> ValidationContext:
    """Offline: what is revoked is what our lists say; a list younger than the moment counts too."""
    lists = [asn1_crl.CertificateList.load(found) for found in trust.lists]
    return ValidationContext(
        trust_roots=[asn1(root) for root in roots],
        allow_fetching=False,
        moment=moment,
        crls=lists,
        retroactive_revinfo=True,
    )


def _status(signature: EmbeddedPdfSignature, pdf: bytes, trust: Trust, moment: datetime) -> PdfSignatureStatus:
    """The seal, judged at the time of its stamp: a stamp that proves nothing makes the whole worth nothing."""
    stamps = _context(trust.stamps, trust, moment)
    at = _claimed(signature, pdf) or moment
    return validate_pdf_signature(signature, _context(trust.roots, trust, at), stamps)


def _claimed(signature: EmbeddedPdfSignature, pdf: bytes) -> datetime | None:
    """The time that the seal's stamp claims, if it has one; not proved yet."""
    for attribute in message(signature, pdf)["content"]["signer_infos"][0]["unsigned_attrs"]:
        if attribute["type"].native == STAMP_ATTRIBUTE:
            token = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed
            claimed: datetime = token["gen_time"].native
            return claimed
    return None


def _archive(stamps: Sequence[EmbeddedPdfSignature], pdf: bytes, trust: Trust, moment: datetime) -> _Archive:
    """Each document time stamp at the time of the next one; the last one must cover the whole file."""
    times: list[datetime] = []
    for place_from_end, stamp in enumerate(reversed(stamps)):
        status = validate_pdf_timestamp(stamp, _context(trust.stamps, trust, moment))
        wanted = SignatureCoverageLevel.ENTIRE_REVISION if place_from_end else SignatureCoverageLevel.ENTIRE_FILE
        if status.coverage < wanted or (place_from_end and status.modification_level > ModificationLevel.LTA_UPDATES):
            return _Archive(moment, fault=_ADDED)
        sound = status.intact and status.valid and status.trusted and only_for_time(status.signing_cert)
        content = message(stamp, pdf)
        if not sound or not _exact(stamp, content, pdf) or not _plain(content["content"], status.validation_path):
            return _Archive(moment, fault=_STAMP_TOUCHED)
        moment = status.timestamp
        times.insert(0, moment)
    return _Archive(moment, tuple(times))


def _seal_faults(
    signature: EmbeddedPdfSignature,
    status: PdfSignatureStatus,
    certificate: x509.Certificate,
    trust: Trust,
    *,
    archived: bool,
) -> Iterator[str]:
    sound = status.intact and status.valid
    if not sound:
        yield "Le fichier a changé depuis la pose du cachet."
    if (
        not (_maintained(status) if archived else status.coverage == SignatureCoverageLevel.ENTIRE_FILE)
        or not status.docmdp_ok
    ):
        yield _ADDED
    if signature.docmdp_level != fields.MDPPerm.NO_CHANGES:
        yield "Ce cachet permettait de changer le fichier : ce n’est pas un cachet de charte."
    stamp = status.timestamp_validity
    if stamp and not (stamp.intact and stamp.valid and stamp.trusted and only_for_time(stamp.signing_cert)):
        yield _STAMP_TOUCHED
    elif fingerprint(certificate) not in trust.seals:
        yield "Ce cachet n’est pas l’un de ceux du portail."
    elif sound and not status.trusted:
        yield "Le certificat du cachet n’est pas reconnu à cette date."


def _maintained(status: PdfSignatureStatus) -> bool:
    """Whether all that was added since is validation data and document time stamps (ISO 32000-2, 12.8.2.2.2)."""
    return bool(
        status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
        and status.modification_level <= ModificationLevel.LTA_UPDATES
    )


def _container_faults(signature: EmbeddedPdfSignature, status: PdfSignatureStatus, pdf: bytes) -> Iterator[str]:
    """The seal cannot cover its own bytes: hold them to the one way in which we write them, zeros to the end."""
    content = message(signature, pdf)
    signed = content["content"]
    signer = signed["signer_infos"][0]
    envelope = (signed["version"].native, signer["version"].native, signed["digest_algorithms"].dump())
    exact = _exact(signature, content, pdf) and _spelled(signer)
    if not exact or envelope != _SEAL or not _within(signed, signer, status.validation_path):
        yield _TOUCHED
        return
    added = signer["unsigned_attrs"]
    if status.timestamp_validity is None:
        if added.native:
            yield _TOUCHED
        return
    alone = len(added) == 1 and added[0]["type"].native == STAMP_ATTRIBUTE and len(added[0]["values"]) == 1
    if not alone or not _plain(added[0]["values"][0]["content"], status.timestamp_validity.validation_path):
        yield _STAMP_TOUCHED


def _exact(signature: EmbeddedPdfSignature, content: cms.ContentInfo, pdf: bytes) -> bool:
    """Whether a message is written as we write it."""
    digits = pdf[place(signature)].decode()
    return digits == written(content, room=len(digits)) and distinguished(content.dump())


def _plain(token: Any, path: Any) -> bool:
    """Whether a token holds nothing that its own signature leaves out, but what its chain needs."""
    signer = token["signer_infos"][0]
    algorithms = [algorithm["algorithm"].native for algorithm in token["digest_algorithms"]]
    return (
        (token["version"].native, signer["version"].native) == ("v3", "v1")
        and algorithms == [signer["digest_algorithm"]["algorithm"].native]
        and all(map(_unadorned, token["digest_algorithms"]))
        and _spelled(signer)
        and not signer["unsigned_attrs"].native
        and not token["crls"].native
        and _within(token, signer, path)
    )


def _spelled(signer: Any) -> bool:
    """Whether what a reader skips over is as the norm writes it (RFC 5652, 5.3): tags that no signature covers."""
    rest = signer.dump().partition(signer["signature"].dump())[2]
    return rest[:1] in {b"", _UNSIGNED} and all(
        map(_unadorned, (signer["digest_algorithm"], signer["signature_algorithm"]))
    )


def _unadorned(algorithm: Any) -> bool:
    """Whether an algorithm without parameters says so by NULL, or by nothing."""
    parameters = algorithm["parameters"].dump()
    return parameters in {b"", _NULL} or len(parameters) > len(_NULL)


def _within(signed: Any, signer: Any, path: Any) -> bool:
    """Whether every certificate enclosed is one of the chain, and the signer named as its certificate names it.

    Readers compare names without their case (RFC 5280, 7.1), and no signature covers how the message writes this one.
    """
    chain = tuple(path or ())
    issuer = signer["sid"].chosen["issuer"].dump()
    return {one.chosen.dump() for one in signed["certificates"]} <= {one.dump() for one in chain} and issuer in {
        one.issuer.dump() for one in chain
    }


def _evidence_faults(evidence: bytes | None, presented: str) -> Iterator[str]:
    if evidence is None:
        yield "Le dossier de preuve n’est pas joint au fichier."
    elif _declared(evidence) not in {None, presented}:
        yield "Le dossier de preuve parle d’un autre document que celui-ci."


def _declared(evidence: bytes) -> object:
    """The hash of the presented file that the evidence states, if it states one."""
    record = json.loads(evidence)
    charter = record.get("charter") if isinstance(record, dict) else None
    return charter.get("sha256_pdf_presented") if isinstance(charter, dict) else None


def _evidence(reader: PdfFileReader) -> bytes | None:
    enclosures = dict(named(reader.root, "/EmbeddedFiles"))
    return bytes(enclosures[EVIDENCE_NAME]["/EF"]["/F"].data) if EVIDENCE_NAME in enclosures else None
