"""Scans of a signed paper: judged by their bytes, cleaned, and laid behind the page of evidence.

Loaded only when a scan arrives: pikepdf and Pillow take their time. Nothing of the received file survives but what its
pages show: no script, no attachment, no place or camera in the data of a photo.
"""

from collections.abc import Sequence
from io import BytesIO
from time import gmtime
from typing import Final, NamedTuple

import pikepdf
from PIL import Image

from portal.charter.rules import UnreadableScan
from portal.kernel.words import later
from portal.platform import photos

MOST_PAGES: Final = 12
LONGEST_SIDE: Final = 2_000
"""Pixels: an A4 sheet at 170 dpi, on which a signature is read without a doubt."""

DPI: Final = 170
A4: Final = (595, 842)
"""Points, to the whole one."""

SHEET: Final = (57, 57, 538, 765)
"""Where a scanned page goes on its sheet: left, bottom, right, top in points, under the caption."""

_PDF: Final = b"%PDF-"


class Scan(NamedTuple):
    """A cleaned scan: one PDF, and how many pages it has."""

    pdf: bytes
    pages: int


def read(contents: Sequence[bytes]) -> Scan:
    """Clean one PDF, or several photos in their order; raises `UnreadableScan`."""
    if len(contents) == 1 and contents[0].startswith(_PDF):
        return _clean(contents[0])
    if any(content.startswith(_PDF) for content in contents):
        raise UnreadableScan(later("Envoyez un seul PDF, ou plusieurs photos, mais pas les deux."))
    return _clean(_album([_photo(content) for content in contents]))


def _photo(content: bytes) -> Image.Image:
    """A photo, upright, without what the telephone wrote in it."""
    if not photos.is_one(content):
        raise UnreadableScan(
            later("Ce fichier n’est ni un PDF, ni une photo JPEG, PNG ou HEIC. Choisissez-en un autre.")
        )
    try:
        return photos.upright(content, longest=LONGEST_SIDE)
    except photos.UnreadablePhoto as fault:
        raise UnreadableScan(fault.message) from fault


def _album(photos: Sequence[Image.Image]) -> bytes:
    """One page for each photo; no date in the file, so that the same photos give the same bytes."""
    album, never = BytesIO(), gmtime(0)
    first, *others = photos
    first.save(
        album, "PDF", save_all=True, append_images=others, resolution=DPI, quality=82, creationDate=never, modDate=never
    )
    return album.getvalue()


def _clean(pdf: bytes) -> Scan:
    """Only what the pages show, each on an A4 sheet."""
    try:
        with pikepdf.open(BytesIO(pdf)) as given, pikepdf.new() as clean:
            pages = len(given.pages)
            if not 1 <= pages <= MOST_PAGES:
                raise UnreadableScan(later("Le papier compte douze pages au plus. Ne scannez que la charte signée."))
            for page in given.pages:
                clean.add_blank_page(page_size=A4)
                clean.pages[-1].add_overlay(page, pikepdf.Rectangle(0, 0, *A4))
            return Scan(_saved(clean), pages)
    except pikepdf.PasswordError as fault:
        raise UnreadableScan(
            later("Ce PDF est protégé par un mot de passe. Enregistrez-le sans, puis envoyez-le.")
        ) from fault
    except (pikepdf.PdfError, ValueError, RuntimeError) as fault:
        raise UnreadableScan(later("Ce PDF est abîmé ou incomplet. Scannez la feuille à nouveau.")) from fault


def lay(cover: bytes, scan: bytes) -> bytes:
    """The page of evidence, and each scanned page on one of the empty sheets that follow it."""
    with pikepdf.open(BytesIO(cover)) as whole, pikepdf.open(BytesIO(scan)) as pages:
        for sheet, page in zip(whole.pages[1:], pages.pages, strict=True):
            sheet.add_overlay(page, pikepdf.Rectangle(*SHEET))
        return _saved(whole)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    written = BytesIO()
    pdf.save(written, deterministic_id=True)
    return written.getvalue()
