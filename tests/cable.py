"""The network between one browser and the portal, which a test really cuts.

A browser told to play offline lets a request through now and then while its page is reloaded; a socket that is closed
lets nothing through.

    cable = Cable(gym.url)
    page = gym.hold(gym.station(), proxy=cable.proxy)
    cable.cut()                              # until cable.plug()
"""

import socket
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from tests.ports import LOOPBACK, free_port

CUT = "ERR_PROXY_CONNECTION_FAILED"
"""What the browser's console says of each request that a cut cable stopped."""


class Cable:
    """Plugged in when made."""

    def __init__(self, url: str) -> None:
        self.far_end, self.port = (LOOPBACK, urlsplit(url).port), free_port()
        self.plug()

    @property
    def proxy(self) -> dict[str, str]:
        """How a browser is told to go through it: an option of `visit`."""
        return {"server": f"http://{LOOPBACK}:{self.port}"}

    def plug(self) -> None:
        """Let requests through."""
        self.socket = _Socket((LOOPBACK, self.port), self.far_end)
        Thread(target=self.socket.serve_forever, args=(0.02,), daemon=True).start()

    def cut(self) -> None:
        """Refuse new connections, and end those that stand; a browser notices at its next request."""
        self.socket.shutdown()
        self.socket.server_close()
        for link in self.socket.links:
            with suppress(OSError):  # ended by itself before
                link.shutdown(socket.SHUT_RDWR)


class _Socket(ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 64

    def __init__(self, near: tuple[str, int], far: Any) -> None:
        super().__init__(near, _Link)
        self.far, self.links = far, list[socket.socket]()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.links.append(request)  # before its thread begins: a cut forgets none
        super().process_request(request, client_address)


class _Link(BaseRequestHandler):
    server: _Socket

    def handle(self) -> None:
        with socket.create_connection(self.server.far) as far:
            Thread(target=_pour, args=(far, self.request), daemon=True).start()
            _pour(self.request, far)


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):  # cut
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
