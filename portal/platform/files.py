"""Files people must be able to trust later: private, named by their content, checked when read.

One interface over a local folder (default) or an S3-compatible store, by configuration (`FIN_PRET_FILES_URL`).
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from flask import current_app

if TYPE_CHECKING:
    from obstore.store import ObjectStore

PIECE: Final = 1024 * 1024
"""Bytes of a large file that are held at a time."""

LONGEST_SIDE: Final = 1_600
"""Pixels of a photo: enough to read a device's tag in it."""


class DamagedFile(RuntimeError):
    """The bytes kept are not the bytes stored: never hand them out."""


@lru_cache
def _store(url: str) -> "ObjectStore":
    kinds = import_module("obstore.store")  # late: four megabytes, for the first file
    if "://" in url:
        # Its credentials come from the environment, as its own tools read them.
        elsewhere: ObjectStore = kinds.from_url(url)
        return elsewhere
    folder = Path(url)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    local: ObjectStore = kinds.LocalStore(folder)
    return local


def _here() -> "ObjectStore":
    return _store(current_app.config["SETTINGS"].files_url)


def digest_of(content: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return sha256(content).hexdigest()


def keep(content: bytes, *, kind: str, suffix: str = "pdf") -> str:
    """Store bytes and return their key, made of their kind and hash: storing twice keeps one."""
    digest = digest_of(content)
    key = f"{kind}/{digest[:2]}/{digest}.{suffix}"
    _here().put(key, content)
    return key


def keep_photo(content: bytes, *, kind: str) -> str:
    """Store a photo that somebody sent, shrunk, without what the camera wrote in it; raises `UnreadablePhoto`."""
    cleaned = import_module("portal.platform.photos").cleaned  # late: the web loads Pillow only when a photo arrives
    return keep(cleaned(content, longest=LONGEST_SIDE), kind=kind, suffix="jpg")


def keep_from(stream: IO[bytes], *, kind: str, suffix: str = "bin") -> tuple[str, str]:
    """The same for a file of any size, read twice and never held whole; returns the key and the SHA-256."""
    hashed = sha256()
    while piece := stream.read(PIECE):
        hashed.update(piece)
    stream.seek(0)
    digest = hashed.hexdigest()
    key = f"{kind}/{digest[:2]}/{digest}.{suffix}"
    _here().put(key, stream)
    return key, digest


def copy(key: str, path: Path) -> None:
    """Write what is stored under a key to a file, piece by piece; raises as `read` does."""
    digest = sha256()
    with path.open("wb") as target:
        for piece in _here().get(key).stream():
            digest.update(piece)
            target.write(piece)
    if digest.hexdigest() != Path(key).stem:
        raise DamagedFile(key)


def read(key: str) -> bytes:
    """The bytes stored under a key; raises `DamagedFile` if they changed, `FileNotFoundError` if they are gone."""
    content = bytes(_here().get(key).bytes())
    if digest_of(content) != Path(key).stem:
        raise DamagedFile(key)
    return content


def kept_before(instant: datetime) -> Iterator[str]:
    """The keys of the files stored before an instant, one piece of the list at a time."""
    for piece in _here().list(chunk_size=1000):
        yield from (found["path"] for found in piece if found["last_modified"] < instant)


def kept_under(kind: str) -> Iterator[str]:
    """The keys of the files of one kind."""
    for piece in _here().list(prefix=kind, chunk_size=1000):
        yield from (found["path"] for found in piece)


def forget(key: str) -> None:
    """Delete for good, at the end of a retention period."""
    _here().delete(key)


def forget_if_there(key: str) -> None:
    """The same for what may be gone already."""
    with suppress(FileNotFoundError):
        forget(key)
