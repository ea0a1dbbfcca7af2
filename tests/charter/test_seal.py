"""The seal: judged by other people's tools as well as by ours, and broken by every change."""

import hashlib
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from portal.charter.seal import (
    FieldBox,
    SealError,
    SealKey,
    Trust,
    canonical_json,
    create_demo_key,
    reserved_box,
    seal,
    verify,
)
from portal.kernel import clock
from portal.platform.pdf import Enclosure, html_to_pdf

REGION = "Région Grand Est (démonstration)"
STYLE = "@page { size: A4; margin: 20mm } #cachet { width: 255pt; height: 78pt }"
PAGE = (
    '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Charte</title>'
    f'<link rel="stylesheet" href="shipped:layout/document.css"><style>{STYLE}</style></head>'
    '<body><h1>Charte</h1><p>Élève : Inès Haddad.</p><div style="break-before: page" id="cachet"></div></body></html>'
)
LINES = [
    "Signé électroniquement par Zoé Lefèvre-Gœtz",
    "Responsable légale de l’élève",
    "Le 2 septembre 2026 à 14 h 02",
    "Code vérifié sur le 06 •• •• •• 12",
    "Référence FP-7K3M-2Q9T · prets.example.org/verifier",
]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SealKey:
    return create_demo_key(tmp_path_factory.mktemp("seal") / "cachet", REGION)


@pytest.fixture(scope="module")
def presented() -> bytes:
    return html_to_pdf(PAGE, variant="pdf/a-3a")


@pytest.fixture(scope="module")
def evidence(presented: bytes) -> bytes:
    digest = hashlib.sha256(presented).hexdigest()
    return canonical_json({"schema": "preuve/1", "charter": {"sha256_pdf_presented": digest}})


@pytest.fixture(scope="module")
def sealed(presented: bytes, evidence: bytes, key: SealKey) -> bytes:
    return sealing(presented, evidence, key)


@pytest.fixture
def sealed_file(sealed: bytes, tmp_path: Path) -> Path:
    file = tmp_path / "charte.pdf"
    file.write_bytes(sealed)
    return file


def sealing(presented: bytes, evidence: bytes, key: SealKey, *, lines: list[str] | None = None) -> bytes:
    return seal(
        presented,
        evidence=evidence,
        key=key,
        reason="Charte signée en ligne",
        place="Strasbourg",
        field_box=reserved_box(presented, anchor="cachet", width=255, height=78),
        stamp_lines=lines or LINES,
    )


def run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


# --- what a sealed file is -------------------------------------------------------------------------------------


def test_a_sealed_file_starts_with_the_very_bytes_that_were_shown(sealed: bytes, presented: bytes):
    assert sealed[: len(presented)] == presented


def test_the_seal_is_believed_by_our_own_reader(sealed: bytes, presented: bytes, evidence: bytes, key: SealKey):
    verification = verify(sealed, trust=key.trust)
    assert (verification.ok, verification.reasons) == (True, ())
    assert verification.organisation == REGION
    assert verification.presented_sha256 == hashlib.sha256(presented).hexdigest()
    assert verification.evidence == evidence


def test_another_reader_finds_the_seal_good_and_the_whole_file_covered(sealed_file: Path):
    said = run("pdfsig", "-nocert", sealed_file)
    for words in ("Signature is Valid", "Total document signed", "ETSI.CAdES.detached", "SHA-256"):
        assert words in said
    assert "Not total document signed" not in said


def test_the_evidence_can_be_taken_out_by_anyone(sealed_file: Path, evidence: bytes):
    assert "preuve.json" in run("pdfdetach", "-list", sealed_file)
    run("pdfdetach", "-save", "1", "-o", sealed_file.with_suffix(".json"), sealed_file)
    assert sealed_file.with_suffix(".json").read_bytes() == evidence


def test_the_file_is_still_what_an_archive_asks(sealed: bytes):
    with pikepdf.open(BytesIO(sealed)) as pdf, pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert (pdf.pdf_version, "/Version" in pdf.Root) == ("1.7", False)  # PDF/A-3 is not PDF 2.0
        assert pdf.Root.AF[0].AFRelationship == "/Data"
        assert pdf.Root.AF[0].EF.F.Subtype == "/application/json"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"


def test_the_stamp_is_on_the_page_in_french_with_its_fonts(sealed_file: Path):
    words = run("pdftotext", "-f", "2", "-layout", sealed_file, "-")
    assert [line for line in LINES if line not in words] == []
    fonts = [line.split() for line in run("pdffonts", sealed_file).splitlines()[2:]]
    assert len(fonts) >= 3
    assert {font[-5] for font in fonts} == {"yes"}  # the column "emb"


def test_the_stamp_is_read_aloud_at_the_end_of_the_document(sealed: bytes):
    with pikepdf.open(BytesIO(sealed)) as pdf:
        last = pdf.Root.StructTreeRoot.K[0].K[-1]
        field = pdf.Root.AcroForm.Fields[0]
        assert last.S == "/Form"
        assert str(last.Alt) == str(field.TU) == " ".join(LINES)
        assert last.K.Obj.objgen == field.objgen
        numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
        assert numbers[numbers.index(field.StructParent) + 1].objgen == last.objgen


def test_long_names_shrink_and_still_fit(presented: bytes, evidence: bytes, key: SealKey, tmp_path: Path):
    name = "Marie-Antoinette-Élisabeth de La Rochefoucauld-Montmorency-Luxembourg"
    file = tmp_path / "long.pdf"
    file.write_bytes(sealing(presented, evidence, key, lines=[f"Signé électroniquement par {name}", name, *LINES[1:]]))
    words = " ".join(run("pdftotext", "-f", "2", file, "-").split())
    assert "prets.example.org/verifier" in words


@pytest.mark.parametrize("lines", [["Un texte sans fin. " * 100], ["Une ligne."] * 30])
def test_a_text_that_cannot_fit_is_refused(presented: bytes, evidence: bytes, key: SealKey, lines: list[str]):
    with pytest.raises(SealError, match="trop long"):
        sealing(presented, evidence, key, lines=lines)


def test_the_time_of_the_seal_is_the_portals(presented: bytes, evidence: bytes, key: SealKey):
    instant = clock.now().replace(microsecond=0) + timedelta(days=3)
    with clock.frozen(instant):
        assert verify(sealing(presented, evidence, key), trust=key.trust).signed_at == instant


# --- what breaks it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", range(40))
def test_one_changed_bit_anywhere_is_refused(sealed: bytes, key: SealKey, part: int):
    changed = bytearray(sealed)
    changed[(2 * part + 1) * len(sealed) // 80] ^= 1
    verification = verify(bytes(changed), trust=key.trust)
    assert not verification.ok
    assert verification.reasons
    assert (verification.organisation, verification.evidence, verification.signed_at) == ("", b"", None)


def test_bytes_that_the_seal_cannot_cover_are_checked_too(sealed: bytes, key: SealKey):
    start = sealed.index(b"/Contents <3082") + len("/Contents <")
    padding = sealed.index(b"00000000>", start)
    for position, byte in ((padding, b"1"), (start + sealed[start:].index(b"D"), b"d"), (start + 51, b"3")):
        changed = sealed[:position] + byte + sealed[position + 1 :]
        assert changed != sealed
        assert not verify(changed, trust=key.trust).ok, position


def test_an_appended_revision_is_refused(sealed: bytes, key: SealKey):
    writer = IncrementalPdfFileWriter(BytesIO(sealed))
    writer.root["/Lang"] = generic.pdf_string("en")
    writer.update_root()
    appended = BytesIO()
    writer.write(appended)
    verification = verify(appended.getvalue(), trust=key.trust)
    assert not verification.ok
    assert "Quelque chose a été ajouté au fichier après la pose du cachet." in verification.reasons


def test_even_one_byte_at_the_end_is_refused(sealed: bytes, key: SealKey):
    assert not verify(sealed + b"\n", trust=key.trust).ok


@pytest.mark.parametrize("file", [b"", b"%PDF-1.7", b"<html></html>" * 50], ids=["empty", "header", "not a PDF"])
def test_what_is_not_a_pdf_is_refused_in_french(file: bytes, key: SealKey):
    assert verify(file, trust=key.trust).reasons == ("Ce fichier n’est pas un PDF lisible, ou il a été abîmé.",)


def test_a_file_without_a_seal_is_refused(presented: bytes, key: SealKey):
    assert verify(presented, trust=key.trust).reasons == ("Ce fichier ne porte pas un cachet, et un seul.",)


def test_someone_elses_seal_is_refused_whatever_name_it_bears(
    presented: bytes, evidence: bytes, key: SealKey, tmp_path: Path
):
    impostor = create_demo_key(tmp_path / "cachet", REGION)
    forged = sealing(presented, evidence, impostor)
    assert verify(forged, trust=impostor.trust).ok
    assert verify(forged, trust=key.trust).reasons == ("Ce cachet n’est pas l’un de ceux du portail.",)
    same_root = Trust(roots=impostor.trust.roots, seals=key.trust.seals)
    assert verify(forged, trust=same_root).reasons == ("Ce cachet n’est pas l’un de ceux du portail.",)


def test_a_certificate_that_has_ended_is_refused(sealed: bytes, key: SealKey):
    later = clock.now() + timedelta(days=365 * 11)
    verification = verify(sealed, trust=key.trust, moment=later)
    assert verification.reasons == ("Le certificat du cachet n’est pas reconnu à cette date.",)


def test_evidence_of_another_document_is_refused(presented: bytes, key: SealKey):
    other = canonical_json({"charter": {"sha256_pdf_presented": "0" * 64}})
    verification = verify(sealing(presented, other, key), trust=key.trust)
    assert verification.reasons == ("Le dossier de preuve parle d’un autre document que celui-ci.",)


def test_a_file_is_sealed_once(sealed: bytes, evidence: bytes, key: SealKey):
    with pytest.raises(SealError, match="déjà une pièce jointe"):
        sealing(sealed, evidence, key)


def test_a_file_with_an_enclosure_of_its_own_is_not_sealed(evidence: bytes, key: SealKey):
    enclosure = Enclosure(name="preuve.json", content=b"{}", description="Autre")
    with pytest.raises(SealError, match="déjà une pièce jointe"):
        sealing(html_to_pdf(PAGE, variant="pdf/a-3a", enclosures=[enclosure]), evidence, key)


def test_a_file_with_a_revision_of_its_own_is_not_sealed(presented: bytes, evidence: bytes, key: SealKey):
    writer = IncrementalPdfFileWriter(BytesIO(presented))
    writer.root["/Lang"] = generic.pdf_string("en")
    writer.update_root()
    revised = BytesIO()
    writer.write(revised)
    with pytest.raises(SealError, match="déjà des modifications"):
        sealing(revised.getvalue(), evidence, key)


def test_a_page_without_its_reserved_place_says_so(presented: bytes):
    with pytest.raises(SealError, match="ailleurs"):
        reserved_box(presented, anchor="ailleurs", width=255, height=78)


def test_the_reserved_place_is_where_the_page_says(presented: bytes):
    assert reserved_box(presented, anchor="cachet", width=255, height=78) == FieldBox(page=1, rect=(57, 707, 312, 785))


# --- the rest --------------------------------------------------------------------------------------------------


def test_the_web_process_does_not_load_the_seals_library():
    code = "import sys, portal.charter.seal; sys.exit('pyhanko' in sys.modules or 'weasyprint' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_canonical_json_follows_the_standards_own_example():
    keys = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    expected = '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}'  # RFC 8785, 3.2.3
    assert canonical_json(keys) == expected.encode()
    assert canonical_json({"b": [True, None, "é\n\x0f"], "a": {}}) == '{"a":{},"b":[true,null,"é\\n\\u000f"]}'.encode()


@pytest.mark.parametrize(
    ("value", "error"),
    [(1.5, TypeError), ({1: 2}, TypeError), (b"x", TypeError), (2**60, ValueError), ("\ud800", ValueError)],
)
def test_what_cannot_be_written_in_one_way_only_is_refused(value: object, error: type[Exception]):
    with pytest.raises(error):
        canonical_json(value)
