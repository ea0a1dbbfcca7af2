"""Answers, and the ways in which they do not arrive."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import uuid4


class Cut(Enum):
    """Where a connection is lost."""

    NOTHING_SENT = "nothing"
    MIDDLE = "middle"


@dataclass
class Reply:
    """One answer; `wait` in seconds before it, `cut` instead of its end."""

    status: int
    content_type: str
    body: bytes
    wait: float = 0.0
    cut: Cut | None = None
    cut_at: int = 0


def as_json(status: int, told: object) -> Reply:
    """Plain JSON."""
    return Reply(status, "application/json", json.dumps(told, ensure_ascii=False).encode())


def html(status: int) -> Reply:
    """What a gateway says when the service behind it is down."""
    return Reply(
        status, "text/html", b"<html><head><title>Error</title></head><body><h1>Bad Gateway</h1></body></html>"
    )


def multipart(told: Mapping[str, Any], files: Mapping[str, bytes], *, closed: bool = True) -> Reply:
    """`multipart/mixed` with CRLF, parts named by their Content-ID, as the shipping service answers."""
    boundary = f"uuid:{uuid4()}"
    parts = [
        (b"<jsonInfos>", b"application/json;charset=UTF-8", json.dumps(told, ensure_ascii=False).encode()),
        *((f"<{name}>".encode(), b"application/octet-stream", content) for name, content in files.items()),
    ]
    body = b"".join(
        b"--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: binary\r\nContent-ID: %s\r\n\r\n%s\r\n"
        % (boundary.encode(), kind, name, content)
        for name, kind, content in parts
    )
    end = b"--%s--\r\n" % boundary.encode() if closed else b""
    return Reply(200, f'multipart/mixed; boundary="{boundary}"', body + end)
