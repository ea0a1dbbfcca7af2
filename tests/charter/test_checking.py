"""`/verifier`: anybody learns whether a charter is authentic, when and whose seal it bears, and nobody's name (SIG-10)."""

from io import BytesIO

import pytest

from portal.charter import forms
from portal.platform import files
from tests.charter import flow
from tests.pages import Page


@pytest.fixture
def about(app, tmp_path, monkeypatch):
    flow.in_demo(app, tmp_path, monkeypatch)
    asked = flow.signed()
    flow.seal(asked)
    return asked


@pytest.fixture
def sealed(about):
    return files.read(about.signature.sealed_key)


def drop(client, content, name="charte.pdf"):
    return client.post("/verifier", data={"file": (BytesIO(content), name)}, content_type="multipart/form-data")


def printed(client, about, **changes):
    asked = {"reference": about.loan.reference, "digest": about.signature.presented_sha256[:16], **changes}
    return client.post("/verifier/papier", data=asked)


def names(about):
    return {about.name, about.family.student.family_name, about.family.student.given_name, about.signature.code_to}


@pytest.mark.both
def test_sig_10_the_file_is_authentic_and_the_page_names_nobody(client, about, sealed):
    page = Page(drop(client, sealed))
    said = page.text(".notice")
    assert "Cette charte est authentique" in said
    assert "Fin prêt, démonstration" in said
    assert not [name for name in names(about) if name and name in page.text("main")]


def test_sig_9_one_changed_byte_or_one_byte_more_is_refused(client, sealed):
    changed = bytearray(sealed)
    changed[len(changed) // 2] ^= 1
    for content in (bytes(changed), sealed + b"\n%%EOF\n", b"%PDF-1.7\n%%EOF\n", b"nothing like a PDF"):
        page = Page(drop(client, content))
        assert "Nous ne pouvons pas confirmer cette charte" in page.text(".notice")


@pytest.mark.both
@pytest.mark.parametrize("way", [str, str.lower, lambda text: f" {text} "])
def test_sig_10_a_paper_copy_is_checked_by_its_reference_and_fingerprint(client, about, way):
    page = Page(printed(client, about, reference=way(about.loan.reference)))
    assert "Cette charte est authentique" in page.text(".notice")
    assert not [name for name in names(about) if name and name in page.text("main")]


def test_a_reference_without_its_own_fingerprint_says_nothing_more(client, about):
    page = Page(printed(client, about, digest="0123 4567 89ab cdef"))
    assert "Nous ne pouvons pas confirmer" in page.text(".notice")
    other = Page(printed(client, about, reference="FP-0000-0001", digest="0123456789abcdef"), status=422)
    assert "Vérifiez chaque signe" in " ".join(other.errors())


@pytest.mark.parametrize("digest", ["", "3f2a", "%" * 16, "_" * 16, "z" * 16, "0" * 65])
def test_a_fingerprint_that_cannot_be_one_is_explained(client, about, digest):
    page = Page(printed(client, about, digest=digest), status=422)
    assert page.errors()


def test_no_file_or_a_huge_one_is_explained(client, monkeypatch):
    monkeypatch.setattr(forms, "LARGEST_FILE", 1_000)
    assert "Choisissez le fichier" in " ".join(Page(client.post("/verifier"), status=422).errors())
    huge = drop(client, b"%PDF-" + b"0" * 1_000)
    assert "trop gros" in " ".join(Page(huge, status=422).errors())


def test_many_checks_from_one_place_must_wait(client, about):
    answers = [printed(client, about, digest="0123456789abcdef").status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]
