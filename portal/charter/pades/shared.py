"""What sealing, stamping and judging share: the names of a PDF, certificates, the bytes of a seal in its file."""

import re
from collections.abc import Iterator
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

STAMP_ATTRIBUTE = "signature_time_stamp_token"
"""Where a seal carries its time stamp (RFC 3161, appendix A)."""


def asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The same certificate, as pyHanko reads it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def named(root: generic.DictionaryObject, tree: str) -> Iterator[tuple[str, Any]]:
    """The names of a flat name tree with their values; WeasyPrint and the sealing write no other kind."""
    if "/Names" not in root or tree not in root["/Names"]:
        return
    names = root["/Names"][tree]["/Names"]
    for index in range(0, len(names), 2):
        yield str(names[index]), names[index + 1]  # one by one: a slice would leave the references unread


def first_revision(reader: PdfFileReader, pdf: bytes) -> bytes:
    """The bytes up to the first end-of-file mark that closes the oldest cross-reference table (ISO 32000-1, 7.5.6)."""
    start = reader.xrefs.get_startxref_for_revision(0)
    end = re.compile(rb"startxref\s+%d\s+%%%%EOF(?:\r\n|\r|\n)?" % start).search(pdf, start)
    return pdf[: end.end()] if end else b""


def place(signature: EmbeddedPdfSignature) -> slice:
    """Where the hexadecimal digits of a signature stand in the file: between the two ranges that it covers."""
    _, before, after, _ = (int(number) for number in signature.byte_range)
    return slice(before + 1, after - 1)


def written(content: cms.ContentInfo, *, room: int) -> str:
    """The one way in which a CMS message fills its place: capitals, then zeros to the end.

    Never `dump(force=True)`, whose time doubles with each level: half a minute for a token inside a seal.
    """
    return str(content.dump().hex().upper().ljust(room, "0"))


def distinguished(data: bytes) -> bool:
    """Whether every length is written in the one way of DER (ITU-T X.690, 10.1): definite, and no longer than needed.

    It ends where what it holds ends: zeros after that would be elements of no kind.
    """
    at = 0
    while at < len(data):
        head, length, size = data[at], data[at + 1], 0
        if not head:
            return False
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[at + 2 : at + 2 + size], "big")
            if not size or length < max(0x80, 1 << 8 * (size - 1)):
                return False
        start = at + 2 + size
        at = start + length
        if at > len(data) or (head & 0x20 and not distinguished(data[start:at])):
            return False
    return True


def message(signature: EmbeddedPdfSignature, pdf: bytes) -> cms.ContentInfo:
    """The CMS message of a signature, read from the file's own bytes."""
    return cms.ContentInfo.load(bytes.fromhex(pdf[place(signature)].decode()))
