"""The key that seals charters, and whom to believe when one is read back.

A region buys its seal certificate and gives it as a PKCS#12 file, or names the security module that keeps its key. A
demonstration makes its own: nobody outside the portal knows that certificate, so other readers show the seal as coming
from an unknown organisation.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from portal.charter.security_module import ModuleKey, ModuleRefused, certificates
from portal.kernel import clock

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ModuleKey

_DEMO_YEARS = 10
_KEY_FILE, _SEAL_FILE, _ROOT_FILE, _LIST_FILE = "cachet.key.pem", "cachet.pem", "racine.pem", "revocations.pem"


class SealKeyError(Exception):
    """A key that cannot be used; the message, in French, is for whoever installs the portal."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom to believe: certificates that end a chain, and the very seals that are ours.

    A bought certificate shares its root with thousands of others, so a root alone would let any of its customers
    forge a charter: `seals` holds the SHA-256 of each certificate that sealed one day, the retired ones included.
    `stamps` are the roots of time-stamp authorities, which vouch for a time and never for a seal. `lists` are lists of
    revoked certificates (DER) known without the network.
    """

    roots: tuple[x509.Certificate, ...]
    seals: frozenset[bytes]
    stamps: tuple[x509.Certificate, ...] = ()
    lists: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class SealKey:
    """A private key, in memory or where its module keeps it; its certificate, those above it (the root last), their lists."""

    private_key: PrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    lists: tuple[bytes, ...] = ()

    @property
    def trust(self) -> Trust:
        """What makes this key's own seals believed."""
        return Trust(roots=self.chain[-1:], seals=frozenset({fingerprint(self.certificate)}), lists=self.lists)


def fingerprint(certificate: x509.Certificate) -> bytes:
    """The SHA-256 of a certificate, as viewers show it."""
    return certificate.fingerprint(hashes.SHA256())


def organisation(certificate: x509.Certificate) -> str:
    """The organisation that a certificate names, or else its common name."""
    for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        if names := certificate.subject.get_attributes_for_oid(kind):
            return str(names[0].value)
    return ""


def load_key(location: str, *, passphrase: str | None = None) -> SealKey:
    """Load the key named by the settings: `demo:FOLDER`, `pkcs12:FILE` or an address `pkcs11:` (RFC 7512).

    :param passphrase: of the file, or the module's PIN.
    :raises SealKeyError: the key cannot serve; the message says what to mend.
    """
    kind, _, place = location.partition(":")
    if kind not in _LOADERS:
        raise SealKeyError(f"Clé du cachet : « {kind} » est inconnu. Écrivez {' ou '.join(_LOADERS)}, puis le chemin.")
    try:
        key = _LOADERS[kind](place, passphrase)
    except OSError as error:
        raise SealKeyError(f"Clé du cachet : le chemin « {place} » ne peut pas être lu.") from error
    except ModuleRefused as error:
        raise SealKeyError(f"Clé du cachet : {error}") from error
    if not key.certificate.not_valid_before_utc <= clock.now() <= key.certificate.not_valid_after_utc:
        raise SealKeyError("Clé du cachet : son certificat n’est pas, ou n’est plus, en cours de validité.")
    return key


def create_demo_key(folder: Path, organisation: str) -> SealKey:
    """Make a P-256 root and a seal certificate in a private folder, or return those already there.

    Charters sealed earlier must stay provable, so nothing is ever replaced. The folder appears complete or not at
    all. The root's own key is forgotten at once: nothing else can ever be signed with it. It signs an empty list of
    revoked certificates first, so that an archive of the demo holds all that a real one does.
    """
    if not (folder / _KEY_FILE).exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=".cachet-") as parent:
            draft = Path(parent) / "draft"
            draft.mkdir(mode=0o700)
            _write_demo_key(draft, organisation)
            draft.rename(folder)
    return _load_demo(str(folder))


def _write_demo_key(folder: Path, organisation: str) -> None:
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name(organisation, f"Racine de démonstration – {organisation}")
    root = _certificate(root_name, root_name, root_key, authority=True).sign(root_key, hashes.SHA256())
    seal_name = _name(organisation, f"Cachet de démonstration – {organisation}")
    seal = _certificate(seal_name, root_name, key, authority=False).sign(root_key, hashes.SHA256())
    revoked = x509.CertificateRevocationListBuilder(root_name, root.not_valid_before_utc, root.not_valid_after_utc)
    _write_private(folder / _ROOT_FILE, root.public_bytes(serialization.Encoding.PEM))
    _write_private(
        folder / _LIST_FILE, revoked.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    _write_private(folder / _SEAL_FILE, seal.public_bytes(serialization.Encoding.PEM))
    _write_private(
        folder / _KEY_FILE,
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def _name(organisation: str, common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut(organisation)),
            x509.NameAttribute(NameOID.COMMON_NAME, _cut(common_name)),
        ]
    )


def _cut(name: str) -> str:
    """A name within the 64 that X.520 allows to an attribute; the library counts bytes."""
    return name.encode()[:64].decode(errors="ignore")


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, authority: bool
) -> x509.CertificateBuilder:
    """A certificate to sign: a root that signs certificates only, or a seal (`nonRepudiation`, RFC 5280, 4.2.1.3)."""
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        **dict.fromkeys(
            ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
        ),
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(minutes=5))  # machines whose clocks differ a little
        .not_valid_after(clock.now() + timedelta(days=365 * _DEMO_YEARS))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, from its very first byte."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _load_demo(place: str, _passphrase: str | None = None) -> SealKey:
    folder = Path(place)
    key = serialization.load_pem_private_key((folder / _KEY_FILE).read_bytes(), password=None)
    seal, root = (x509.load_pem_x509_certificate((folder / name).read_bytes()) for name in (_SEAL_FILE, _ROOT_FILE))
    return replace(_seal_key(key, seal, (root,)), lists=_lists(folder / _LIST_FILE))


def _lists(file: Path) -> tuple[bytes, ...]:
    """The root's list; a demonstration made before lists were has none."""
    if not file.exists():
        return ()
    return (x509.load_pem_x509_crl(file.read_bytes()).public_bytes(serialization.Encoding.DER),)


def _load_pkcs12(file: str, passphrase: str | None) -> SealKey:
    try:
        secret = passphrase.encode() if passphrase else None
        key, certificate, others = pkcs12.load_key_and_certificates(Path(file).read_bytes(), secret)
    except ValueError as error:
        raise SealKeyError("Clé du cachet : le fichier PKCS#12 ou sa phrase de passe est à vérifier.") from error
    return _seal_key(key, certificate, tuple(others))


def _load_pkcs11(address: str, pin: str | None) -> SealKey:
    key = ModuleKey.read(address, pin=pin)
    own, others = certificates(key)
    usable = isinstance(own.public_key(), ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    return _seal_key(key if usable else None, own, others)


def _seal_key(key: object, certificate: x509.Certificate | None, others: tuple[x509.Certificate, ...]) -> SealKey:
    if not isinstance(key, PrivateKey) or certificate is None:
        raise SealKeyError("Clé du cachet : il faut une clé RSA ou P-256, et son certificat.")
    return SealKey(key, certificate, _chain(certificate, others))


def _chain(certificate: x509.Certificate, others: tuple[x509.Certificate, ...]) -> tuple[x509.Certificate, ...]:
    """The certificates above one, from its issuer to the root; itself when nothing else was given."""
    by_subject = {other.subject: other for other in others}
    chain: list[x509.Certificate] = []
    current = certificate
    while current.issuer != current.subject and (above := by_subject.pop(current.issuer, None)):
        chain.append(above)
        current = above
    return tuple(chain) or (certificate,)


_LOADERS: Mapping[str, Callable[[str, str | None], SealKey]] = {
    "demo": _load_demo,
    "pkcs12": _load_pkcs12,
    "pkcs11": _load_pkcs11,
}
