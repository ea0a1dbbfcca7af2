"""The two services on one port: `/sls-ws/SlsServiceWSRest/2.0/…`, `/suivi/v2/idships/…`, and `/_control` for whoever tests."""

import json
import socket
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from laposte import sls, tracking
from laposte.control import Faults
from laposte.network import SCRIPTS, Network
from laposte.replies import Cut, Reply, as_json

HOST = "127.0.0.1"
SLS, SUIVI, CONTROL = "/sls-ws/SlsServiceWSRest/2.0/", "/suivi/v2/idships/", "/_control"
KEPT = 200
LARGEST = 1_000_000


class Services(ThreadingHTTPServer):
    """What the handlers share."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, *, pace: float, adopt: bool) -> None:
        super().__init__((HOST, port), Handler)
        self.network = Network(pace=pace, adopt=adopt)
        self.faults = {"sls": Faults(), "suivi": Faults()}
        self.seen: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.calls: dict[str, int] = {}

    def handle_error(self, *_: Any) -> None:
        """A client that goes away is what this server is made for."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Services

    def do_GET(self) -> None:
        """Tracking, or what the stand-in knows."""
        path = urlsplit(self.path).path
        if path.startswith(SUIVI):
            self._send(
                tracking.answer(
                    self.server.network,
                    path.removeprefix(SUIVI).split(","),
                    key=self.headers.get("X-Okapi-Key", ""),
                    fault=self.server.faults["suivi"].next(),
                )
            )
        elif path == CONTROL:
            self._send(as_json(200, self._state()))
        else:
            self._send(Reply(404, "text/html", b"<html><body>Not Found</body></html>"))

    def do_POST(self) -> None:
        """Labels, bordereaux, or a change of manners."""
        path = urlsplit(self.path).path
        asked = self._asked()
        if path == CONTROL:
            self._send(self._control(asked))
            return
        if not path.startswith(SLS):
            self._send(Reply(404, "text/html", b"<html><body>Not Found</body></html>"))
            return
        method = path.removeprefix(SLS)
        self.server.calls[method] = self.server.calls.get(method, 0) + 1
        self.server.seen.append({"method": method, "headers": dict(self.headers), "body": asked})
        fault = self.server.faults["sls"].next() if method == "generateLabel" else ("", "")
        self._send(sls.answer(self.server.network, method, asked, key=self.headers.get("apiKey", ""), fault=fault))

    def _asked(self) -> dict[str, Any]:
        length = min(int(self.headers.get("Content-Length") or 0), LARGEST)
        try:
            asked = json.loads(self.rfile.read(length) or b"{}")
        except ValueError:
            return {}
        return asked if isinstance(asked, dict) else {}

    def _control(self, asked: dict[str, Any]) -> Reply:
        try:
            for service, faults in self.server.faults.items():
                faults.set(asked.get(service, {}))
        except ValueError as unknown:
            return as_json(400, {"error": f"unknown fault {unknown}"})
        network = self.server.network
        network.pace, network.adopt = asked.get("pace", network.pace), asked.get("adopt", network.adopt)
        for number, script in asked.get("journeys", {}).items():
            if number in network.parcels and script in SCRIPTS:
                network.parcels[number].script = script
        if "age_hours" in asked:
            for parcel in network.parcels.values():
                older = asked["age_hours"] * 3600 / network.pace
                parcel.made, parcel.left = parcel.made - older, (parcel.left or time.time()) - older
        return as_json(200, self._state())

    def _state(self) -> dict[str, Any]:
        parcels = list(self.server.network.parcels.values())
        return {
            "labels": [{"order": parcel.order, "number": parcel.number} for parcel in parcels],
            "calls": self.server.calls,
            "seen": list(self.server.seen),
        }

    def _send(self, reply: Reply) -> None:
        """As it is; cut where it says, by a reset that no client takes for an end."""
        if reply.wait:
            time.sleep(reply.wait)
        if reply.cut is Cut.NOTHING_SENT:
            self._reset()
            return
        body = reply.body if reply.cut is None else reply.body[: reply.cut_at]
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(body)
        if reply.cut is not None:
            self.wfile.flush()
            self._end()

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.connection.close()

    def _end(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_WR)

    def log_message(self, *_: Any) -> None:
        """Say nothing: a line would hold somebody's parcel."""


def serve(port: int, *, pace: float = 1.0, adopt: bool = False) -> Services:
    """A server, bound and not started."""
    return Services(port, pace=pace, adopt=adopt)
