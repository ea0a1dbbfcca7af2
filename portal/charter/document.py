"""The charter on paper: what a family reads, signs and keeps; the file that is then sealed.

The last page is always the page of the signature, laid out as a form: the place of the seal is known
before the file exists, and is the same in every charter ever printed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from portal.charter.seal import FieldBox
from portal.platform.pdf import Enclosure, render

SEAL_BOX: Final = FieldBox(page=-1, rect=(71, 77, 524, 201))
"""Where the visible seal goes: on the last page, 1 mm inside the frame that `charter.css` leaves empty.

The frame is 162 x 46 mm; its lower left corner stands 24 mm from the left and 26 mm from the bottom of an A4 page.
"""

SEAL_ANCHOR: Final = "cachet"
"""Id of that frame in the page, and name of the destination that points to it in the PDF."""


@dataclass(frozen=True, slots=True)
class Party:
    """Someone the charter binds: « l’élève », a name, and what else identifies them."""

    role: str
    name: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CharterDocument:
    """A charter filled for one family.

    `body` is the charter's text as safe HTML, introduction and sections, from `CharterText.render`.
    `consent` is the sentence that the signatory agrees to, word for word as on the screen.
    """

    region: str
    school: str
    title: str
    campaign: str
    reference: str
    version: str
    issued_on: date
    parties: tuple[Party, ...]
    signatory: str
    equipment: tuple[str, ...]
    body: Markup
    consent: str


def charter_pdf(document: CharterDocument, *, enclosures: Sequence[Enclosure] = ()) -> bytes:
    """Print a charter, produced as PDF/A-3a: tagged, with its fonts, to be kept for years.

    The same charter gives the same bytes, so the file that was shown can be made again and compared.
    """
    return render(
        "charter/pdf/charter.html",
        {"charter": document, "anchor": SEAL_ANCHOR},
        title=f"{document.title}, dossier {document.reference}",
        variant="pdf/a-3a",
        enclosures=enclosures,
    )


@dataclass(frozen=True, slots=True)
class PaperDocument:
    """The page of evidence of a charter signed by hand; the scan goes on the `pages` empty sheets that follow."""

    reference: str
    school: str
    student: str
    text: str
    consent: str
    facts: tuple[tuple[str, str], ...]
    signatory: str
    pages: int


def paper_pdf(document: PaperDocument) -> bytes:
    """Print the page of evidence of a paper, and empty sheets for its scan."""
    return render(
        "charter/pdf/paper.html",
        {"paper": document, "anchor": SEAL_ANCHOR},
        title=f"Charte signée sur papier, dossier {document.reference}",
        variant="pdf/a-3b",
    )
