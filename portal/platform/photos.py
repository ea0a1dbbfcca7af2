"""Photos that people send: judged by their bytes, turned upright, made small, and without what the camera wrote in them.

Loaded only when a photo arrives. Nothing of the received file survives but the picture: no place, no date, no camera.
"""

from io import BytesIO
from typing import Final

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from portal.kernel.errors import DomainError
from portal.kernel.words import later

MOST_PIXELS: Final = 50_000_000
QUALITY: Final = 80
_ENDS: Final = {b"\xff\xd8\xff": b"\xff\xd9", b"\x89PNG\r\n\x1a\n": b"IEND"}
"""How a JPEG and a PNG begin and end; a HEIC photo says its own lengths."""

LATE: Final = 65_536
"""Some telephones write up to that many bytes after the end."""

DAMAGED: Final = later("Cette photo est abîmée ou incomplète. Envoyez-la à nouveau.")
_HEIC: Final = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftyphevc")
"""What an iPhone's photo says of itself from its fifth byte on (ISO/IEC 23008-12)."""


class UnreadablePhoto(DomainError):
    """Not a photo that can be kept; the sentence says what to send instead."""


def is_one(content: bytes) -> bool:
    """Whether the bytes begin as those of a photo that we read."""
    return content[4:12] in _HEIC or any(content.startswith(start) for start in _ENDS)


def upright(content: bytes, *, longest: int) -> Image.Image:
    """The picture as it was seen, its longer side of at most `longest` pixels; raises `UnreadablePhoto`."""
    try:
        picture = _heic(content) if content[4:12] in _HEIC else _jpeg_or_png(content)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as fault:
        raise UnreadablePhoto(DAMAGED) from fault
    picture.thumbnail((longest, longest))
    return picture


def cleaned(content: bytes, *, longest: int) -> bytes:
    """The same as a JPEG of our own; raises `UnreadablePhoto`."""
    written = BytesIO()
    upright(content, longest=longest).save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def _heic(content: bytes) -> Image.Image:
    """Not through Pillow, which WeasyPrint tells to accept half a photo; the library turns it upright by itself."""
    photo = pillow_heif.open_heif(content)
    _is_of_a_size(*photo.size)
    return photo.to_pillow().convert("RGB")


def _jpeg_or_png(content: bytes) -> Image.Image:
    end = next((end for start, end in _ENDS.items() if content.startswith(start)), None)
    if end is None:
        raise UnreadablePhoto(later("Ce fichier n’est pas une photo JPEG, PNG ou HEIC. Choisissez-en un autre."))
    if end not in content[-LATE:]:  # Pillow would accept half of it: see above
        raise UnreadablePhoto(DAMAGED)
    with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as image:
        _is_of_a_size(*image.size)
        return ImageOps.exif_transpose(image).convert("RGB")


def _is_of_a_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise UnreadablePhoto(later("Cette photo est trop grande. Scannez ou photographiez moins finement."))
