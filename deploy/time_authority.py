"""A time-stamp authority on this machine, for the demo and for the tests (RFC 3161, RFC 5816). It vouches for nobody.

`python deploy/time_authority.py FOLDER PORT` answers on loopback. The folder, made at the first start, holds a P-256
root, which forgets its own key at once, and the authority's key; `confiance.pem` is what others need to believe it:
the root and its list of revoked certificates, empty for ever. To see what a portal does when an authority misbehaves,
write one word of `CONDUCTS` in the folder's file `conduite`, and remove the file to see it behave again.
"""

import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST = "127.0.0.1"
POLICY = "1.3.6.1.4.1.32473.1.1"  # an arc kept for examples (RFC 5612)
ASKED, ANSWERED = "application/timestamp-query", "application/timestamp-reply"
DIGESTS = {"sha256": 32, "sha384": 48, "sha512": 64}
CONDUCTS = ("refused", "wrong-imprint", "wrong-nonce", "wrong-policy", "html-502", "slow", "cut")
SLOW = 30.0  # seconds: longer than anybody should wait
LONGEST_REQUEST = 65_536
YEARS = 10
KEY, CERTIFICATE, TRUST, CONDUCT = "horodatage.key.pem", "horodatage.pem", "confiance.pem", "conduite"

Now = Callable[[], datetime]


class Reply(core.Sequence):  # type: ignore[misc] # asn1crypto ships no types
    """TimeStampResp (RFC 3161, 2.4.2); asn1crypto's own forgets that a refusal has no token."""

    _fields = [  # noqa: RUF012 # asn1crypto completes the list
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


class Unacceptable(Exception):
    """A request that the authority refuses: the name of a PKIFailureInfo (RFC 3161, 2.4.2)."""


def machine_time() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 # the authority is no part of the portal, whose clock tests freeze


@dataclass(frozen=True, slots=True)
class Identity:
    """The authority's key and certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: asn1_x509.Certificate


def identity(folder: Path, *, now: Now = machine_time) -> Identity:
    """The authority that lives in a folder, made there when it does not exist yet."""
    if not (folder / KEY).exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(folder, now())
    key = serialization.load_pem_private_key((folder / KEY).read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
    return Identity(key, asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)))


def _make(folder: Path, now: datetime) -> None:
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name("Horodatage de démonstration, racine")
    root = _builder(root_name, root_name, root_key, now).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    root = root.add_extension(_usage(signs_certificates=True), critical=True)
    stamper = _builder(_name("Horodatage de démonstration"), root_name, key, now)
    stamper = stamper.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    stamper = stamper.add_extension(_usage(signs_certificates=False), critical=True)
    revoked = x509.CertificateRevocationListBuilder(
        root_name, now - timedelta(days=1), now + timedelta(days=365 * YEARS)
    )
    pem = serialization.Encoding.PEM
    trusted = (
        root.sign(root_key, hashes.SHA256()).public_bytes(pem),
        revoked.sign(root_key, hashes.SHA256()).public_bytes(pem),
    )
    (folder / TRUST).write_bytes(b"".join(trusted))
    (folder / CERTIFICATE).write_bytes(stamper.sign(root_key, hashes.SHA256()).public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with os.fdopen(os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret)  # last: a folder without it is made again


def _name(common_name: str) -> x509.Name:
    names = {
        NameOID.COUNTRY_NAME: "FR",
        NameOID.ORGANIZATION_NAME: "Fin prêt, démonstration",
        NameOID.COMMON_NAME: common_name,
    }
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in names.items()])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    """A day of margin: nobody stamps before the authority exists, but clocks differ."""
    builder = x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return builder.not_valid_after(now + timedelta(days=365 * YEARS)).add_extension(identifier, critical=False)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    others = (
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        **dict.fromkeys(others, False),
    )


# --- answering -------------------------------------------------------------------------------------------------------


def answer(query: bytes, *, who: Identity, now: Now = machine_time, conduct: str = "") -> bytes:
    """What the authority answers to a request, as DER."""
    try:
        request = _read(query, conduct=conduct)
        token = _token(request, who=who, at=now(), conduct=conduct)
    except Unacceptable as refusal:
        status = {"status": "rejection", "fail_info": {str(refusal)}}
        return bytes(Reply({"status": status}).dump())
    return bytes(Reply({"status": {"status": "granted"}, "time_stamp_token": token}).dump())


def _read(query: bytes, *, conduct: str) -> Any:
    if conduct == "refused":
        raise Unacceptable("system_failure")
    try:
        request = tsp.TimeStampReq.load(query, strict=True)
        imprint = request["message_imprint"]
        algorithm, digest = imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
        policy, extensions = request["req_policy"].native, request["extensions"].native
    except (ValueError, TypeError, KeyError):
        raise Unacceptable("bad_data_format") from None
    if algorithm not in DIGESTS:
        raise Unacceptable("bad_alg")
    if len(digest) != DIGESTS[algorithm] or request["version"].native != "v1":
        raise Unacceptable("bad_data_format")
    if policy not in {None, POLICY}:
        raise Unacceptable("unaccepted_policy")
    if extensions:
        raise Unacceptable("unaccepted_extensions")
    return request


def _token(request: Any, *, who: Identity, at: datetime, conduct: str) -> Any:
    info = _info(request, at=at, conduct=conduct)
    signed = cms.CMSAttributes(
        [
            _attribute("content_type", "tst_info"),
            _attribute("message_digest", sha256(info.dump()).digest()),
            _attribute("signing_certificate_v2", {"certs": [{"cert_hash": sha256(who.certificate.dump()).digest()}]}),
        ]
    )
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": who.certificate.issuer, "serial_number": who.certificate.serial_number}
                    )
                }
            ),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signed_attrs": signed,
            "signature": who.key.sign(signed.dump(), ec.ECDSA(hashes.SHA256())),
        }
    )
    body = {
        "version": "v3",
        "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
        "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info.dump())},
        "signer_infos": [signer],
    }
    if request["cert_req"].native:
        body["certificates"] = [who.certificate]
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(body)})


def _attribute(kind: str, value: object) -> Any:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _info(request: Any, *, at: datetime, conduct: str) -> Any:
    asked = request["message_imprint"]
    digest = asked["hashed_message"].native
    if conduct == "wrong-imprint":
        digest = bytes(byte ^ 0xFF for byte in digest)
    told: dict[str, object] = {
        "version": "v1",
        "policy": "1.3.6.1.4.1.32473.9.9" if conduct == "wrong-policy" else POLICY,
        "message_imprint": {"hash_algorithm": asked["hash_algorithm"], "hashed_message": digest},
        "serial_number": secrets.randbits(120),
        "gen_time": at.replace(microsecond=0),
        "accuracy": {"seconds": 1},
    }
    if (nonce := request["nonce"].native) is not None:
        told["nonce"] = nonce + 1 if conduct == "wrong-nonce" else nonce
    return tsp.TSTInfo(told)


# --- listening -------------------------------------------------------------------------------------------------------


class Server(ThreadingHTTPServer):
    """Answers on loopback, as its folder's file `conduite` says."""

    daemon_threads = True

    def __init__(self, folder: Path, *, port: int = 0, now: Now = machine_time) -> None:
        self.who = identity(folder, now=now)
        self.folder, self.now = folder, now
        self.answered = 0
        self.stopping = threading.Event()
        super().__init__((HOST, port), _Handler)

    @property
    def url(self) -> str:
        """Where to ask."""
        return f"http://{HOST}:{self.server_port}/"

    @property
    def trust(self) -> Path:
        """What to believe: a PEM file."""
        return self.folder / TRUST

    def behave(self, conduct: str = "") -> None:
        """Misbehave in one of the `CONDUCTS`, or behave again."""
        if conduct:
            (self.folder / CONDUCT).write_text(conduct)
        else:
            (self.folder / CONDUCT).unlink(missing_ok=True)

    def conduct(self) -> str:
        """How to behave now."""
        try:
            return (self.folder / CONDUCT).read_text().strip()
        except FileNotFoundError:
            return ""


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        conduct = self.server.conduct()
        query = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), LONGEST_REQUEST))
        if conduct == "cut":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if conduct == "slow":
            self.server.stopping.wait(SLOW)
        if conduct == "html-502":
            self._say(HTTPStatus.BAD_GATEWAY, "text/html", b"<html><body>502 Bad Gateway</body></html>")
        elif self.headers.get_content_type() != ASKED:
            self._say(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "text/plain", b"application/timestamp-query is expected\n")
        else:
            self.server.answered += 1
            self._say(HTTPStatus.OK, ANSWERED, answer(query, who=self.server.who, now=self.server.now, conduct=conduct))

    def _say(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silence."""


@contextmanager
def running(folder: Path, *, port: int = 0, now: Now = machine_time) -> Iterator[Server]:
    """An authority that answers for as long as the block lasts."""
    server = Server(folder, port=port, now=now)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> int:
    """Answer until stopped; returns the exit code."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    with running(folder, port=port) as server:
        print(f"time-stamp authority of the demo on {server.url}", flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(0)
