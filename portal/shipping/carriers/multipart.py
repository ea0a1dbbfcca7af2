"""The answers of Colissimo's services: several parts, parted by CRLF, one of them a PDF. Bytes only, never text.

The boundary has the form `uuid:…`, with or without quotes; a body may be cut anywhere.
"""

import re
from dataclasses import dataclass

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
_NAME = re.compile(rb"^content-id:\s*<?([^>\r\n]+)>?", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts by the name of their Content-ID; a last one that was cut is left out, and `whole` is then false."""

    by_name: dict[str, bytes]
    whole: bool


def split(content_type: str, body: bytes) -> Parts:
    """The parts of an answer; none when its type announces none."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        return Parts({}, whole=False)
    pieces = (b"\n" + body).split(b"\n--" + found.group(1).strip().encode())
    whole = len(pieces) > 1 and pieces[-1].startswith(b"--")
    return Parts(dict(map(_part, pieces[1:-1])), whole=whole)


def _part(piece: bytes) -> tuple[str, bytes]:
    """Name and content; the line end before the next boundary belongs to the boundary."""
    line_end = b"\r\n" if piece.startswith(b"\r\n") else b"\n"
    head, _, content = piece.removeprefix(line_end).partition(line_end * 2)
    named = _NAME.search(head)
    return (named.group(1).decode("latin-1").strip() if named else ""), (
        content.removesuffix(b"\r") if line_end == b"\r\n" else content
    )
