"""Run the portal on this machine: the web server, the worker and, for the demo, what stands for the world outside.

Settings come from the environment, read by `portal/config.py`; the two that matter here are `PORT` (8000) and
`FIN_PRET_HOME` (./var). With `FIN_PRET_DEMO=1`, as `make run` sets it, the servers of `OUTSIDE` are started too.
`python deploy/run.py --reset` removes the data folder instead, unless a portal runs on it.
"""

import fcntl
import http.client
import os
import shutil
import socket
import sys
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO

import time_authority
from supervisor import Program, supervise

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
WEB_WORKERS = 2
LAST_PORT = 65_535
LONGEST_START = 60.0  # seconds after which a silent portal is worth a line
HEALTH = "/sante"
MAIL, SMS, TIME, LA_POSTE = 25, 26, 27, 28  # the demo's servers: so many ports after the portal's own
PID_FILE = "run.pid"
OWN_FILES = {"secret.key", "fin-pret.db", PID_FILE}  # one of them tells that a folder is the portal's


@dataclass(frozen=True)
class Outside:
    """A server of the demo, and the settings by which the portal finds it; settings of the environment win."""

    program: Program
    settings: dict[str, str]


class CannotRun(Exception):
    """The message, one line, says what is in the way and what to do."""


def main() -> int:
    """Run until stopped, or reset; returns the exit code."""
    home = Path(os.environ.get("FIN_PRET_HOME", ROOT / "var")).resolve()
    try:
        if sys.argv[1:] == ["--reset"]:
            return reset(home)
        return run(home, port=port_of(os.environ.get("PORT", "8000")))
    except CannotRun as problem:
        print(problem, file=sys.stderr)
        return 1


def run(home: Path, *, port: int) -> int:
    """Serve the data folder, made when missing; returns the exit code."""
    refuse_taken(port)
    demo = os.environ.get("FIN_PRET_DEMO") == "1"
    if demo:
        refuse_neighbours(port)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(home):
        os.chdir(ROOT)
        os.environ |= {"FIN_PRET_HOME": str(home), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        if demo:
            os.environ |= outside(home, port=port) | os.environ
        return supervise(programs(port, home=home), beside=lambda: announce(port))


def mailbox(_home: Path, port: int) -> Outside:
    """Receives every e-mail and text message, and shows them."""
    mail, sms = str(port + MAIL), str(port + SMS)
    settings = {
        "FIN_PRET_SINK_SMTP_PORT": mail,
        "FIN_PRET_SINK_SMS_PORT": sms,
        "FIN_PRET_SMTP_URL": f"smtp://{HOST}:{mail}",
        "FIN_PRET_SMS_URL": f"http://{HOST}:{sms}/sms",
        "FIN_PRET_DPO_EMAIL": "dpo@region.example.org",
    }
    return Outside(Program(name="mailbox", command=module("portal.demo.sink")), settings)


def clockmaker(home: Path, port: int) -> Outside:
    """The time-stamp authority; its folder is made here, so that the others find its roots."""
    folder, own_port = home / "horodatage", str(port + TIME)
    time_authority.identity(folder)
    settings = {
        "FIN_PRET_TSA_URL": f"http://{HOST}:{own_port}/",
        "FIN_PRET_TSA_ROOTS": str(folder / time_authority.TRUST),
        "FIN_PRET_TSA_POLICY": time_authority.POLICY,
    }
    command = [sys.executable, str(Path(time_authority.__file__).resolve()), str(folder), own_port]
    return Outside(Program(name="time", command=command), settings)


def la_poste(_home: Path, port: int) -> Outside:
    """Stands in for Colissimo and Suivi: parcels move in front of the user; `portal/config.py` says the same port."""
    own_port = str(port + LA_POSTE)
    command = [sys.executable, str(ROOT / "deploy" / "la_poste.py"), "--port", own_port, "--pace", "1200", "--adopt"]
    settings = {
        "FIN_PRET_SLS_URL": f"http://{HOST}:{own_port}/sls-ws/SlsServiceWSRest/2.0",
        "FIN_PRET_SUIVI_URL": f"http://{HOST}:{own_port}/suivi/v2",
    }
    return Outside(Program(name="la_poste", command=command), settings)


OUTSIDE = (mailbox, clockmaker, la_poste)
"""What the demo starts in place of the world outside, each on a port beside the portal's: two demos ten ports apart share none."""


def outside(home: Path, *, port: int) -> dict[str, str]:
    """The settings by which the portal finds the demo's servers."""
    return {name: value for make in OUTSIDE for name, value in make(home, port).settings.items()}


def programs(port: int, *, home: Path = ROOT / "var") -> list[Program]:
    """What runs; first the portal's own set-up, then the demo's servers, to which the others speak."""
    web = f"--interface wsgi --no-ws --workers {WEB_WORKERS} --blocking-threads 1 --host {HOST} --port {port}".split()
    setup = Program(name="setup", command=module("flask", "--app", "app", "setup"), once=True)
    demo = [make(home, port).program for make in OUTSIDE] if os.environ.get("FIN_PRET_DEMO") == "1" else []
    web_server = Program(name="web", command=module("granian", *web, "app:app"))
    return [setup, *demo, web_server, Program(name="worker", command=module("portal.worker"))]


def module(name: str, *arguments: str) -> list[str]:
    """A module as a program: unlike the scripts of an environment, it survives a moved folder."""
    return [sys.executable, "-m", name, *arguments]


def announce(port: int) -> None:
    """Print the address once the portal answers."""
    deadline = time.monotonic() + LONGEST_START
    while not answers(port):
        if time.monotonic() > deadline:
            print(f"The portal does not answer on port {port} after {LONGEST_START:g} s.", flush=True)
            return
        time.sleep(0.1)
    print(f"\n  Fin prêt is running: open http://{HOST}:{port}/\n  Ctrl+C stops it.\n", flush=True)


def answers(port: int) -> bool:
    """Whether the health page answers; 503 counts, its JSON says what is not well yet."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", HEALTH)
        answer = connection.getresponse()
        said = answer.headers.get_content_type()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return answer.status in {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE} and said == "application/json"


def port_of(text: str) -> int:
    """A port from the environment."""
    if not text.isdigit() or not 0 < int(text) <= LAST_PORT:
        raise CannotRun(f"PORT: a number between 1 and {LAST_PORT} is expected, not “{text}”.")
    return int(text)


def refuse_neighbours(port: int) -> None:
    """The ports of the demo's servers, which another demo a few ports away may hold; the mailbox may be told others."""
    mailbox = {"FIN_PRET_SINK_SMTP_PORT": MAIL, "FIN_PRET_SINK_SMS_PORT": SMS}
    for beside in (TIME, LA_POSTE, *(number for name, number in mailbox.items() if name not in os.environ)):
        refuse_taken(port + beside, advised=port + 10)


def refuse_taken(port: int, *, advised: int | None = None) -> None:
    """Say so before anything starts: the web server shares its port and would not notice."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as problem:
            raise CannotRun(
                f"Port {port}: {problem.strerror}. Choose another one: PORT={advised or port + 1} make run"
            ) from None


def locked(home: Path) -> IO[str]:
    """Hold the data folder for as long as the file is open; the lock of a killed portal is gone with it."""
    file = (home / PID_FILE).open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        owner = file.read().strip()
        file.close()
        raise CannotRun(f"A portal already runs on {home} (process {owner}); stop it first.") from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def reset(home: Path) -> int:
    """Remove the data folder, unless a portal runs on it or it is not one."""
    if home.exists():
        if not OWN_FILES & {entry.name for entry in home.iterdir()}:
            raise CannotRun(f"{home} does not look like the portal's data folder: nothing was removed.")
        with locked(home):
            shutil.rmtree(home)
    print(f"{home} is empty: the next start makes it anew.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
