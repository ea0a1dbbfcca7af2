"""The worker's side of labels: one call for each attempt, and one document of all of them, in picking order.

Not a use-case: the network is never inside a transaction. What is committed before and after each call is in
`services.labels`.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

import structlog

from portal.kernel.errors import DomainError
from portal.kernel.words import later, later_many
from portal.platform import files
from portal.platform.work import let_go
from portal.schools import queries as schools
from portal.schools.printing import LabelSheet, Printing
from portal.shipping.carriers.base import Answer, Carrier, Created, LabelFormat, Refused, Unavailable, Uncertain
from portal.shipping.carriers.colissimo import MOST_ON_A_BORDEREAU
from portal.shipping.carriers.refusals import refusal
from portal.shipping.chosen import Way, carrier_of, way_of
from portal.shipping.documents import label_spots
from portal.shipping.models import LabelAttempt
from portal.shipping.queries import labels as label_queries
from portal.shipping.services import labels
from portal.shipping.states import AttemptState

if TYPE_CHECKING:
    from pikepdf import Pdf

log: Final = structlog.get_logger()
LABELS: Final = "etiquettes-colissimo"
POINTS: Final = 72 / 25.4
"""In a millimetre."""

A4_MM, LABEL_MM = (210.0, 297.0), (100.0, 150.0)
DOUBTFUL: Final = later("L’étiquette est incertaine : regardez la page Suivi des colis avant tout nouvel essai.")
DOWN: Final = later("La Poste ne répond pas. Rien n’a été commandé : recommencez dans quelques minutes.")


class NoLabel(DomainError):
    """Not one label could be had; the message is the first reason."""


def buy(attempt_id: int, *, way: Way) -> Answer | None:
    """Have one label made. None when it is somebody else's affair, or has been made already."""
    shipment = labels.begin(attempt_id, sender=way.sender, signature=way.signature)
    if shipment is None:
        return None
    let_go()
    answer = way.carrier.create(shipment)
    _note(attempt_id, answer, way.carrier)
    log.info("label.asked", attempt=attempt_id, answer=type(answer).__name__)
    return answer


def _note(attempt_id: int, answer: Answer, carrier: Carrier) -> None:
    match answer:
        case Created():
            content = answer.label or carrier.reprint(answer.number)
            file_key = _keep(content) if content else None
            labels.succeed(attempt_id, number=answer.number, routing=answer.routing, file_key=file_key)
        case Refused():
            labels.refuse(attempt_id, code=answer.code, field=answer.field)
        case Unavailable():
            labels.abandon([attempt_id], cause=answer.cause)
        case Uncertain():
            labels.doubt(attempt_id, cause=answer.cause)


def _keep(content: bytes) -> str:
    return files.keep(content, kind=LABELS, suffix="zpl" if content.startswith(b"^XA") else "pdf")


def buy_all(attempt_ids: Sequence[int], *, school_id: int, progress: Callable[[int], None]) -> list[Refused]:
    """Every label of a batch, one after the other; a refusal of the contract stops the rest. Returns the refusals."""
    way, refused = way_of(school_id), list[Refused]()
    for done, attempt_id in enumerate(attempt_ids, 1):
        answer = buy(attempt_id, way=way)
        if isinstance(answer, Refused):
            refused.append(answer)
        if isinstance(answer, Unavailable) or (isinstance(answer, Refused) and answer.stops_the_queue):
            labels.abandon(attempt_ids[done:], cause="queue_stopped")
            return refused
        progress(done)
    return refused


@dataclass(frozen=True, slots=True)
class Document:
    """Labels in one document: how its name ends, how many there are, and how many lie on the lycée's begun sheets."""

    content: bytes
    suffix: str
    labels: int
    on_sheets: int = 0


def document(attempt_ids: Sequence[int], *, school_id: int) -> Document:
    """All the labels that exist, on the paper that the lycée has; nothing is bought here."""
    known = label_queries.attempts(attempt_ids)
    made = [known[each] for each in attempt_ids if each in known and known[each].state is AttemptState.SUCCEEDED]
    carrier = carrier_of(school_id)
    pieces = [piece for piece in (_label_of(row, carrier) for row in made) if piece]
    if not pieces:
        raise NoLabel(_why(list(known.values())))
    if pieces[0].startswith(b"^XA"):
        return Document(b"".join(pieces), LabelFormat.ZPL_203.suffix, len(pieces))
    printers, suffix = schools.one(school_id).printers, LabelFormat.PDF_10X15.suffix
    if printers.sheet is LabelSheet.A4 and _is_a_label(pieces[0]):
        return Document(_four_a_sheet(pieces, printers), suffix, len(pieces), on_sheets=len(pieces))
    return Document(joined(pieces), suffix, len(pieces))


def _label_of(attempt: LabelAttempt, carrier: Carrier) -> bytes | None:
    """As kept; one whose bytes were lost on the way is fetched again (`getLabel`), which buys nothing."""
    if attempt.file_key:
        return files.read(attempt.file_key)
    attempt_id, number = attempt.id, attempt.number or ""
    let_go()
    content = carrier.reprint(number)
    if content:
        labels.keep_file(attempt_id, file_key=_keep(content))
    return content


def _why(attempts: Sequence[LabelAttempt]) -> str:
    """Why there is nothing to print: a doubt first, then what the carrier refused, or that it is down."""
    if any(row.state in {AttemptState.UNCERTAIN, AttemptState.SENT} for row in attempts):
        return DOUBTFUL
    codes = [row.code for row in attempts if row.state is AttemptState.REFUSED and row.code]
    return refusal(codes[0]).sentence if codes else DOWN


def _is_a_label(pdf: bytes) -> bool:
    """10 × 15 cm, and not a sheet of its own."""
    import pikepdf  # half a second of start-up that the web must not pay

    with pikepdf.open(BytesIO(pdf)) as one:
        left, _, right, _ = map(float, one.pages[0].mediabox)
    return right - left < A4_MM[0] * POINTS / 2


def _four_a_sheet(pieces: Sequence[bytes], printers: Printing) -> bytes:
    """At full size, from the place where the last sheet was left, moved as the lycée's printer needs it."""
    import pikepdf

    wide, high = A4_MM
    with ExitStack() as opened, pikepdf.new() as whole:
        labels = [opened.enter_context(pikepdf.open(BytesIO(piece))).pages[0] for piece in pieces]
        for spots in label_spots(len(labels), start=printers.start, offset_mm=printers.labels):
            whole.add_blank_page(page_size=(wide * POINTS, high * POINTS))
            for spot in spots:
                left, top = spot.right_mm * POINTS, (high - spot.down_mm) * POINTS
                place = pikepdf.Rectangle(left, top - LABEL_MM[1] * POINTS, left + LABEL_MM[0] * POINTS, top)
                whole.pages[-1].add_overlay(labels[spot.paper], place)
        return _saved(whole)


def joined(pieces: Sequence[bytes]) -> bytes:
    """Several PDFs, one after the other; one alone is left as it is."""
    import pikepdf

    if len(pieces) == 1:
        return pieces[0]

    with pikepdf.new() as whole:
        for piece in pieces:
            with pikepdf.open(BytesIO(piece)) as one:
                whole.pages.extend(one.pages)
        return _saved(whole)


def _saved(pdf: "Pdf") -> bytes:
    out = BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def summary(wanted: int, printed: int, refused: Sequence[Refused]) -> str | None:
    """What is missing among those asked, in one sentence or two; None when nothing is."""
    if printed == wanted:
        return None
    missing = later_many(
        "%(num)d étiquette manque : voyez le colis, ou la page Suivi des colis.",
        "%(num)d étiquettes manquent : voyez les colis, ou la page Suivi des colis.",
        wanted - printed,
    )
    return f"{missing} {refused[0].sentence}" if refused else str(missing)


def bordereaux(numbers: Sequence[str], *, school_id: int) -> tuple[list[str], list[bytes]]:
    """The carrier's own deposit slips for these labels, fifty parcels each; their numbers and their pages.

    Raises `NoLabel` with a sentence when the carrier refuses or is down: it can be asked again, nothing is bought.
    """
    carrier, found, pages = carrier_of(school_id), list[str](), list[bytes]()
    let_go()
    for first in range(0, len(numbers), MOST_ON_A_BORDEREAU):
        answer = carrier.handover(numbers[first : first + MOST_ON_A_BORDEREAU])
        if isinstance(answer, Refused):
            raise NoLabel(answer.sentence)
        if isinstance(answer, Unavailable):
            raise ConnectionError(answer.cause)
        if answer is not None:
            found.append(answer.number)
            pages.append(answer.pdf)
    return found, pages
