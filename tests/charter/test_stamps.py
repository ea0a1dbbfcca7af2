"""Time stamps on a sealed file, from a real RFC 3161 authority on loopback, judged by other people's tools too."""

import base64
import hashlib
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import httpx
import pikepdf
import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

import time_authority
from portal.charter.authority import AuthorityDown, NoRoom, TokenRefused, load_authority
from portal.charter.keys import SealKeyError, create_demo_key
from portal.charter.pades import asking, sealing
from portal.charter.seal import archive, canonical_json, reserved_box, seal, stamp, verify
from portal.kernel import clock
from portal.platform.pdf import html_to_pdf

PAGE = (
    '<html lang="fr"><head><meta charset="utf-8"><title>Charte</title></head>'
    '<body><h1>Charte</h1><p id="cachet">Ici</p></body></html>'
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with time_authority.running(tmp_path_factory.mktemp("horodatage"), now=clock.now) as running:
        yield running


@pytest.fixture
def conduct(server):
    yield server.behave
    server.behave()


@pytest.fixture(scope="module")
def authority(server):
    return load_authority(server.url, policy=time_authority.POLICY, roots=str(server.trust))


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    with clock.frozen(clock.now() - timedelta(days=300)):  # it ends before the authority's
        return create_demo_key(tmp_path_factory.mktemp("cachet") / "cachet", "Région Grand Est (démonstration)")


@pytest.fixture(scope="module")
def trust(key, authority):
    return replace(key.trust, stamps=authority.roots, lists=(*key.trust.lists, *authority.lists))


@pytest.fixture(scope="module")
def sealed(presented, key):
    return sealing_of(presented, key)


@pytest.fixture(scope="module")
def presented():
    return html_to_pdf(PAGE, variant="pdf/a-3a")


def sealing_of(presented, key):
    box = reserved_box(presented, anchor="cachet", width=255, height=78)
    evidence = canonical_json({"schema": "essai"})
    return seal(
        presented, evidence=evidence, key=key, reason="Essai", place="Metz", field_box=box, stamp_lines=["Essai"]
    )


@pytest.fixture(scope="module")
def stamped(sealed, authority, trust):
    return stamp(sealed, authority=authority, trust=trust)


@pytest.fixture(scope="module")
def archived(stamped, authority, trust):
    return archive(stamped.pdf, authority=authority, trust=trust)


def pdfsig(pdf, tmp_path):
    file = tmp_path / "charte.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdfsig", "-nocert", file], check=False, capture_output=True, text=True).stdout


def pyhanko(pdf, trust):
    """Each signature and document time stamp, as pyHanko alone judges it; apart, for it starts an event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: list(_judged_by_pyhanko(pdf, trust))).result()


def _judged_by_pyhanko(pdf, trust):
    roots = [asn1_x509.Certificate.load(root.public_bytes(Encoding.DER)) for root in (*trust.roots, *trust.stamps)]
    reader = PdfFileReader(BytesIO(pdf))
    for one in reader.embedded_signatures:
        judge = validate_pdf_signature if one.sig_object_type == "/Sig" else validate_pdf_timestamp
        yield judge(one, ValidationContext(trust_roots=roots, allow_fetching=False))


def with_a_revision(pdf):
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    writer.root["/Lang"] = generic.pdf_string("en")
    writer.update_root()
    appended = BytesIO()
    writer.write(appended)
    return appended.getvalue()


# --- B-T: handed out -------------------------------------------------------------------------------------------------


def test_sig_8_three_readers_find_the_stamped_file_whole_and_valid(stamped, trust, tmp_path):
    said = pdfsig(stamped.pdf, tmp_path)
    assert all(words in said for words in ("ETSI.CAdES.detached", "Total document signed", "Signature is Valid"))
    assert "Not total" not in said
    assert "Signature #2" not in said
    (status,) = pyhanko(stamped.pdf, trust)
    assert status.bottom_line
    assert status.pretty_print_details().rstrip().endswith("The signature is judged VALID.")
    assert status.timestamp_validity.timestamp == stamped.at
    ours = verify(stamped.pdf, trust=trust)
    assert (ours.ok, ours.stamped_at, ours.stamped_by) == (True, stamped.at, "Fin prêt, démonstration")


def test_sig_4_the_stamp_moves_no_byte_that_the_seal_covers(presented, sealed, stamped, trust):
    start, before, after, rest = PdfFileReader(BytesIO(sealed)).embedded_signatures[0].byte_range
    assert len(stamped.pdf) == len(sealed) == after + rest
    assert stamped.pdf[start:before] == sealed[start:before]
    assert stamped.pdf[after:] == sealed[after:]
    assert stamped.pdf.startswith(presented)
    assert verify(stamped.pdf, trust=trust).presented_sha256 == hashlib.sha256(presented).hexdigest()


def test_sig_6_before_a_token_verifies_nothing_says_stamped(sealed, trust):
    ours = verify(sealed, trust=trust)
    assert (ours.ok, ours.stamped_at, ours.stamped_by) == (True, None, "")
    assert ours.signed_at


@pytest.mark.parametrize(
    ("conduct_name", "error"),
    [
        ("refused", TokenRefused),
        ("wrong-imprint", TokenRefused),
        ("wrong-nonce", TokenRefused),
        ("wrong-policy", TokenRefused),
        ("html-502", AuthorityDown),
        ("slow", AuthorityDown),
        ("cut", AuthorityDown),
    ],
)
def test_sig_6_an_authority_that_misbehaves_stamps_nothing(
    sealed, authority, trust, conduct, monkeypatch, conduct_name, error
):
    monkeypatch.setattr(asking, "PATIENCE", 0.3)
    conduct(conduct_name)
    with pytest.raises(error):
        stamp(sealed, authority=authority, trust=trust)


def test_sig_6_an_authority_that_nobody_trusts_stamps_nothing(sealed, authority, trust, key):
    with pytest.raises(TokenRefused, match="font confiance"):
        stamp(sealed, authority=replace(authority, roots=key.chain), trust=trust)
    with pytest.raises(AuthorityDown):
        stamp(sealed, authority=replace(authority, url="http://127.0.0.1:9/"), trust=trust)
    with pytest.raises(AuthorityDown, match="illisible"):
        asking._content(b"<html>")


def test_sig_6_a_stamp_of_an_authority_not_in_the_trust_is_refused_when_read(stamped, key):
    assert verify(stamped.pdf, trust=key.trust).reasons == ("L’horodatage n’est pas reconnu, ou il a été retouché.",)


def test_a_password_is_sent_apart_from_the_address():
    address, login = asking._without_login("https://r%C3%A9gion:s%40cret@tsa.example.org:8443/stamp")
    assert address == "https://tsa.example.org:8443/stamp"
    sent = next(login.auth_flow(httpx.Request("POST", address))).headers["Authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")).decode() == "région:s@cret"


def test_roots_that_cannot_be_read_are_explained(tmp_path):
    assert load_authority("") is None
    with pytest.raises(SealKeyError, match="Horodatage"):
        load_authority("http://127.0.0.1:9/", roots=str(tmp_path / "rien.pem"))


def test_a_file_sealed_without_room_for_a_stamp_says_so(presented, key, authority, trust, monkeypatch):
    monkeypatch.setattr(sealing, "RESERVED", 4_000)
    tight = sealing_of(presented, key)
    with pytest.raises(NoRoom):
        stamp(tight, authority=authority, trust=trust)


def test_a_seal_is_still_believed_after_its_certificate_has_ended_if_it_was_stamped_before(sealed, stamped, trust, key):
    ended = key.certificate.not_valid_after_utc
    assert verify(stamped.pdf, trust=trust, moment=ended - timedelta(days=1)).ok
    assert not verify(sealed, trust=trust, moment=ended + timedelta(hours=1)).ok
    assert verify(stamped.pdf, trust=trust, moment=ended + timedelta(hours=1)).ok


@pytest.mark.parametrize("part", range(24))
def test_sig_9_one_changed_bit_anywhere_in_a_stamped_file_is_refused(stamped, trust, part):
    _, before, _, _ = PdfFileReader(BytesIO(stamped.pdf)).embedded_signatures[0].byte_range
    message = stamped.pdf[before : before + 12_000].rstrip(b"0")
    inside = before + 1 + part * len(message) // 24  # within the seal's own bytes, the token's included
    around = (2 * part + 1) * len(stamped.pdf) // 48
    for position in (inside, around):
        changed = bytearray(stamped.pdf)
        changed[position] ^= 1
        assert not verify(bytes(changed), trust=trust).ok, position


def test_sig_9_what_no_signature_covers_is_refused_once_touched(stamped, trust):
    """The length of the whole, the tag before the stamp, the NULL after the name of each digest, the signers' names."""
    start = PdfFileReader(BytesIO(stamped.pdf)).embedded_signatures[0].byte_range[1] + 1
    digits = stamped.pdf[start : start + 12_000].decode()
    nulls = [found.start() + 26 for found in re.finditer("300D06096086480165030402010500", digits)]
    stamp = digits.index("060B2A864886F70D010910020E") - 16
    assert digits[stamp : stamp + 2] == "A1"
    seal = cms.ContentInfo.load(bytes.fromhex(digits))["content"]["signer_infos"][0]
    token = seal["unsigned_attrs"][0]["values"][0]["content"]["signer_infos"][0]
    names = [one["sid"].dump() for one in (seal, token)]
    letters = [digits.index(name.hex().upper()) + 2 * re.search(rb"[a-z]{3}", name).start() for name in names]
    ones = (4, 5, 6, 7, stamp, stamp + 1, *nulls, *(place + 1 for place in nulls))
    for position, bit in [*((place, 1) for place in ones), *((place, 2) for place in letters)]:
        changed = bytearray(stamped.pdf)
        changed[start + position] ^= bit  # 2: another case, which readers of names do not tell apart
        assert not verify(bytes(changed), trust=trust).ok, position


def test_sig_9_other_readers_refuse_a_changed_byte_and_pyhanko_an_added_revision(stamped, trust, tmp_path):
    changed = bytearray(stamped.pdf)
    changed[changed.index(b"/Location")] ^= 1
    assert "Digest Mismatch" in pdfsig(bytes(changed), tmp_path)
    added = with_a_revision(stamped.pdf)
    assert "Not total document signed" in pdfsig(added, tmp_path), "poppler says it; it does not call the seal invalid"
    (status,) = pyhanko(added, trust)
    assert not status.bottom_line
    assert verify(added, trust=trust).reasons[0].startswith("Quelque chose a été ajouté")


# --- B-LTA: kept ------------------------------------------------------------------------------------------------------


def test_the_archive_holds_both_chains_their_lists_and_a_stamp_over_all(archived, stamped, trust, authority, tmp_path):
    assert archived.pdf.startswith(stamped.pdf)
    assert archived.revocation
    assert "Signature is Valid" in pdfsig(archived.pdf, tmp_path)
    sealed_as, dated_as = pyhanko(archived.pdf, trust)
    assert sealed_as.bottom_line
    assert (dated_as.intact, dated_as.valid, dated_as.trusted) == (True, True, True)
    ours = verify(archived.pdf, trust=trust)
    assert ours.ok, ours.reasons
    assert ours.archived_at >= ours.stamped_at == stamped.at
    with pikepdf.open(BytesIO(archived.pdf)) as pdf:
        assert (len(pdf.Root.DSS.Certs), len(pdf.Root.DSS.CRLs)) == (4, 2)
        assert (pdf.pdf_version, "/Version" in pdf.Root) == ("1.7", False)  # PDF/A-3 is not PDF 2.0


def test_an_archive_is_renewed_by_one_more_stamp_and_outlives_the_first(archived, authority, trust):
    again = archive(archived.pdf, authority=authority, trust=trust)
    assert again.pdf.startswith(archived.pdf)
    ours = verify(again.pdf, trust=trust)
    assert ours.ok, ours.reasons
    assert len(PdfFileReader(BytesIO(again.pdf)).embedded_timestamp_signatures) == 2


def test_sig_9_what_is_added_to_an_archive_is_refused_and_so_is_a_changed_bit(archived, stamped, trust):
    assert not verify(with_a_revision(archived.pdf), trust=trust).ok
    assert not verify(archived.pdf + b"\n%%EOF\n", trust=trust).ok
    for part in range(12):
        position = len(stamped.pdf) + (2 * part + 1) * (len(archived.pdf) - len(stamped.pdf)) // 24
        changed = bytearray(archived.pdf)
        changed[position] ^= 1
        assert not verify(bytes(changed), trust=trust).ok, position
