"""The only importer of WeasyPrint and of pikepdf's merging; loaded when a PDF is made, never by the web process."""

import gc
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from io import BytesIO
from threading import Lock
from typing import Final

import pikepdf
from weasyprint import HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from portal.platform.pdf import FONTS, TEMPLATES, Enclosure, ResourceRefused, Variant

SHIPPED: Final = re.compile(r"shipped:([a-z0-9_-]+(?:/[a-z0-9_-]+)*\.(css|ttf))")
_FOLDERS: Final = {"css": (TEMPLATES, "text/css; charset=utf-8"), "ttf": (FONTS, "font/ttf")}

A4: Final = (595, 842)
"""Points, to the whole one."""

# Pango's font maps are not thread-safe and a worker has several threads: one document at a time in a process.
_ONE_AT_A_TIME: Final = Lock()


class ShippedOnly(URLFetcher):  # type: ignore[misc] # WeasyPrint ships no types
    """Serve the portal's own style sheets and fonts, and `data:`; refuse every other address, loudly."""

    def __init__(self) -> None:
        """Leave the parent no protocol that reaches a file or a network."""
        super().__init__(timeout=1, allowed_protocols={"data"}, allow_redirects=False)
        self.refused: list[str] = []

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """Answer with a shipped file.

        :raises FatalURLFetchingError: anything else; WeasyPrint would only log a plain exception.
        """
        if url.startswith("data:"):
            return super().fetch(url, headers)
        if not (shipped := SHIPPED.fullmatch(url)):
            self.refused.append(url)
            raise FatalURLFetchingError(url)
        folder, kind = _FOLDERS[shipped[2]]
        return URLFetcherResponse(url, (folder / shipped[1]).read_bytes(), {"Content-Type": kind})


@cache
def _fonts() -> FontConfiguration:
    """Read the shipped fonts once in a process, not once in a document."""
    return FontConfiguration()


@contextmanager
def _uncollected() -> Iterator[None]:
    """All that makes a page lives until it is finished: garbage is looked for afterwards, which spares a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def typeset(html: str, *, variant: Variant, enclosures: Sequence[Enclosure] = ()) -> bytes:
    """Lay out a page; see `portal.platform.pdf.html_to_pdf`."""
    fetcher = ShippedOnly()
    pdf = b""
    with suppress(FatalURLFetchingError), _ONE_AT_A_TIME, _uncollected(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves its colour profile open
        pdf = HTML(string=html, url_fetcher=fetcher, base_url="").write_pdf(
            pdf_variant=variant,
            pdf_identifier=True,
            font_config=_fonts(),
            attachments=[
                Attachment(string=item.content, name=item.name, description=item.description, relationship="Data")
                for item in enclosures
            ],
        )
    if fetcher.refused:  # inside an SVG, WeasyPrint swallows even its own fatal error: the list does not forget
        message = f"a document asked for {fetcher.refused}, which is not shipped"
        raise ResourceRefused(message)
    return pdf


def merge(parts: Sequence[bytes], *, both_sides: bool = False) -> bytes:
    """Join tagged PDFs in order, into one that is still tagged, with the title and language of the first.

    :param both_sides: each part begins on a sheet of its own when it is printed on both sides.

    pikepdf copies pages but leaves the structure tree behind, so a plain merge is no longer readable by a
    screen reader: the trees are joined here, and each page's key into the parent tree is shifted.
    """
    whole = pikepdf.open(BytesIO(parts[0]))
    root = whole.Root.StructTreeRoot
    for part in parts[1:]:
        if both_sides and len(whole.pages) % 2:
            whole.add_blank_page(page_size=A4)
        with pikepdf.open(BytesIO(part)) as more:
            _append(whole, root, more)
    merged = BytesIO()
    whole.save(merged, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return merged.getvalue()


def _append(whole: pikepdf.Pdf, root: pikepdf.Object, more: pikepdf.Pdf) -> None:
    start = len(whole.pages)
    shift = max((int(key) for key in list(root.ParentTree.Nums)[::2]), default=-1) + 1
    whole.pages.extend(more.pages)  # before the tree: its references to pages then follow the copies
    tree = whole.copy_foreign(more.Root.StructTreeRoot)
    for page in whole.pages[start:]:
        page.obj.StructParents = int(page.obj.StructParents) + shift
        for annotation in page.obj.get("/Annots", []):
            annotation.StructParent = int(annotation.StructParent) + shift
    for position, value in enumerate(tree.ParentTree.Nums):
        root.ParentTree.Nums.append(int(value) + shift if position % 2 == 0 else value)
    document = root.K[0]
    for element in tree.K[0].K:
        element.P = document
        document.K.append(element)
