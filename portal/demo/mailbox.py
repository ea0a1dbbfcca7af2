"""The demo's letter box: what `portal.demo.sink` was given, as files in a folder. Reads and writes it; knows no web."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, Literal

FOLDER: Final = "boite"
"""Name of the folder in the portal's data folder."""

_LINK: Final = re.compile(r"https?://[^\s<>\"»]+[^\s<>\"».,;:!?)]")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with an e-mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as its reader sees it. `id` names it within the box."""

    id: str
    channel: Literal["email", "sms"]
    received_at: datetime
    sender: str
    to: str
    subject: str
    text: str
    html: str
    links: tuple[str, ...]
    attachments: tuple[Attachment, ...] = ()


def box(home: Path) -> Path:
    """The folder of the box, made when missing; only its owner reads it."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def list_messages(home: Path, *, limit: int = 200) -> list[Letter]:
    """What was delivered, newest first. `home` is the portal's data folder (`Settings.home`)."""
    found = [(path.stat().st_mtime_ns, path) for path in box(home).iterdir() if path.suffix in {".eml", ".json"}]
    return [read(path) for _, path in sorted(found, reverse=True)[:limit]]


@lru_cache(maxsize=512)
def read(path: Path) -> Letter:
    """One file of the box; opened once, since none ever changes: two hundred take most of a second."""
    received = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if path.suffix == ".json":
        return _text_message(path.stem, received, json.loads(path.read_text(encoding="utf-8")))
    return _email(path.stem, received, message_from_bytes(path.read_bytes(), policy=policy.default))


def keep(home: Path, *, identity: str, content: bytes, suffix: Literal["eml", "json"]) -> bool:
    """Store a delivery once: the same identity again is recognised and dropped. Returns whether it was new.

    The file appears whole or not at all, even if the process is killed meanwhile.
    """
    folder = box(home)
    target = folder / f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}.{suffix}"
    with NamedTemporaryFile(dir=folder, prefix=".", suffix=".part") as file:
        file.write(content)
        file.flush()
        try:
            os.link(file.name, target)
        except FileExistsError:
            return False
    return True


def _email(name: str, received: datetime, mail: EmailMessage) -> Letter:
    text, html = _body(mail, "plain"), _body(mail, "html")
    return Letter(
        id=name,
        channel="email",
        received_at=received,
        sender=str(mail["From"]),
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        text=text,
        html=html,
        links=_links(text),
        attachments=tuple(
            Attachment(part.get_filename() or "document", bytes(part.get_content())) for part in mail.iter_attachments()
        ),
    )


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""


def _text_message(name: str, received: datetime, sent: Mapping[str, str]) -> Letter:
    return Letter(
        id=name,
        channel="sms",
        received_at=received,
        sender=sent.get("from", ""),
        to=sent["to"],
        subject="",
        text=sent["text"],
        html="",
        links=_links(sent["text"]),
    )


def _links(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_LINK.findall(text)))
