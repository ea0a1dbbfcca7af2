"""Slips and labels: asked in a page, made by the worker, which tells how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import jobs
from portal.platform.work import emit, use_case
from portal.schools import queries as school_queries
from portal.schools import services as schools
from portal.shipping import queries
from portal.shipping.documents import Offset
from portal.shipping.events import CalibrationAsked, SlipsAsked
from portal.shipping.queries import Line
from portal.shipping.rules import Paper

CALIBRATING = "reglage"
CALIBRATION = later("Page de réglage de l’imprimante")
TITLES = {
    Paper.SLIPS: later("Bordereaux de livraison"),
    Paper.LABELS: later("Étiquettes d’adresse 10 × 15"),
    Paper.RETURNS: later("Bordereaux de retour"),
    Paper.SETS: later("Jeux de bordereaux : livraison, puis retour"),
    Paper.CUSTOMS: later("Fiches pour la déclaration de douane"),
}


class NothingToPrint(DomainError):
    """No parcel, or none whose address can be printed."""

    message = later("Aucun colis ne peut être imprimé. Préparez un colis, ou corrigez les adresses signalées.")


@dataclass(frozen=True, slots=True)
class Asked:
    """The work asked, and the parcels left out until their address is corrected."""

    job_public_id: str
    blocked: Sequence[Line]


@use_case
def ask(paper: Paper, public_ids: Sequence[str], *, school_id: int, offset_mm: Offset | None = None) -> Asked:
    """Print these parcels, or all those still at the school. The same asked again at once is the same work.

    :param offset_mm: how far to move what is printed, for this batch only; the lycée's settings when None.
    """
    schools.lock(school_id)
    lines = queries.to_print(public_ids)
    ids = [line.parcel_id for line in lines if line.parcel_id and not line.address_obstacle]
    if not ids:
        raise NothingToPrint
    blocked = [line for line in lines if line.address_obstacle]
    printers = school_queries.one(school_id).printers
    offset_mm = offset_mm or (printers.labels if paper is Paper.LABELS else printers.slips)
    same = repr((ids, offset_mm, printers.sheet, printers.start))
    kind = f"{paper.value}:{sha256(same.encode()).hexdigest()[:16]}"
    job = jobs.same(kind)
    if job is None:
        job = jobs.open_job(kind, title=TITLES[paper][:], total=len(ids), school_id=school_id)
        right, down = offset_mm
        emit(
            SlipsAsked(
                school_id=school_id, job_id=job.id, paper=paper.value, parcel_ids=ids, right_mm=right, down_mm=down
            )
        )
    return Asked(job.public_id, blocked)


@use_case
def ask_calibration(paper: Paper, *, school_id: int) -> str:
    """A page to set a printer with; returns the work's public id."""
    job = jobs.open_job(f"{CALIBRATING}:{paper.value}", title=CALIBRATION[:], total=1, school_id=school_id)
    emit(CalibrationAsked(school_id=school_id, job_id=job.id, paper=paper.value))
    return job.public_id


@use_case
def note_printed(job_id: int, *, file_key: str, parcel_ids: Sequence[int]) -> None:
    """The slips are there: their parcels are ready to leave. Those that left or were cancelled meanwhile stay so."""
    jobs.finish(job_id, file_key=file_key)
    mark_printed(parcel_ids)


@use_case
def note_labels_printed(
    job_id: int, *, file_key: str, school_id: int, labels: int, sentence: str | None = None
) -> None:
    """The labels are there, and the next batch starts where their last sheet was left; `sentence`: what is missing."""
    jobs.finish(job_id, file_key=file_key)
    jobs.lock(job_id).sentence = sentence[:300] if sentence else None
    schools.advance_sheet(school_id, labels=labels)


@use_case
def mark_printed(parcel_ids: Sequence[int]) -> None:
    """These parcels have their slip: they may leave."""
    for parcel in queries.lock_by_ids(parcel_ids):
        if parcel.can("print_slip"):
            parcel.move("print_slip")
            parcel.printed_at = clock.now()
