"""The programs of the portal start and stop as one, whatever dies first."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
GRACE = 0.5

SLEEPS = "import os, time; print('up', os.getpid(), os.getppid(), flush=True); time.sleep(60)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + SLEEPS
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {DEAF!r}]);" + SLEEPS
ENDS = "import time; time.sleep(0.3); raise SystemExit(3)"

Start = Callable[..., "Run"]


class Run:
    """A supervisor of small Python programs, in a process of its own."""

    def __init__(self, programs: dict[str, str], *, once: str = "") -> None:
        driver = f"""
            import signal, sys
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored when the tests themselves run under nohup
            signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored when they run in the background of a shell
            sys.path.insert(0, {str(DEPLOY)!r})
            from supervisor import Program, supervise
            programs = [
                Program(name=name, command=[sys.executable, "-c", code], once=name == {once!r})
                for name, code in {programs!r}.items()
            ]
            sys.exit(supervise(programs, grace={GRACE}, beside=lambda: print("beside", flush=True)))
        """
        self.front = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(driver)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.pids: list[int] = []
        self.supervisor = 0

    def wait_until_up(self, count: int) -> None:
        """Read until that many programs have told their numbers."""
        assert self.front.stdout is not None
        while len(self.pids) < count:
            name, _, said = self.front.stdout.readline().partition(" | ")
            if said.startswith("up"):
                _, pid, parent = said.split()
                self.pids.append(int(pid))
                self.supervisor = int(parent) if name.strip() == "first" else self.supervisor

    def finish(self) -> tuple[int, str]:
        """The exit code and what was printed since."""
        said, _ = self.front.communicate(timeout=60)
        return self.front.returncode, said


def alive(pid: int) -> bool:
    """Whether a process runs; one that nobody has buried yet does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def survivors(pids: list[int], *, within: float = 10.0) -> list[int]:
    """Those still alive after a while, at most `within` seconds."""
    deadline = time.monotonic() + within
    while (left := [pid for pid in pids if alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


@pytest.fixture
def start() -> Iterator[Start]:
    runs: list[Run] = []

    def start(programs: dict[str, str], **options: str) -> Run:
        runs.append(Run(programs, **options))
        return runs[-1]

    yield start
    for run in runs:
        for pid in [run.front.pid, *run.pids]:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        run.front.communicate()


def test_one_program_that_ends_stops_the_others_and_fails(start: Start) -> None:
    run = start({"first": SLEEPS, "second": ENDS})
    code, said = run.finish()
    pids = [int(line.split()[3]) for line in said.splitlines() if " | up" in line]
    assert code == 1
    assert "second | ended by itself (code 3): stopping everything" in said
    assert len(pids) == 1
    assert survivors(pids) == []


def test_one_program_killed_stops_the_others_and_fails(start: Start) -> None:
    run = start({"first": SLEEPS, "second": SLEEPS})
    run.wait_until_up(2)
    os.kill(run.pids[0], signal.SIGKILL)
    code, said = run.finish()
    assert code == 1
    assert "ended by itself (signal SIGKILL)" in said
    assert survivors(run.pids) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_stops_everything_without_failure(start: Start, number: signal.Signals) -> None:
    run = start({"first": SLEEPS, "second": SLEEPS})
    run.wait_until_up(2)
    run.front.send_signal(number)
    assert run.finish()[0] == 0
    assert survivors(run.pids) == []


def test_a_program_deaf_to_the_stop_signal_is_killed_after_the_grace(start: Start) -> None:
    run = start({"first": SLEEPS, "second": DEAF})
    run.wait_until_up(2)
    run.front.terminate()
    code, said = run.finish()
    assert code == 0
    assert "second | still running after 0.5 s: killed" in said
    assert survivors(run.pids) == []


def test_killing_the_front_outright_leaves_nothing_not_even_a_deaf_grandchild(start: Start) -> None:
    run = start({"first": PARENT, "second": DEAF})
    run.wait_until_up(3)
    run.front.kill()
    assert survivors([*run.pids, run.supervisor]) == []


def test_killing_the_supervisor_outright_leaves_nothing_and_fails(start: Start) -> None:
    run = start({"first": PARENT, "second": DEAF})
    run.wait_until_up(3)
    os.kill(run.supervisor, signal.SIGKILL)
    assert run.finish()[0] == 1
    assert survivors(run.pids) == []


def test_a_second_signal_does_not_wait_for_the_grace(start: Start) -> None:
    run = start({"first": DEAF})
    run.wait_until_up(1)
    run.front.terminate()
    time.sleep(0.1)
    run.front.terminate()
    assert run.finish()[0] == 1
    assert survivors(run.pids) == []


def test_the_preparation_ends_before_the_others_start(start: Start) -> None:
    run = start({"prepare": "print('ready')", "first": SLEEPS}, once="prepare")
    run.wait_until_up(1)
    run.front.terminate()
    assert run.finish()[0] == 0


def test_a_failed_preparation_starts_nothing(start: Start) -> None:
    code, said = start({"prepare": "raise SystemExit(2)", "first": SLEEPS}, once="prepare").finish()
    assert code == 1
    assert said == "prepare | failed (code 2)\n"


def test_each_line_tells_which_program_printed_it_even_the_last_without_an_end(start: Start) -> None:
    code, said = start({"a": "import sys; print('one'); print('two', file=sys.stderr, end='')"}).finish()
    lines = said.splitlines()
    assert code == 1
    assert {"a | one", "a | two"} <= set(lines)


def test_a_program_that_does_not_exist_stops_what_had_started(start: Start) -> None:
    broken = f"""
import sys
sys.path.insert(0, {str(DEPLOY)!r})
from supervisor import Program, supervise
programs = [Program(name="a", command=[sys.executable, "-c", {SLEEPS!r}]), Program(name="b", command=["/none"])]
sys.exit(supervise(programs, grace={GRACE}))
"""
    done = subprocess.run([sys.executable, "-c", broken], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "No such file or directory: '/none'" in done.stderr
