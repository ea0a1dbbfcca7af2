"""From rows to paper: what `documents` prints for parcels of a school."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from portal.kernel.clock import PARIS
from portal.kernel.errors import DomainError
from portal.kernel.values.address import PostalAddress
from portal.kernel.values.phones import display_phone
from portal.kernel.words import later
from portal.platform.batches import Progress
from portal.schools import queries as schools
from portal.schools.packing import Packing
from portal.schools.printing import LabelSheet, Printing
from portal.shipping import customs
from portal.shipping.documents import (
    AddressLabel,
    CustomsSheet,
    DeliverySlip,
    DepositRow,
    DepositSlip,
    Offset,
    ReturnSlip,
    calibration_pdf,
    customs_pdf,
    deposit_pdf,
    label_sheets_pdf,
    labels_pdf,
    returns_pdf,
    sets_pdf,
    slips_pdf,
)
from portal.shipping.models import Handover
from portal.shipping.queries import Line
from portal.shipping.rules import Paper
from portal.stock.states import DeviceKind

MOST_KIT = 8
GOODS = {
    DeviceKind.LAPTOP: "Ordinateur portable prêté à un élève, avec ses accessoires",
    DeviceKind.TABLET: "Tablette prêtée à un élève, avec ses accessoires",
}
"""Customs refuse vague words; these stay on a sheet that is not stuck on the box."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The school, as parcels name it."""

    address: PostalAddress
    phone: str
    place: str
    printers: Printing = field(default_factory=Printing)
    packing: Packing = field(default_factory=Packing)


class NoSender(DomainError):
    """A parcel cannot go back to a school without an address."""

    message = later("L’adresse du lycée manque ou ne tient pas sur une étiquette. Demandez à la région de la corriger.")


class NothingLeft(DomainError):
    """All the parcels were cancelled between the question and the printing."""

    message = later("Ces colis ont été annulés entre-temps. Retournez à la préparation.")


def print_batch(
    paper: Paper, lines: Sequence[Line], *, base_url: str, offset_mm: Offset, progress: Progress | None
) -> bytes:
    """The PDF of a batch, in the order given.

    :param base_url: the address of the portal, for the square that a family scans when the parcel arrives.
    """
    if not lines:
        raise NothingLeft
    school = replace(sender(lines[0].school_id), packing=schools.packing(lines[0].school_id))
    if paper is Paper.LABELS:
        return _labels([label(line, school) for line in lines], school.printers, offset_mm, progress)
    if paper is Paper.CUSTOMS:
        return customs_pdf([customs_sheet(line, school) for line in lines])
    backs = [return_slip(line, school) for line in lines]
    if paper is Paper.RETURNS:
        return returns_pdf(backs, offset_mm=offset_mm, progress=progress)
    slips = [slip(line, school, base_url=base_url) for line in lines]
    if paper is Paper.SETS:
        return sets_pdf(list(zip(slips, backs, strict=True)), offset_mm=offset_mm, progress=progress)
    return slips_pdf(slips, offset_mm=offset_mm, progress=progress)


def _labels(labels: Sequence[AddressLabel], printers: Printing, offset_mm: Offset, progress: Progress | None) -> bytes:
    """On the paper that the lycée has: one a page, or four on a sheet of which some may be used already."""
    if printers.sheet is LabelSheet.A4:
        return label_sheets_pdf(labels, start=printers.start, offset_mm=offset_mm, progress=progress)
    return labels_pdf(labels, offset_mm=offset_mm, progress=progress)


def calibration(paper: Paper, *, school_id: int) -> bytes:
    """The page with which one sets a printer, moved as the lycée's settings say."""
    school = schools.one(school_id)
    on_slips = paper is Paper.SLIPS
    offset = school.printers.slips if on_slips else school.printers.labels
    a4 = on_slips or school.printers.sheet is LabelSheet.A4
    return calibration_pdf(a4=a4, name="Bordereaux" if on_slips else "Étiquettes", offset_mm=offset)


def slip(line: Line, school: Sender, *, base_url: str) -> DeliverySlip:
    """The sheet of one parcel; the same parcel always gives the same sheet."""
    code, recipient, made_at, weight = line.code, line.address, line.made_at, line.weight
    if code is None or recipient is None or made_at is None or weight is None:
        raise NothingLeft
    return DeliverySlip(
        parcel_code=code,
        loan_reference=line.reference,
        receipt_url=f"{base_url}/r/{line.parcel_public_id}",
        sender=school.address,
        sender_phone=school.phone,
        recipient=recipient,
        contents=_contents(len(line.accessories or ())),
        weight_grams=weight,
        prepared_on=made_at.astimezone(PARIS).date(),
        tracking_number=line.tracking_number or "",
        checklist=school.packing.checklist,
    )


def _contents(accessories: int) -> tuple[str, ...]:
    """By category: the list itself is on the return slip, inside the box (PRV-6)."""
    if not accessories:
        return ("1 équipement scolaire",)
    return ("1 équipement scolaire", f"{accessories} accessoire{'s' if accessories > 1 else ''}")


def return_slip(line: Line, school: Sender) -> ReturnSlip:
    """The sheet for the way back of one parcel."""
    if line.code is None:
        raise NothingLeft
    device = f"{line.model} n° {line.asset_tag}" if line.model and line.asset_tag else "Matériel prêté"
    return ReturnSlip(
        parcel_code=line.code,
        loan_reference=line.reference,
        school=school.address,
        phone=school.phone,
        kit=(device, *(line.accessories or ()))[:MOST_KIT],
    )


def customs_sheet(line: Line, school: Sender) -> CustomsSheet:
    """What is known of a parcel that passes customs; what is not is left to be written by hand."""
    if line.code is None or line.address is None or line.weight is None:
        raise NothingLeft
    return CustomsSheet(
        parcel_code=line.code,
        sender=school.address,
        sender_phone=school.phone,
        recipient=line.address,
        origin=customs.place(school.address.postcode),
        destination=customs.place(line.address.postcode),
        description=GOODS[line.kind],
        hs_code=school.packing.hs_code,
        weight_grams=line.weight,
        value_cents=line.price_cents or 0,
        copies=customs.COPIES,
        needs_eori=(line.price_cents or 0) > customs.HIGH_VALUE_CENTS,
    )


def label(line: Line, school: Sender) -> AddressLabel:
    """The address label of one parcel."""
    if line.code is None or line.address is None:
        raise NothingLeft
    return AddressLabel(parcel_code=line.code, sender=school.address, recipient=line.address)


def deposit(handover: Handover, lines: Sequence[Line]) -> bytes:
    """The list that goes with a batch."""
    school = sender(handover.school_id)
    rows = [
        DepositRow(
            line.code or "", line.weight or 0, line.address.postcode, line.address.city, line.tracking_number or ""
        )
        for line in lines
        if line.address
    ]
    return deposit_pdf(
        DepositSlip(
            number=handover.number,
            day=handover.at.astimezone(PARIS).date(),
            site=school.place,
            school=school.address,
            rows=tuple(rows),
        )
    )


def sender(school_id: int) -> Sender:
    """The school's own address and telephone; raises `NoSender`."""
    school = schools.one(school_id)
    address = school.sender_address
    if address is None or address.problems():
        raise NoSender
    return Sender(address, display_phone(school.contact_phone), f"{school.name}, {address.city}", school.printers)
