"""What the servers of these tests are installed from: locks that name no registry, and a set-up that does nothing twice."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVERS = Path(__file__).parent / "servers"


@pytest.fixture
def setup(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("deploy_setup_tools", ROOT / "deploy" / "setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "say", lambda _: None)
    return module


def test_the_lock_of_npm_names_no_registry_and_knows_every_file():
    text = (SERVERS / "package-lock.json").read_text(encoding="utf-8")
    packages = {path: one for path, one in json.loads(text)["packages"].items() if path}
    assert '"resolved"' not in text
    assert "registry" not in text
    assert {one["integrity"].partition("-")[0] for one in packages.values()} == {"sha512"}
    assert not any(one.get("hasInstallScript") for one in packages.values())


@pytest.mark.parametrize("name", ["cas-requirements.lock", "node-requirements.lock"])
def test_the_locks_of_pip_name_no_address_and_every_file_has_a_hash(name):
    lock = (SERVERS / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert "://" not in lock
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_a_tool_is_installed_once_a_lock(setup, tmp_path):
    lock, folder, installed = tmp_path / "a.lock", tmp_path / "tools" / "a", []
    lock.write_text("one", encoding="utf-8")
    for _ in range(2):
        setup.prepare_tool(folder, (lock,), installed.append)
    lock.write_text("two", encoding="utf-8")
    setup.prepare_tool(folder, (lock,), installed.append)
    assert installed == [folder, folder]
    assert (folder / "a.lock").read_text(encoding="utf-8") == "two"


def test_an_interrupted_installation_is_done_again(setup, tmp_path):
    lock, folder = tmp_path / "a.lock", tmp_path / "tools" / "a"
    lock.write_text("one", encoding="utf-8")

    def fail(_):
        raise setup.SetupError("no network")

    with pytest.raises(setup.SetupError):
        setup.prepare_tool(folder, (lock,), fail)
    installed = []
    setup.prepare_tool(folder, (lock,), installed.append)
    assert installed == [folder]


@pytest.mark.parametrize(
    ("version", "has_npm", "wheel"), [("v20.11.0", True, False), ("v18.19.0", True, True), ("", False, True)]
)
def test_node_comes_as_a_wheel_where_the_system_has_none_or_an_old_one(
    setup, tmp_path, monkeypatch, version, has_npm, wheel
):
    prepared, ran = [], []
    monkeypatch.setattr(setup.shutil, "which", lambda name: f"/bin/{name}" if has_npm else None)
    monkeypatch.setattr(setup, "run", lambda *command, **_: ran.append(command) or version)
    monkeypatch.setattr(setup, "prepare_tool", lambda folder, *_: prepared.append(folder))
    setup.install_oidc_provider(tmp_path)
    assert prepared == ([setup.NODE] if wheel else [])
    assert "--ignore-scripts" in ran[-1]
