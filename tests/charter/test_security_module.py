"""A seal's key that never leaves its security module: SoftHSM, where the key is made and signs."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pkcs11 import Attribute, CertificateType, KeyType, ObjectClass
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

from portal.charter.cli import group
from portal.charter.keys import SealKey, SealKeyError, load_key
from portal.charter.seal import FieldBox, SealError, canonical_json, seal, verify
from portal.charter.services import seal_key
from portal.config import BadSettings
from portal.kernel import clock
from portal.platform.pdf import html_to_pdf
from tests.databases import settings

LIBRARY = "/usr/lib/softhsm/libsofthsm2.so"
TOKEN, PIN = "Région Grand Est", "4321"
NAME = "Région Grand Est"
BOX = FieldBox(page=0, rect=(71, 77, 524, 201))
PAGE = '<html lang="fr"><head><meta charset="utf-8"><title>Charte</title></head><body><h1>Charte</h1></body></html>'


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pkcs11.Token]:
    """A module with one token, in which two seals' keys are made."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "conf")
    made = ("softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", "87654321")
    subprocess.run(made, check=True, capture_output=True)
    token = pkcs11.lib(LIBRARY).get_token(token_label=TOKEN)
    with token.open(user_pin=PIN, rw=True) as session:
        _seals(session)
    yield token
    del os.environ["SOFTHSM2_CONF"]


def _seals(session: pkcs11.Session) -> None:
    curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
    public, _ = parameters.generate_keypair(store=True, label="cachet p256")
    root_key, root = _root()
    _store(session, "racine", root)
    _store(session, "cachet p256", _issued(encode_ec_public_key(public), root, root_key))
    public, _ = session.generate_keypair(KeyType.RSA, 2048, store=True, label="cachet rsa")
    spki = serialization.load_der_public_key(encode_rsa_public_key(public))
    _store(session, "cachet rsa", _issued(spki.public_bytes(*_SPKI), root, root_key))


_SPKI = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, NAME), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _builder(subject: str, public_key: object) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name("racine"))
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=400))
        .not_valid_after(clock.now() + timedelta(days=800))
    )


def _root() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    authority = x509.BasicConstraints(ca=True, path_length=0)
    builder = _builder("racine", key.public_key()).add_extension(authority, critical=True)
    return key, builder.sign(key, hashes.SHA256())


def _issued(spki: bytes, root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    signs = x509.KeyUsage(digital_signature=True, content_commitment=True, **usage)
    builder = _builder("cachet", serialization.load_der_public_key(spki)).add_extension(signs, critical=True)
    return builder.sign(root_key, hashes.SHA256())


def _store(session: pkcs11.Session, label: str, certificate: x509.Certificate) -> None:
    session.create_object(
        {
            Attribute.CLASS: ObjectClass.CERTIFICATE,
            Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
            Attribute.TOKEN: True,
            Attribute.LABEL: label,
            Attribute.SUBJECT: certificate.subject.public_bytes(),
            Attribute.VALUE: certificate.public_bytes(serialization.Encoding.DER),
        }
    )


def address(*, label: str = "cachet p256", token: str = "R%C3%A9gion%20Grand%20Est", library: str = LIBRARY) -> str:
    return f"pkcs11:token={token};object={label.replace(' ', '%20')}?module-path={library}"


def sealed_with(key: SealKey) -> bytes:
    return seal(
        html_to_pdf(PAGE, variant="pdf/a-3a"),
        evidence=canonical_json({"schema": "preuve"}),
        key=key,
        reason="Charte signée en ligne",
        place="Strasbourg",
        field_box=BOX,
        stamp_lines=["Signée en ligne"],
    )


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("label", ["cachet p256", "cachet rsa"])
def test_the_module_seals_and_both_readers_believe_it(label: str, tmp_path: Path):
    key = load_key(address(label=label), passphrase=PIN)
    assert [one.subject for one in key.chain] == [_name("racine")]
    pdf = sealed_with(key)
    verdict = verify(pdf, trust=key.trust)
    assert (verdict.ok, verdict.reasons, verdict.organisation) == (True, (), NAME)
    file = tmp_path / "charte.pdf"
    file.write_bytes(pdf)
    said = subprocess.run(["pdfsig", "-nocert", file], check=True, capture_output=True, text=True).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_the_key_cannot_be_taken_out_of_its_module(token: pkcs11.Token):
    with token.open(user_pin=PIN) as session:
        private = session.get_key(ObjectClass.PRIVATE_KEY, label="cachet p256")
        assert (private[Attribute.SENSITIVE], private[Attribute.EXTRACTABLE]) == (True, False)


@pytest.mark.usefixtures("token")
def test_the_settings_name_the_module_and_a_wrong_pin_says_so(tmp_path: Path):
    installed = settings(tmp_path, "sqlite://", seal_pkcs11=address(), seal_passphrase="not-this-one")
    key = seal_key(installed)  # reading the certificate needs no PIN: the web never logs in
    with pytest.raises(SealError, match="FIN_PRET_SEAL_PASSPHRASE"):
        sealed_with(key)
    assert "not-this-one" not in repr(key)


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize(
    ("place", "words"),
    [
        (address(library="/usr/lib/absent.so"), "« /usr/lib/absent.so » ne s’ouvre pas. Est-il installé"),
        (address(token="autre"), "pas de jeton « autre »"),
        (address(label="autre"), "pas de certificat « autre »"),
        ("pkcs11:/usr/lib/softhsm", "RFC 7512"),
    ],
    ids=["no module", "no token", "no certificate", "no address"],
)
def test_what_is_missing_is_said_in_one_line(place: str, words: str):
    with pytest.raises(SealKeyError, match="Clé du cachet") as refusal:
        load_key(place, passphrase=PIN)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_one_key_seals_and_not_two(tmp_path: Path):
    both = settings(tmp_path, "sqlite://", seal_pkcs11=address(), seal_pkcs12="cachet.p12")
    with pytest.raises(BadSettings, match="one key seals"):
        both.check()


@pytest.mark.usefixtures("token")
def test_whoever_installs_it_tries_the_key_in_one_command(app, monkeypatch):
    def tried(**changes):
        monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], seal_passphrase=PIN, **changes))
        return app.test_cli_runner().invoke(group, ["key"])

    assert f"prête\u00a0: cachet de {NAME}" in tried(seal_pkcs11=address()).output
    missing = tried(seal_pkcs11=address(library="/usr/lib/absent.so"))
    assert (missing.exit_code, missing.output.count("\n")) == (1, 1)
    assert "Est-il installé" in missing.output
