"""From what somebody uploads to the files to read: sizes, zips and their traps, and what each file is by its content.

A name proves nothing, so none is believed: SIECLE's `.xml` may be a web page, a `.csv` may be a workbook. Limits follow
OWASP ASVS 5.2.2 and 5.2.3. Each member of a zip is inflated once here: what follows meets no damaged archive.
"""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum, auto
from pathlib import Path, PurePosixPath
from typing import IO, Final
from zipfile import BadZipFile, ZipFile, ZipInfo

from portal.kernel.values.folding import one_line
from portal.platform.reading.refusals import Refused

MB: Final = 1_000_000
LARGEST_UPLOAD: Final = 40 * MB
LARGEST_INFLATED: Final = 200 * MB
LARGEST_WORKBOOK: Final = 100 * MB
"""A workbook is unpacked in memory as a whole."""

_MOST_MEMBERS = {"data": 20, "workbook": 50}
_HIGHEST_RATIO = 100
_TOO_SMALL_TO_HARM = MB
_HEAD = 4096
_CHUNK = 1 << 18
_LONGEST_NAME = 120
_ENCRYPTED = 0x1
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_NOT_TEXT = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1a\x1b")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db")


class Content(StrEnum):
    """What a file is, told by its first bytes or its members."""

    MARKUP = auto()
    TEXT = auto()
    WORKBOOK = auto()
    ONEROSTER = auto()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody sent: the name that they gave it, and where it waits."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Part:
    """One file to read: an upload, or a member of a zip. `name` is for people."""

    name: str
    content: Content
    path: Path
    member: str | None = None

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Its bytes, from the first; as often as needed."""
        if self.member is None:
            with self.path.open("rb") as stream:
                yield stream
        else:
            with ZipFile(self.path) as archive, archive.open(self.member) as stream:
                yield stream


def bom_encoding(head: bytes) -> str | None:
    """The encoding that a byte order mark announces."""
    return next((encoding for mark, encoding in _BOMS if head.startswith(mark)), None)


def parts_of(uploads: Sequence[Upload], *, largest: int = LARGEST_UPLOAD) -> list[Part]:
    """Every file to read, in the order of the uploads; raises `Refused`, also for more than `largest` bytes in all."""
    if not uploads:
        raise Refused("Aucun fichier n’est choisi. Choisissez le fichier à importer.")
    sizes = [upload.path.stat().st_size for upload in uploads]
    if sum(sizes) > largest:
        raise Refused(f"Le dépôt dépasse {largest // MB}\u00a0Mo. Déposez seulement les fichiers demandés.")
    return [part for upload in uploads for part in _parts(upload)]


def _parts(upload: Upload) -> list[Part]:
    name = one_line(upload.name)[-_LONGEST_NAME:] or "fichier"
    with upload.path.open("rb") as stream:
        head = stream.read(_HEAD)
    if head.startswith(_ZIP):
        return _unzipped(name, upload.path)
    return [Part(name, _content(name, head), upload.path)]


def _content(name: str, head: bytes) -> Content:
    """Markup or text; anything else is refused."""
    if not head.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe\0"):
        raise Refused(f"Le fichier «\u00a0{name}\u00a0» est vide. Exportez-le de nouveau.")
    if head.startswith(_OLD_OFFICE):
        raise Refused(
            f"«\u00a0{name}\u00a0» est un ancien classeur (.xls) ou un classeur protégé. "
            "Enregistrez-le au format .xlsx, sans mot de passe."
        )
    encoding = bom_encoding(head)
    text = head.decode(encoding or "latin-1", errors="ignore").lstrip()
    if text.startswith("<"):
        return Content.MARKUP
    if head.startswith(_FOREIGN) or (encoding != "utf-16" and not _NOT_TEXT.isdisjoint(head)):
        raise unknown(name)
    return Content.TEXT


def unknown(name: str) -> Refused:
    """The refusal of a file that is none of those that we read."""
    return Refused(
        f"Nous ne reconnaissons pas «\u00a0{name}\u00a0». Déposez un tableau (CSV, .xlsx, .ods) ou, "
        "pour des élèves, les exports XML de SIECLE ou un fichier OneRoster."
    )


def _unzipped(name: str, path: Path) -> list[Part]:
    try:
        with ZipFile(path) as archive:
            return _members(name, path, archive)
    # What zipfile raises of a damaged file: its directory, its data, its end, its method, its names.
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError):
        raise Refused(f"Le fichier zip «\u00a0{name}\u00a0» est coupé ou abîmé. Téléchargez-le de nouveau.") from None


def _members(name: str, path: Path, archive: ZipFile) -> list[Part]:
    members = [info for info in archive.infolist() if not info.is_dir()]
    workbook = _is_workbook(archive, members)
    _check_members(name, members, workbook=workbook)
    members = [info for info in members if not info.filename.startswith(_LITTER[0])]
    heads = {info: _inflated(archive, info) for info in members}
    if workbook:
        return [Part(name, Content.WORKBOOK, path)]
    if any(PurePosixPath(info.filename).name.lower() == "users.csv" for info in members):
        return [Part(name, Content.ONEROSTER, path)]
    kept = [info for info in members if PurePosixPath(info.filename).name not in _LITTER]
    if not kept:
        raise Refused(f"Le fichier zip «\u00a0{name}\u00a0» est vide. Exportez-le de nouveau.")
    return [_member(name, path, info.filename, heads[info]) for info in kept]


def _member(name: str, path: Path, member: str, head: bytes) -> Part:
    shown = f"{name}\u00a0: {one_line(member)}"[-_LONGEST_NAME:]
    if head.startswith(_ZIP):
        raise Refused(f"«\u00a0{shown}\u00a0» est un zip dans un zip. Sortez-le, puis déposez-le seul.")
    return Part(shown, _content(shown, head), path, member)


def _is_workbook(archive: ZipFile, members: list[ZipInfo]) -> bool:
    """An Office Open XML workbook, or an OpenDocument spreadsheet (whose first member says what it is)."""
    if any(info.filename == "xl/workbook.xml" for info in members):
        return True
    first = members[0] if members else None
    return (
        first is not None
        and first.filename == "mimetype"
        and first.file_size == len(_ODS)
        and archive.read(first) == _ODS
    )


def _check_members(name: str, members: list[ZipInfo], *, workbook: bool) -> None:
    """What the zip announces, before a byte is inflated."""
    if any(info.flag_bits & _ENCRYPTED for info in members):
        raise Refused(f"Le fichier zip «\u00a0{name}\u00a0» a un mot de passe. Déposez-le sans mot de passe.")
    if any(_leads_outside(info.filename) for info in members) or len({info.filename for info in members}) < len(
        members
    ):
        raise Refused(
            f"Le fichier zip «\u00a0{name}\u00a0» contient des noms interdits. Déposez les fichiers sans zip."
        )
    most = _MOST_MEMBERS["workbook" if workbook else "data"]
    if len(members) > most:
        raise Refused(
            f"Le fichier zip «\u00a0{name}\u00a0» contient plus de {most} fichiers. Déposez seulement les exports."
        )
    largest = LARGEST_WORKBOOK if workbook else LARGEST_INFLATED
    if sum(info.file_size for info in members) > largest or any(_is_bomb(info) for info in members):
        raise Refused(
            f"Le fichier zip «\u00a0{name}\u00a0» est trop gros une fois ouvert. Déposez seulement les exports."
        )


def _is_bomb(info: ZipInfo) -> bool:
    return info.file_size > _TOO_SMALL_TO_HARM and info.file_size > _HIGHEST_RATIO * max(info.compress_size, 1)


def _leads_outside(member: str) -> bool:
    """Whether a name would leave the folder where somebody unpacks it; we never do, but no honest export has one."""
    path = PurePosixPath(member.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in member


def _inflated(archive: ZipFile, info: ZipInfo) -> bytes:
    """The first bytes of a member, once all of it has been inflated and its checksum compared.

    A member that holds more than it announces is cut there by `zipfile`, and its checksum then differs.
    """
    with archive.open(info) as stream:
        head = stream.read(_HEAD)
        while stream.read(_CHUNK):
            pass
    return head
