"""A process of its own that tries passwords: `python -m tests.credentials.attacker <home> <database> <contact> <number>`.

It prints how many of its tries were evaluated, and how many were told to wait.
"""

import sys
from collections import Counter
from pathlib import Path

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
        sys.stdout.write(f"{seen[422]} {seen[429]}\n")


if __name__ == "__main__":
    attack(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
