"""A relay and a gateway that answer what a test tells them to; for those that always accept, the demo's sink is real."""

import json
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace

from aiosmtpd.controller import Controller

from tests.ports import free_port


class Relay:
    """A mail server: what it received, and the replies it gives."""

    def __init__(self) -> None:
        self.received, self.to_recipient, self.to_data = [], "250 OK", "250 OK"
        self.url = ""

    async def take_recipient(self, _server, _session, envelope, address, _options):
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def take_message(self, _server, _session, envelope):
        if self.to_data.startswith("250"):
            self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.to_data


@contextmanager
def relay(port: int = 0):
    """A relay that answers as long as the block lasts."""
    made, port = Relay(), port or free_port()
    named = SimpleNamespace(handle_RCPT=made.take_recipient, handle_DATA=made.take_message)
    controller = Controller(named, hostname="127.0.0.1", port=port, decode_data=False)
    controller.start()
    made.url = f"smtp://127.0.0.1:{port}"
    try:
        yield made
    finally:
        controller.stop()


class Gateway:
    """An SMS gateway: what it was asked, and the status it answers."""

    def __init__(self) -> None:
        self.asked, self.status, self.url = [], 202, ""


@contextmanager
def gateway():
    made = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made.asked.append((dict(self.headers), body))
            self.send_response(made.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/sms"
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
