"""Real servers on loopback: a mail server, an SMS gateway and an S3 store, each started by the test that asks for it."""

import json
import os
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from tests.ports import LOOPBACK, free_port


@dataclass
class Mailbox:
    """A mail server and what it received. `refuse` makes it answer with that line instead (« 451 Later »)."""

    url: str = ""
    messages: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""

    async def receive(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refuse:
            return self.refuse
        message = message_from_bytes(envelope.original_content or envelope.content, policy=policy.default)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)  # type: ignore[arg-type]  # policy.default makes EmailMessage
        return "250 Kept"

    def to(self, address: str) -> list[EmailMessage]:
        """What this address received, oldest first."""
        return [message for message in self.messages if address in str(message["X-Envelope-To"])]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real SMTP server: `smtp_url=mailbox.url`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from aiosmtpd.controller import Controller
    box = Mailbox()
    controller = Controller(SimpleNamespace(handle_DATA=box.receive), hostname=LOOPBACK, port=free_port())
    controller.start()
    box.url = f"smtp://{LOOPBACK}:{controller.port}"
    yield box
    controller.stop()


@dataclass
class Texts:
    """An SMS gateway and what it received. A key seen before is accepted and not kept again, as real gateways do."""

    url: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    status: int = 202

    def to(self, number: str) -> list[str]:
        """The texts that this number received, oldest first."""
        return [
            str(message.get("text") or message.get("body")) for message in self.messages if message.get("to") == number
        ]


class _Gateway(BaseHTTPRequestHandler):
    texts: Texts

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers.get("Idempotency-Key", "")
        self.texts.headers.append(dict(self.headers))
        if self.texts.status < 300 and key not in self.texts.keys:
            self.texts.keys.add(key)
            self.texts.messages.append(body)
        self.send_response(self.texts.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Silence."""


@pytest.fixture
def texts() -> Iterator[Texts]:
    """A real HTTP gateway: `sms_url=texts.url`."""
    kept = Texts()
    server = ThreadingHTTPServer((LOOPBACK, 0), type("Gateway", (_Gateway,), {"texts": kept}))
    kept.url = f"http://{LOOPBACK}:{server.server_port}/sms"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """A real S3 dialect; its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from moto.server import ThreadedMotoServer
    server = ThreadedMotoServer(ip_address=LOOPBACK, port=free_port(), verbose=False)
    server.start()
    yield f"http://{LOOPBACK}:{server._port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A bucket of its own: `files_url=s3`, the way an installation says it, with the environment S3's tools read."""
    import httpx

    bucket = f"test-{os.getpid()}-{free_port()}"
    httpx.put(
        f"{s3_server}/{bucket}",
        headers={"Authorization": "AWS4-HMAC-SHA256 Credential=test/20260908/us-east-1/s3/aws4_request"},
    )
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    return f"s3://{bucket}"
