"""The key of the seal: private, never replaced, and refused with a sentence when it cannot serve."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import pkcs12

from portal.charter.keys import SealKey, SealKeyError, create_demo_key, fingerprint, load_key, organisation
from portal.kernel import clock

REGION = "Région Grand Est (démonstration)"


@pytest.fixture
def key(tmp_path: Path) -> SealKey:
    return create_demo_key(tmp_path / "cachet", REGION)


def p12(key: SealKey, passphrase: bytes) -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"cachet", key.private_key, key.certificate, key.chain, serialization.BestAvailableEncryption(passphrase)
    )


def test_a_demonstration_key_is_p256_and_names_the_organisation(key: SealKey):
    assert isinstance(key.private_key, ec.EllipticCurvePrivateKey)
    assert key.private_key.curve.name == "secp256r1"
    assert organisation(key.certificate) == REGION
    key.certificate.verify_directly_issued_by(key.chain[0])


def test_nobody_else_can_read_the_key(key: SealKey, tmp_path: Path):
    folder = tmp_path / "cachet"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert [path.name for path in tmp_path.iterdir()] == ["cachet"]


def test_a_key_that_exists_is_never_replaced(key: SealKey, tmp_path: Path):
    again = create_demo_key(tmp_path / "cachet", "Une autre région")
    assert again.certificate == key.certificate == load_key(f"demo:{tmp_path / 'cachet'}").certificate


def test_a_long_name_is_cut_to_what_a_certificate_allows(tmp_path: Path):
    key = create_demo_key(tmp_path / "cachet", "Région " * 20)
    assert organisation(key.certificate) == "Région Région Région Région Région Région Région Région "


def test_a_bought_key_comes_with_its_chain(key: SealKey, tmp_path: Path):
    file = tmp_path / "cachet.p12"
    file.write_bytes(p12(key, b"secret"))
    loaded = load_key(f"pkcs12:{file}", passphrase="secret")
    assert (loaded.certificate, loaded.chain) == (key.certificate, key.chain)
    assert loaded.trust == replace(
        key.trust, lists=()
    )  # an authority publishes its list; the demo's root brings its own


def test_a_key_believes_its_own_seals_only(key: SealKey):
    assert key.trust.seals == {fingerprint(key.certificate)}
    assert key.trust.roots == key.chain


@pytest.mark.parametrize("passphrase", ["wrong", None])
def test_a_wrong_passphrase_says_so(key: SealKey, tmp_path: Path, passphrase: str | None):
    file = tmp_path / "cachet.p12"
    file.write_bytes(p12(key, b"secret"))
    with pytest.raises(SealKeyError, match="phrase de passe"):
        load_key(f"pkcs12:{file}", passphrase=passphrase)


def test_a_file_without_a_usable_key_says_so(tmp_path: Path):
    file = tmp_path / "cachet.p12"
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"", ed25519.Ed25519PrivateKey.generate(), None, None, serialization.NoEncryption()
        )
    )
    with pytest.raises(SealKeyError, match="RSA ou P-256"):
        load_key(f"pkcs12:{file}")


@pytest.mark.parametrize(
    ("location", "word"), [("carte:slot", "demo ou pkcs12 ou pkcs11"), ("demo:/nowhere", "/nowhere")]
)
def test_a_location_that_cannot_serve_says_why(location: str, word: str):
    with pytest.raises(SealKeyError, match=word):
        load_key(location)


def test_a_key_whose_certificate_has_ended_is_refused(key: SealKey, tmp_path: Path):
    later = clock.now() + timedelta(days=365 * 11)
    with clock.frozen(later), pytest.raises(SealKeyError, match="en cours de validité"):
        load_key(f"demo:{tmp_path / 'cachet'}")
