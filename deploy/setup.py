"""Prepare this machine: `.venv`, every package of requirements.lock, the libraries that PDFs need.

`python3 deploy/setup.py` for running the portal, with `--dev` for testing it too. Standard library only, since
nothing else is installed yet. When everything is already there it says nothing and takes a fraction of a second.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

OLDEST_PYTHON = (3, 11)
UV = "uv==0.13.9"  # installs in seconds what takes pip a minute; pip does the work when it cannot be had

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "fin-pret.stamp"

PDF_LIBRARIES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
TOOLS = ROOT / ".tools"
HTML_CHECKER = "vnu-jar@26.9.27"  # the W3C's checker, from npm; used where Java is installed
HTML_CHECKER_SHA256 = "22f15dd39a33bed929d2a5c0cddf5946849a647eca9272bf4d5d00bc7e7a4d47"
SERVERS = ROOT / "tests" / "federation" / "servers"  # what the sign-in providers of the tests are made of
OIDC, CAS, NODE = TOOLS / "oidc", TOOLS / "cas", TOOLS / "node"
OLDEST_NODE = 20
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# What pip calls a setting, and the variable in which uv reads the same one.
UV_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}


class SetupError(Exception):
    """The machine lacks something; the message is what to read, in one line when we know the remedy."""


def main() -> int:
    """Do what is missing; 0 when the machine is ready."""
    parser = argparse.ArgumentParser(description="Prepare this machine for the portal.")
    parser.add_argument(
        "--dev", action="store_true", help="also what the tests need: a browser, PDF readers, a security module"
    )
    options = parser.parse_args()
    try:
        check_python()
        if not up_to_date():
            create_environment()
            install_packages()
            check_pdf_libraries()
            STAMP.write_text(fingerprint())
        if options.dev:
            check_test_programs()
    except SetupError as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def say(line: str) -> None:
    """One line per step, at once even when the output is a file."""
    print(line, file=sys.stderr, flush=True)


def check_python() -> None:
    """Refuse a Python that the packages do not support."""
    if sys.version_info < OLDEST_PYTHON:
        wanted, found = (".".join(map(str, version)) for version in (OLDEST_PYTHON, sys.version_info[:2]))
        raise SetupError(f"Python {wanted} or newer is needed, this is {found}: make PYTHON=python{wanted} run")


def up_to_date() -> bool:
    """Whether a former set-up finished, here, with these packages and this Python."""
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() == fingerprint()


def fingerprint() -> str:
    """Changes when anything that the set-up depends on does; an environment cannot be moved, so the folder counts."""
    parts = (LOCK.read_bytes(), sys.version.encode(), str(ROOT).encode(), UV.encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def create_environment() -> None:
    """Make `.venv`, unless a sound one of this Python is there (an interrupted one is made anew)."""
    version = "{}.{}".format(*sys.version_info)
    probe = f"import pip, sys; sys.exit('{version}' != '{{}}.{{}}'.format(*sys.version_info))"
    if PYTHON.exists() and succeeds(PYTHON, "-c", probe):
        return
    if importlib.util.find_spec("ensurepip") is None:
        install_system_packages((f"python{version}-venv",), "Python's venv module")
    say(f"Creating .venv with Python {version}")
    run(sys.executable, "-m", "venv", "--clear", VENV)


def install_packages() -> None:
    """Install exactly the lock, every file checked against its hash.

    The lock leaves out what no part of the portal imports (the Django of the package that carries the directory of
    lycées), hence tools that do not resolve dependencies again.
    """
    say("Installing the packages of requirements.lock")
    succeeds(PYTHON, "-m", "pip", "install", "--quiet", UV)
    sync(PYTHON, LOCK)


def sync(python: Path, lock: Path) -> None:
    """Install exactly a lock into the environment of a Python: with uv, or with pip where uv cannot."""
    if succeeds(
        PYTHON, "-m", "uv", "pip", "sync", "--quiet", "--require-hashes", "--python", python, lock, env=uv_environment()
    ):
        return
    say("uv could not install them, using pip (about a minute)")
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r", lock)


def uv_environment() -> dict[str, str]:
    """The environment in which uv does as the user's pip does: uv reads none of pip's settings by itself."""
    variables = {UV_VARIABLES[name]: value for name, value in pip_settings().items() if name in UV_VARIABLES}
    # As pip does: the best candidate of all indexes. Safe here, since only files with a locked hash are accepted.
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", **variables, **os.environ}


def pip_settings() -> dict[str, str]:
    """What the user set for pip, in its files and in `PIP_*`, the strongest last; lists are separated by spaces."""
    listed = run(PYTHON, "-m", "pip", "config", "list").splitlines()
    settings: dict[str, str] = {}
    for section in ("global.", "install.", ":env:."):
        for line in listed:
            key, _, value = line.partition("=")
            if key.startswith(section):
                settings[key[len(section) :]] = " ".join(str(ast.literal_eval(value)).split())
    return settings


def check_pdf_libraries() -> None:
    """WeasyPrint draws with Pango, which pip cannot install."""
    if succeeds(PYTHON, "-c", "import weasyprint"):
        return
    install_system_packages(PDF_LIBRARIES, "Pango, with which PDFs are drawn,")
    run(PYTHON, "-c", "import weasyprint")


def check_test_programs() -> None:
    """The tests drive a real browser and read back the PDFs."""
    if not any(map(shutil.which, CHROMIUM_NAMES)):
        install_system_packages(("chromium",), "Chromium, which the tests drive,")
    if not shutil.which("pdftoppm"):
        install_system_packages(("poppler-utils",), "pdftoppm, with which the tests read PDFs,")
    if not shutil.which("softhsm2-util"):
        install_system_packages(("softhsm2",), "SoftHSM, the security module of the tests,")
    if shutil.which("java") and shutil.which("npm") and not (TOOLS / "vnu.jar").exists():
        fetch_html_checker()
    prepare_tool(CAS, (SERVERS / "cas-requirements.lock",), install_cas_server)
    prepare_tool(OIDC, (SERVERS / "package.json", SERVERS / "package-lock.json"), install_oidc_provider)


def prepare_tool(folder: Path, locks: tuple[Path, ...], install: Callable[[Path], None]) -> None:
    """Fill a folder of .tools, unless these very locks filled it before."""
    wanted = hashlib.sha256(b"\0".join(lock.read_bytes() for lock in locks)).hexdigest()
    stamp = folder / "fin-pret.stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"Preparing .tools/{folder.name} for the tests")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for lock in locks:
        shutil.copy(lock, folder)
    install(folder)
    stamp.write_text(wanted)


def install_cas_server(folder: Path) -> None:
    """An environment of its own: the server stops at a version of Django that the portal's packages do not know."""
    run(sys.executable, "-m", "venv", folder)
    sync(folder / "bin" / "python", folder / "cas-requirements.lock")


def install_oidc_provider(folder: Path) -> None:
    """The provider's packages, from the registry that this machine's npm is set to: the lock names none."""
    node, npm = shutil.which("node"), shutil.which("npm")
    version = run(node, "--version").strip().lstrip("v").partition(".")[0] if node else ""
    if not npm or not version.isdigit() or int(version) < OLDEST_NODE:
        prepare_tool(NODE, (SERVERS / "node-requirements.lock",), install_node)
    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", env=node_environment(), folder=folder)


def install_node(folder: Path) -> None:
    """Node.js as a wheel, where the system has none or too old a one (Debian 12's is 18)."""
    run(sys.executable, "-m", "venv", folder)
    sync(folder / "bin" / "python", folder / "node-requirements.lock")


def node_environment() -> dict[str, str]:
    """The environment in which `node` and `npm` are those that the tests use."""
    return {**os.environ, "PATH": os.pathsep.join((str(NODE / "bin"), os.environ.get("PATH", os.defpath)))}


def fetch_html_checker() -> None:
    """Keep the checker's one file in .tools, after comparing it with the fingerprint above."""
    say(f"Fetching {HTML_CHECKER}")
    TOOLS.mkdir(exist_ok=True)
    run("npm", "pack", "--silent", "--pack-destination", TOOLS, HTML_CHECKER)
    archive = next(TOOLS.glob("vnu-jar-*.tgz"))
    with tarfile.open(archive) as package:
        member = package.extractfile("package/build/dist/vnu.jar")
        content = member.read() if member else b""
    archive.unlink()
    if hashlib.sha256(content).hexdigest() != HTML_CHECKER_SHA256:
        raise SetupError(f"{HTML_CHECKER} is not the file we know: refused")
    (TOOLS / "vnu.jar").write_bytes(content)


def install_system_packages(names: tuple[str, ...], what: str) -> None:
    """Install them as root on Debian and its kin; otherwise stop with the command to type."""
    install = ("apt-get", "install", "-y", "--no-install-recommends", *names)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        remedy = "brew install pango" if sys.platform == "darwin" and names == PDF_LIBRARIES else " ".join(install)
        prefix = "" if sys.platform == "darwin" or os.geteuid() == 0 else "sudo "
        raise SetupError(f"{what} is missing; install it, then start again: {prefix}{remedy}")
    say(f"Installing {', '.join(names)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    succeeds("apt-get", "update", env=quiet)  # one unreachable source is no reason to stop: the next line decides
    run(*install, env=quiet)


def succeeds(*command: str | Path, env: dict[str, str] | None = None) -> bool:
    """Run quietly, for the verdict only."""
    try:
        run(*command, env=env)
    except SetupError:
        return False
    return True


def run(*command: str | Path, env: dict[str, str] | None = None, folder: Path = ROOT) -> str:
    """Run without terminal and give back the output; a failure shows its last lines."""
    # A user's `pip config set global.user true` has no meaning inside an environment, and stops pip.
    settings = {**(os.environ if env is None else env), "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=settings,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    except OSError as problem:
        raise SetupError(f"{command[0]}: {problem.strerror}") from problem
    if done.returncode != 0:
        raise SetupError("\n".join([f"Failed: {' '.join(map(str, command))}", *done.stdout.splitlines()[-15:]]))
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
