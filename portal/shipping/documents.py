"""What is printed for parcels: delivery slips, address labels, hand-over lists.

Data in, PDF bytes out; nothing here knows the database or a request. Our papers never look like prepaid
postage: number ranges and routing codes belong to the carrier, whose own label is bought apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from portal.kernel.values.address import PostalAddress
from portal.kernel.values.tracking import read_tracking_number
from portal.platform.codes import MODULE_MM, Svg, code128_modules, code128_path, qr_path
from portal.platform.pdf import render
from portal.platform.preprinted import Progress, Sheets, Spot, print_forms
from portal.platform.typography import type_size
from portal.schools.packing import USUAL
from portal.schools.printing import LABELS_ON_A4

SMALLEST_PT: Final = 9.0
"""Smallest type of an address; 38 capitals fit in the width of a label at this size."""

Offset = tuple[float, float]
"""How far to move what is printed, in millimetres: to the right, and down."""

MAX_OFFSET_MM: Final = 10.0
"""A printer further out than this needs its own settings; from 6 mm on, a label may lose an edge."""

THIN_MODULE_MM: Final = 0.25
"""Two dots at 203 dpi: the thinnest bar that a thermal printer draws and a desk scanner reads."""


@dataclass(frozen=True)
class DeliverySlip:
    """The sheet that travels with one parcel, and its stub, which stays in the school.

    `contents` names categories, at most five, never a device or its serial number: a pouch can be read from outside.
    """

    parcel_code: str
    loan_reference: str
    receipt_url: str
    sender: PostalAddress
    sender_phone: str
    recipient: PostalAddress
    contents: tuple[str, ...]
    weight_grams: int
    prepared_on: date
    tracking_number: str = ""
    checklist: tuple[str, ...] = USUAL

    @cached_property
    def barcode(self) -> Svg:
        """Return the Code 128 of our own parcel code."""
        return _barcode(self.parcel_code, room_mm=104, height_mm=15)

    @cached_property
    def qr(self) -> Svg:
        """Return the QR code of the page where the family confirms receipt."""
        return qr_path(self.receipt_url, label="Code à scanner pour confirmer la réception", module_mm=0.75)

    @property
    def recipient_pt(self) -> float:
        """Return the size of the recipient's address, in points."""
        return _recipient_pt(self.recipient, room_mm=104, largest=15)

    @property
    def tracking(self) -> str:
        """Return the carrier's number in groups, empty while it is not known."""
        return _tracking(self.tracking_number)


@dataclass(frozen=True)
class ReturnSlip:
    """The sheet that stays in the box for the way back: what belongs to the kit, and what to do. It names nobody."""

    parcel_code: str
    loan_reference: str
    school: PostalAddress
    phone: str
    kit: tuple[str, ...]

    @cached_property
    def barcode(self) -> Svg:
        """Return the Code 128 of the loan's reference: one of the three scans before a box is closed."""
        return _barcode(self.loan_reference, room_mm=104, height_mm=15, label=f"Code du dossier {self.loan_reference}")


@dataclass(frozen=True)
class CustomsSheet:
    """What staff copy into La Poste's customs form (CN23) for a parcel to another territory; never stuck on the box."""

    parcel_code: str
    sender: PostalAddress
    sender_phone: str
    recipient: PostalAddress
    origin: str
    destination: str
    description: str
    hs_code: str
    weight_grams: int
    value_cents: int
    copies: int
    needs_eori: bool

    @property
    def value(self) -> str:
        """Return the value in euros, as French forms write it; customs refuse zero."""
        return f"{self.value_cents / 100:.2f}".replace(".", ",") if self.value_cents else ""


@dataclass(frozen=True)
class AddressLabel:
    """A 100 × 150 mm label: the address, our own parcel code, nothing that says what is inside."""

    parcel_code: str
    sender: PostalAddress
    recipient: PostalAddress

    @cached_property
    def barcode(self) -> Svg:
        """Return the Code 128 of our own parcel code."""
        return _barcode(self.parcel_code, room_mm=88, height_mm=20)

    @property
    def recipient_pt(self) -> float:
        """Return the size of the recipient's address, in points."""
        return _recipient_pt(self.recipient, room_mm=88, largest=17)


@dataclass(frozen=True, slots=True)
class DepositRow:
    """One parcel of a hand-over list; the town is enough to find it, names stay out."""

    parcel_code: str
    weight_grams: int
    postcode: str
    town: str
    tracking_number: str = ""

    @property
    def tracking(self) -> str:
        """Return the carrier's number in groups, empty while it is not known."""
        return _tracking(self.tracking_number)


@dataclass(frozen=True, slots=True)
class DepositSlip:
    """The list of parcels that a school hands over to a carrier on one day."""

    number: str
    day: date
    site: str
    school: PostalAddress
    rows: tuple[DepositRow, ...]

    @property
    def total_grams(self) -> int:
        """Return the weight of all the parcels."""
        return sum(row.weight_grams for row in self.rows)


def slips_pdf(slips: Sequence[DeliverySlip], *, offset_mm: Offset = (0, 0), progress: Progress | None = None) -> bytes:
    """Print delivery slips (A4), one a page, in the order given, which is the picking order.

    :param progress: called with how many slips are done, and how many there are.
    """
    return _sheets_pdf([{"slip": slip} for slip in slips], "Bordereaux de livraison", offset_mm, progress)


def returns_pdf(slips: Sequence[ReturnSlip], *, offset_mm: Offset = (0, 0), progress: Progress | None = None) -> bytes:
    """Print return slips (A4), one a page, in the order given."""
    return _sheets_pdf([{"back": slip} for slip in slips], "Bordereaux de retour", offset_mm, progress)


def sets_pdf(
    pairs: Sequence[tuple[DeliverySlip, ReturnSlip]], *, offset_mm: Offset = (0, 0), progress: Progress | None = None
) -> bytes:
    """Print, for each parcel in the order given, its delivery slip, then the return slip that goes into its box."""
    papers = [paper for out, back in pairs for paper in ({"slip": out}, {"back": back})]
    return _sheets_pdf(papers, "Jeux de bordereaux : livraison, puis retour", offset_mm, progress)


def _sheets_pdf(
    papers: Sequence[Mapping[str, object]], title: str, offset_mm: Offset, progress: Progress | None
) -> bytes:
    context = {"offset": _offset(offset_mm)}
    frame, piece = "shipping/pdf/slips.html", "shipping/pdf/sheet.html"
    return print_forms(frame, piece, papers, context, title=title, progress=progress)


def customs_pdf(sheets: Sequence[CustomsSheet]) -> bytes:
    """Print the data of customs declarations (A4), one a page."""
    return render("shipping/pdf/customs.html", {"sheets": sheets}, title="Fiches pour la déclaration de douane")


def label_spots(count: int, *, start: int = 1, offset_mm: Offset = (0, 0)) -> list[list[Spot]]:
    """Where labels lie on A4 sheets of four (105 × 148.5 mm each), from the place `start` (1 to 4), row by row."""
    right, down = _offset(offset_mm)
    sheets: list[list[Spot]] = []
    for label in range(count):
        place = (start - 1 + label) % LABELS_ON_A4
        if place == 0 or not sheets:
            sheets.append([])
        sheets[-1].append(Spot(label, (place % 2) * 105 + 2.5 + right, (place // 2) * 148.5 - 0.75 + down))
    return sheets


def label_sheets_pdf(
    labels: Sequence[AddressLabel], *, start: int = 1, offset_mm: Offset = (0, 0), progress: Progress | None = None
) -> bytes:
    """Print address labels on A4 sheets of four (105 × 148 mm), in the order given.

    :param progress: called with how many labels are done, and how many there are.
    """
    pages = label_spots(len(labels), start=start, offset_mm=offset_mm)
    return _labels_pdf(labels, (0, 0), Sheets(pages, width_mm=210, height_mm=297), progress)


def labels_pdf(
    labels: Sequence[AddressLabel], *, offset_mm: Offset = (0, 0), progress: Progress | None = None
) -> bytes:
    """Print address labels (100 × 150 mm), one a page, in the order given.

    :param progress: called with how many labels are done, and how many there are.
    """
    return _labels_pdf(labels, _offset(offset_mm), None, progress)


def _labels_pdf(
    labels: Sequence[AddressLabel], offset_mm: Offset, sheets: Sheets | None, progress: Progress | None
) -> bytes:
    return print_forms(
        "shipping/pdf/labels.html",
        "shipping/pdf/label.html",
        [{"label": label} for label in labels],
        {"offset": offset_mm},
        title="Étiquettes d’adresse",
        sheets=sheets,
        progress=progress,
    )


def calibration_pdf(*, a4: bool, name: str, offset_mm: Offset = (0, 0)) -> bytes:
    """Print a cross and two rulers on the paper of slips (A4) or of labels (100 × 150 mm), moved as they would be."""
    width, height = (210, 297) if a4 else (100, 150)
    context = {"width": width, "height": height, "offset": _offset(offset_mm), "name": name, "reach": 40 if a4 else 20}
    return render("shipping/pdf/calibration.html", context, title="Page de réglage")


def deposit_pdf(slip: DepositSlip) -> bytes:
    """Print the hand-over list of one collection (A4, as many pages as it takes)."""
    return render("shipping/pdf/deposit.html", {"slip": slip}, title=f"Bordereau de dépôt {slip.number}")


def _offset(offset_mm: Offset) -> Offset:
    if any(abs(shift) > MAX_OFFSET_MM for shift in offset_mm):
        message = f"offset {offset_mm} is over {MAX_OFFSET_MM} mm"
        raise ValueError(message)
    return offset_mm


def _recipient_pt(recipient: PostalAddress, *, room_mm: float, largest: float) -> float:
    """In whole points: papers whose addresses have the same size and as many lines are laid out once."""
    return float(int(type_size(recipient.lines(), room_mm=room_mm, largest=largest, smallest=SMALLEST_PT)))


def _barcode(code: str, *, room_mm: float, height_mm: float, label: str = "") -> Svg:
    """Draw the code with the widest bars that the room allows, and never a fraction of a printer's dot."""
    columns = code128_modules(code)
    module_mm = next((width for width in (MODULE_MM, THIN_MODULE_MM) if columns * width <= room_mm), None)
    if module_mm is None:
        message = f"{code!r} is too long for a bar code of {room_mm} mm"
        raise ValueError(message)
    return code128_path(code, label=label or f"Code du colis {code}", module_mm=module_mm, height_mm=height_mm)


def _tracking(number: str) -> str:
    read = read_tracking_number(number)
    return read.display() if read else number
