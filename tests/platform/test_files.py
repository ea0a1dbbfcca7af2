"""Files are kept by their content, on a folder as on S3, and never handed out damaged."""

import stat

import pytest

from portal.platform import files

PDF = b"%PDF-1.7 a signed charter"


@pytest.fixture(params=["folder", "s3"])
def store(request, app, monkeypatch):
    """The same store behind two settings."""
    from dataclasses import replace

    if request.param == "s3":
        url = request.getfixturevalue("s3")
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], files_url=url)
    return request.param


def test_bytes_come_back_as_they_were(store):
    key = files.keep(PDF, kind="charte")
    assert files.read(key) == PDF
    assert key == f"charte/{files.digest_of(PDF)[:2]}/{files.digest_of(PDF)}.pdf"


def test_the_same_bytes_are_kept_once(store):
    assert files.keep(PDF, kind="charte") == files.keep(PDF, kind="charte")


def test_a_forgotten_file_is_gone(store):
    key = files.keep(PDF, kind="charte")
    files.forget(key)
    with pytest.raises(FileNotFoundError):
        files.read(key)


def test_a_file_that_changed_is_not_handed_out(store):
    import obstore

    key = files.keep(PDF, kind="charte")
    obstore.put(files._here(), key, b"%PDF-1.7 another charter")
    with pytest.raises(files.DamagedFile):
        files.read(key)


def test_the_folder_is_private(app):
    from pathlib import Path

    files.keep(PDF, kind="charte")
    folder = Path(app.config["SETTINGS"].files_url)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "static" not in folder.parts


@pytest.mark.parametrize("key", ["../secret.key", "/etc/passwd", "charte/../../secret.key"])
def test_a_key_does_not_leave_the_folder(app, key):
    with pytest.raises(Exception, match=r"(?i)path|not found|segment|generic"):
        files.read(key)
