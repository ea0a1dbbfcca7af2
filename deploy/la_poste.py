"""`python deploy/la_poste.py --port 8027 --pace 1200`: the local stand-in for La Poste's services (see deploy/laposte)."""

import argparse
import signal
import sys
from threading import Thread

from laposte.server import serve


def main() -> None:
    """Serve until told to stop; prints the port, which port 0 leaves to the machine."""
    parser = argparse.ArgumentParser(description="A local stand-in for Colissimo's shipping service and Suivi v2.")
    parser.add_argument("--port", type=int, default=8027)
    parser.add_argument("--pace", type=float, default=1.0, help="how many times faster than real time parcels move")
    parser.add_argument("--adopt", action="store_true", help="unknown numbers with a right key start to move")
    asked = parser.parse_args()
    server = serve(asked.port, pace=asked.pace, adopt=asked.adopt)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: Thread(target=server.shutdown).start())
    print(f"listening {server.server_address[1]}", flush=True)
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    sys.exit(0)


if __name__ == "__main__":
    main()
