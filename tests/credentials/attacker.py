"""Processes that try passwords: `python -m tests.credentials.attacker <home> <database> <contact> <number> <processes>`.

Each process tries as many, and prints how many of its tries were evaluated, and how many were told to wait. They are
forked once everything is imported: each then builds a portal of its own, with its own connections.
"""

import os
import sys
from collections import Counter
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from portal.features import FEATURES
from tests.databases import portal_on, settings
from tests.visitor import Visitor


def attack(home: str, url: str, contact: str, number: int) -> None:
    app = portal_on(settings(Path(home), url))
    app.test_client_class = Visitor
    with app.app_context():
        client = app.test_client()
        seen = Counter(
            client.post(
                "/entrer/personnel",
                data={"contact": contact, "password": f"un mauvais mot de passe {n}"},
                headers={"X-Forwarded-For": f"203.0.113.{n}"},
            ).status_code
            for n in range(number)
        )
        os.write(1, f"{seen[422]} {seen[429]}\n".encode())  # one write: the lines of two processes do not mix


def split(home: str, url: str, contact: str, number: int, processes: int) -> int:
    """Fork them all, wait for them all; 0 when each ended well."""
    for name in FEATURES:
        for part in ("models", "routes", "handlers"):
            if find_spec(path := f"portal.{name}.{part}"):
                import_module(path)
    running = []
    for _ in range(processes):
        child = os.fork()
        if not child:
            attack(home, url, contact, number)
            os._exit(0)
        running.append(child)
    return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0 for child in running)


if __name__ == "__main__":
    sys.exit(split(*sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5])))
