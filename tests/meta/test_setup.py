"""The commands of the README: set-up, run, reset, and what they may leave in the repository."""

import fcntl
import importlib.util
import os
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import httpx
import pytest

import run
from portal.config import Settings
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
TEXTS = {".py", ".html", ".css", ".js", ".json", ".toml", ".lock", ".md", ".po", ".txt", ".svg", ".ini", ".mako", ""}
NOT_OURS = {"var", "node_modules", "__pycache__", ".coverage"}


@pytest.fixture
def setup() -> ModuleType:
    spec = importlib.util.spec_from_file_location("deploy_setup", DEPLOY / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def our_texts() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name == ".ci" or (not name.startswith(".") and name not in NOT_OURS)]
        yield from (Path(folder, name) for name in names if Path(name).suffix in TEXTS and name not in NOT_OURS)


def run_portal(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, DEPLOY / "run.py", *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def one_line(text: str) -> str:
    (line,) = text.splitlines()
    return line


def test_the_lock_names_no_address_and_every_file_has_a_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    entries = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", lock).strip())
    assert "://" not in lock
    assert " @ " not in lock
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_no_file_names_a_place_of_somebody_s_machine() -> None:
    place = re.compile(rf"{re.escape(str(ROOT))}\b|/home/\w+/|/Users/\w+/|/root/|[A-Z]:\\Users")
    found = [path for path in our_texts() if path != Path(__file__) and place.search(path.read_text(errors="replace"))]
    assert found == []


def test_help_lists_every_target_and_each_recipe_is_one_line() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE)
    shown = subprocess.run(["make", "-C", str(ROOT), "help"], capture_output=True, text=True, check=True).stdout
    assert set(targets) == set(re.findall(r"make ([a-z-]+) {2,}\S", shown))
    assert not re.search(r"^\t.*\n\t|\\$", makefile, flags=re.MULTILINE)


def test_every_feature_with_tables_has_the_contract_that_keeps_them_its_own() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    kept = {name for contract in contracts for name in contract.get("protected_modules", [])}
    tables = [*(ROOT / "portal").glob("*/models.py"), *(ROOT / "portal").glob("*/models/")]
    assert kept == {f"portal.{path.parent.name}.models" for path in tables}


def test_every_feature_stands_in_the_layers() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = next(c for c in settings["tool"]["importlinter"]["contracts"] if c["name"] == "Features depend downwards")
    known = set(re.findall(r"portal\.\w+", " ".join(layers["layers"])))
    assert {f"portal.{path.parent.name}" for path in (ROOT / "portal").glob("*/__init__.py")} <= known


def test_a_ready_machine_is_left_alone(setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "python").touch()
    monkeypatch.setattr(setup, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(setup, "STAMP", tmp_path / "stamp")
    assert not setup.up_to_date()
    (tmp_path / "stamp").write_text(setup.fingerprint())
    assert setup.up_to_date()


def test_a_changed_lock_makes_the_machine_unready(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = setup.fingerprint()
    (tmp_path / "lock").write_text("other==1")
    monkeypatch.setattr(setup, "LOCK", tmp_path / "lock")
    assert setup.fingerprint() != before


@pytest.mark.parametrize(("user", "has_apt"), [(1000, True), (1000, False), (0, False)])
def test_who_cannot_install_reads_the_exact_command_in_one_line(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, user: int, has_apt: bool
) -> None:
    monkeypatch.setattr(setup.os, "geteuid", lambda: user)
    monkeypatch.setattr(setup.shutil, "which", lambda _: "/usr/bin/apt-get" if has_apt else None)
    monkeypatch.setattr(setup.sys, "platform", "linux")
    with pytest.raises(setup.SetupError) as refusal:
        setup.install_system_packages(setup.PDF_LIBRARIES, "Pango")
    command = "apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    assert command in one_line(str(refusal.value))
    assert ("sudo" in str(refusal.value)) is (user != 0)


def test_uv_gets_what_the_user_told_pip(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = """global.index-url='https://weak.example.org/simple'
:env:.index-url='https://strong.example.org/simple'
global.extra-index-url='https://one.example.org/\\nhttps://two.example.org/'
global.timeout='60'
"""
    monkeypatch.setattr(setup, "run", lambda *_: listed)
    for name in setup.UV_VARIABLES.values():
        monkeypatch.delenv(name, raising=False)
    settings = setup.uv_environment()
    assert settings["UV_DEFAULT_INDEX"] == "https://strong.example.org/simple"
    assert settings["UV_INDEX"] == "https://one.example.org/ https://two.example.org/"


def test_what_the_user_told_uv_is_stronger(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "run", lambda *_: ":env:.index-url='https://pip.example.org/simple'\n")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example.org/simple")
    assert setup.uv_environment()["UV_DEFAULT_INDEX"] == "https://uv.example.org/simple"


def test_a_failed_command_shows_its_last_lines(setup: ModuleType) -> None:
    with pytest.raises(setup.SetupError, match="the reason"):
        setup.run(sys.executable, "-c", "raise SystemExit('the reason')")


def test_a_taken_port_is_refused_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_portal(PORT=str(port), FIN_PRET_HOME=str(tmp_path))
    assert done.returncode == 1
    assert f"PORT={port + 1} make run" in one_line(done.stderr)


def test_the_demo_s_la_poste_answers_where_the_portal_looks_for_it_even_without_the_settings_of_run(
    tmp_path: Path,
) -> None:
    port = free_port() - run.LA_POSTE
    made = run.la_poste(tmp_path, port)
    typed = Settings.from_environment({"FIN_PRET_DEMO": "1", "FIN_PRET_HOME": str(tmp_path), "PORT": str(port)})
    assert made.settings == {"FIN_PRET_SLS_URL": typed.sls_url, "FIN_PRET_SUIVI_URL": typed.suivi_url}
    with subprocess.Popen(made.program.command, stdout=subprocess.PIPE, text=True) as la_poste:
        assert la_poste.stdout is not None
        assert la_poste.stdout.readline().startswith("listening")
        refused = httpx.get(f"{typed.suivi_url}/idships/6A15984040331", trust_env=False)
        la_poste.terminate()
    assert (refused.status_code, refused.json()["code"]) == (401, "UNAUTHORIZED")


def test_no_two_servers_of_the_demo_share_a_port(tmp_path: Path) -> None:
    told = [
        " ".join([*made.program.command, *made.settings.values()])
        for made in (at(tmp_path, 9000) for at in run.OUTSIDE)
    ]
    ports = [set(re.findall(r"\b90\d\d\b", words)) for words in told]
    assert all(ports)
    assert len(set().union(*ports)) == sum(map(len, ports))
    assert "9000" not in set().union(*ports)


def test_a_port_taken_by_another_demo_a_few_ports_away_is_refused_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1] - run.TIME
        done = run_portal(PORT=str(port), FIN_PRET_HOME=str(tmp_path), FIN_PRET_DEMO="1")
    assert done.returncode == 1
    assert f"PORT={port + 10} make run" in one_line(done.stderr)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("port", ["", "http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused_in_one_line(port: str, tmp_path: Path) -> None:
    done = run_portal(PORT=port, FIN_PRET_HOME=str(tmp_path))
    assert done.returncode == 1
    assert "between 1 and 65535" in one_line(done.stderr)


def test_reset_removes_the_data_folder_even_after_a_portal_was_killed(tmp_path: Path) -> None:
    home = tmp_path / "data"
    home.mkdir()
    (home / "fin-pret.db").touch()
    (home / "run.pid").write_text("1\n")
    done = run_portal("--reset", FIN_PRET_HOME=str(home))
    assert done.returncode == 0
    assert not home.exists()


def test_reset_refuses_while_a_portal_runs_and_names_it(tmp_path: Path) -> None:
    (tmp_path / "run.pid").write_text("4242\n")
    with (tmp_path / "run.pid").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = run_portal("--reset", FIN_PRET_HOME=str(tmp_path))
    assert done.returncode == 1
    assert "4242" in one_line(done.stderr)
    assert (tmp_path / "run.pid").exists()


def test_reset_leaves_a_folder_that_is_not_the_portal_s(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").touch()
    done = run_portal("--reset", FIN_PRET_HOME=str(tmp_path))
    assert done.returncode == 1
    assert "nothing was removed" in one_line(done.stderr)
    assert (tmp_path / "thesis.odt").exists()
