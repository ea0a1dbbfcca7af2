"""Run several programs as one: they start together and stop together, whatever happens to any of them.

Two processes share the work, so that either may be killed outright. The *front* is what the person started: it
passes stop signals on and waits. The *supervisor*, forked from it and leading a process group of its own, holds the
programs. A pipe joins them: when the front dies, even by `kill -9`, the pipe closes and the supervisor stops the
programs; when the supervisor dies, the front kills what is left of the group. POSIX only, standard library only.
"""

import os
import selectors
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 10.0  # seconds between the request to stop and the end
TICK = 0.2  # seconds between two looks at the programs
CHUNK = 65_536  # bytes of output read at a time
STANDARD_OUTPUT = 1


@dataclass(frozen=True, kw_only=True)
class Program:
    """One program to keep running; its name stands before each line that it prints."""

    name: str
    command: Sequence[str]
    once: bool = False
    """It prepares the others: they start when it has succeeded."""


def nothing() -> None:
    """What runs beside the programs when nothing else is asked."""


def supervise(programs: Sequence[Program], *, grace: float = GRACE, beside: Callable[[], None] = nothing) -> int:
    """Run the programs until a signal, or until one of them ends by itself; then stop them all.

    `beside` runs in a thread of the supervisor once the programs are started; `grace` is in seconds. Returns the exit
    code: 0 when asked to stop, 1 otherwise. It forks: call it before any thread is started.
    """
    front_end, supervisor_end = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, _waited_for())  # each side takes them when it is ready to: none is lost
    child = os.fork()
    if child == 0:
        os.close(supervisor_end)
        _run_and_exit(_Supervisor(programs, grace=grace, front=front_end), beside)
    os.close(front_end)
    with suppress(OSError):  # both sides set the group: it exists whoever comes first
        os.setpgid(child, child)
    return _wait(child, pipe=supervisor_end)


def _wait(supervisor: int, *, pipe: int) -> int:
    """The front's whole life. A first signal asks for an orderly stop, a second one ends everything at once."""
    waited_for, asked = _waited_for(), False
    while not (ended := os.waitpid(supervisor, os.WNOHANG))[0]:
        if signal.sigwait(waited_for) == signal.SIGCHLD:
            continue
        if asked:
            _kill_group(supervisor)
        else:
            asked = True
            os.close(pipe)
    _kill_group(supervisor)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, waited_for)
    return 1 if ended[1] else 0


def _stop_signals() -> set[signal.Signals]:
    """Without those that `nohup` asked to ignore."""
    return {number for number in STOP_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN}


def _waited_for() -> set[signal.Signals]:
    return {signal.SIGCHLD, *_stop_signals()}


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # PermissionError: macOS's word for a group of zombies
        os.killpg(leader, signal.SIGKILL)


def _run_and_exit(supervisor: "_Supervisor", beside: Callable[[], None]) -> None:
    """The forked side: never returns into the caller's code."""
    code = 1
    try:
        os.setpgid(0, 0)
        code = supervisor.run(beside)
    except BaseException:  # noqa: BLE001  # whatever it is, it is said here: nobody is above
        traceback.print_exc()
    finally:
        os._exit(code)


class _Supervisor:
    """The programs, their output, and the end of the pipe that closes when they must stop."""

    def __init__(self, programs: Sequence[Program], *, grace: float, front: int) -> None:
        self.programs = programs
        self.grace = grace
        self.front = front
        self.front_pid = os.getppid()
        self.asked_to_stop = False
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.unfinished: dict[str, bytes] = {}
        self.selector = selectors.DefaultSelector()
        self.width = max(len(program.name) for program in programs)

    def run(self, beside: Callable[[], None]) -> int:
        """Start, watch, stop; returns the exit code."""
        for number in _stop_signals():
            signal.signal(number, self._ask)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _waited_for())
        self.selector.register(self.front, selectors.EVENT_READ)
        try:
            for program in self.programs:
                self._start(program)
                if program.once and not self._finish(program):
                    return int(not self.asked_to_stop)
            threading.Thread(target=beside, daemon=True).start()
            return self._watch()
        finally:
            self._stop()
            if os.getppid() != self.front_pid:  # nobody else is left to end the programs' own children
                _kill_group(os.getpid())

    def _ask(self, *_: object) -> None:
        self.asked_to_stop = True

    def _start(self, program: Program) -> None:
        child = subprocess.Popen(
            program.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.running[program.name] = child
        if child.stdout is not None:
            self.selector.register(child.stdout, selectors.EVENT_READ, program.name)

    def _finish(self, program: Program) -> bool:
        """Wait for the end of a program that prepares the others; false when they must not start."""
        child = self.running[program.name]
        while not self.asked_to_stop:
            self._listen(TICK)
            if child.poll() is not None:
                del self.running[program.name]
                self._listen(0)
                if child.returncode:
                    self._print(program.name, f"failed ({_ending(child.returncode)})".encode())
                return child.returncode == 0
        return False

    def _watch(self) -> int:
        """Until a stop is asked (0) or a program ends by itself (1)."""
        while not self.asked_to_stop:
            self._listen(TICK)
            for name, child in self.running.items():
                if child.poll() is not None and not self.asked_to_stop:
                    self._listen(0)
                    self._print(name, f"ended by itself ({_ending(child.returncode)}): stopping everything".encode())
                    return 1
        return 0

    def _stop(self) -> None:
        for child in self.running.values():
            child.terminate()
        deadline = time.monotonic() + self.grace
        while any(child.poll() is None for child in self.running.values()) and time.monotonic() < deadline:
            self._listen(TICK)
        for name, child in self.running.items():
            if child.poll() is None:
                self._print(name, f"still running after {self.grace:g} s: killed".encode())
                child.kill()
                child.wait()
        self._listen(0)

    def _listen(self, timeout: float) -> None:
        """Pass on what the programs print, and notice that the front is gone or wants to stop."""
        for key, _ in self.selector.select(timeout):
            if key.data is None:
                self.asked_to_stop = True
                self.selector.unregister(key.fileobj)
            else:
                self._relay(key.data, key.fileobj)  # type: ignore[arg-type]  # only pipes carry a name

    def _relay(self, name: str, pipe: IO[bytes]) -> None:
        received = os.read(pipe.fileno(), CHUNK)
        *lines, rest = (self.unfinished.pop(name, b"") + received).split(b"\n")
        if not received:
            self.selector.unregister(pipe)
            lines, rest = ([rest] if rest else []), b""
        self.unfinished[name] = rest
        for line in lines:
            self._print(name, line)

    def _print(self, name: str, line: bytes) -> None:
        with suppress(OSError):  # a closed terminal is no reason to stop serving
            os.write(STANDARD_OUTPUT, f"{name:<{self.width}} | ".encode() + line + b"\n")


def _ending(code: int) -> str:
    """A return code as people read it."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"
