"""Where the servers of tests listen."""

import os
import socket
from contextlib import suppress
from itertools import count

LOOPBACK = "127.0.0.1"
FIRST, EACH = 20_000, 1_000
_PORTS = count(os.getpid())


def free_port() -> int:
    """A port that nobody listens to. Each test process has its own range, below the one from which the system takes the
    ports of connections: nothing takes it before whoever asked.
    """
    first = FIRST + EACH * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    while True:
        port = first + next(_PORTS) % EACH
        with socket.socket() as probe, suppress(OSError):
            probe.bind((LOOPBACK, port))
            return port
