"""`flask evidence verify`: the proof, years later, without the database."""

import pytest

from portal.charter.cli import group
from portal.platform import files
from tests.charter import flow


@pytest.fixture
def sealed(app, tmp_path, monkeypatch):
    flow.in_demo(app, tmp_path, monkeypatch)
    about = flow.signed()
    flow.seal(about)
    file = tmp_path / "charte.pdf"
    file.write_bytes(files.read(about.signature.sealed_key))
    return file


@pytest.fixture
def verify(app):
    return lambda file: app.test_cli_runner().invoke(group, ["verify", str(file)])


def test_sig_4_a_sealed_charter_is_proved_from_its_file_alone(sealed, verify):
    result = verify(sealed)
    assert result.exit_code == 0, result.output
    assert "authentique" in result.output


def test_sig_4_one_changed_byte_is_refused_with_a_reason(sealed, verify):
    content = bytearray(sealed.read_bytes())
    content[len(content) // 2] ^= 1
    sealed.write_bytes(content)
    result = verify(sealed)
    assert result.exit_code == 1
    assert "refusé" in result.output


def test_what_was_never_sealed_is_refused(verify, tmp_path):
    file = tmp_path / "autre.pdf"
    file.write_bytes(b"%PDF-1.7\n%%EOF\n")
    assert verify(file).exit_code == 1
