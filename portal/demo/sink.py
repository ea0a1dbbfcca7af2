"""`python -m portal.demo.sink`: the demo's mail server and SMS gateway, on loopback; what they are given is kept in a box.

Real protocols, so that the portal sends in the demo exactly as in production. A message that comes twice (same
Message-ID, same Idempotency-Key) is kept once, as a careful receiver does.
"""

import json
import os
import signal
from collections.abc import Callable
from contextlib import contextmanager
from email import message_from_bytes, policy
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from aiosmtpd.controller import Controller

from portal.demo import mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST: Final = "127.0.0.1"
SMTP_PORT: Final = 8025
SMS_PORT: Final = 8026
LARGEST_SMS: Final = 10_000


def postman(home: Path) -> SimpleNamespace:
    """What the mail server does with a message, under the name by which aiosmtpd looks for it."""

    async def keep(_server: object, _session: object, envelope: Any) -> str:
        """A message without a Message-ID is a new one each time."""
        sent = message_from_bytes(envelope.content, policy=policy.default)
        identity = str(sent["Message-ID"] or uuid4()).strip()
        mailbox.keep(home, identity=identity, content=envelope.content, suffix="eml")
        return "250 Message accepted"

    return SimpleNamespace(handle_DATA=keep)


def gateway(home: Path) -> type[BaseHTTPRequestHandler]:
    """The SMS gateway: `POST /sms` with `{"to": …, "text": …}` and an `Idempotency-Key`."""

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked = _read_json(self.rfile.read(min(length, LARGEST_SMS)))
            if self.path != "/sms" or not asked:
                self._answer(HTTPStatus.BAD_REQUEST, {"error": "a JSON object with `to` and `text` is expected"})
                return
            identity = self.headers.get("Idempotency-Key") or str(uuid4())
            content = json.dumps(asked, ensure_ascii=False).encode()
            new = mailbox.keep(home, identity=identity, content=content, suffix="json")
            self._answer(HTTPStatus.ACCEPTED if new else HTTPStatus.OK, {"id": identity})

        def _answer(self, status: HTTPStatus, body: dict[str, str]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing: a line would hold somebody's number."""

    return Gateway


def _read_json(content: bytes) -> dict[str, str] | None:
    try:
        asked = json.loads(content)
    except ValueError:
        return None
    complete = isinstance(asked, dict) and all(isinstance(asked.get(name), str) for name in ("to", "text"))
    return asked if complete else None


@contextmanager
def running(home: Path, *, smtp_port: int = SMTP_PORT, sms_port: int = SMS_PORT) -> "Iterator[tuple[int, int]]":
    """Both servers, for as long as the block lasts; gives the SMTP port and the SMS port."""
    mail = Controller(postman(home), hostname=HOST, port=smtp_port, decode_data=False)
    texts = ThreadingHTTPServer((HOST, sms_port), gateway(home))
    mail.start()
    thread = Thread(target=texts.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield smtp_port, texts.server_address[1]
    finally:
        texts.shutdown()
        thread.join()
        texts.server_close()
        mail.stop()


def main(environment: Callable[[str, str], str] = os.environ.get) -> None:
    """Serve until told to stop."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    home = Path(environment("FIN_PRET_HOME", "var")).resolve()
    smtp_port = int(environment("FIN_PRET_SINK_SMTP_PORT", str(SMTP_PORT)))
    sms_port = int(environment("FIN_PRET_SINK_SMS_PORT", str(SMS_PORT)))
    with running(home, smtp_port=smtp_port, sms_port=sms_port):
        stop.wait()


if __name__ == "__main__":
    main()
