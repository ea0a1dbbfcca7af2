"""What the worker does for the bench: slips, labels, deposit slips; and parcels that families have received."""

from functools import partial

from flask import current_app

from portal.loans.events import LoanReceived
from portal.platform import files, jobs
from portal.platform.outbox import on
from portal.shipping import checking, purchase, queries, services, sheets
from portal.shipping.events import BatchHandedOver, CalibrationAsked, ContractCheckAsked, LabelsAsked, SlipsAsked
from portal.shipping.queries import labels as label_queries
from portal.shipping.rules import WITH_SLIP, Paper


@on(SlipsAsked, network=True)
def print_papers(event: SlipsAsked, key: str) -> None:
    """Make the PDF of a batch, telling after each chunk how many are done."""
    if not jobs.start(event.job_id):
        return
    with jobs.told_in_words(event.job_id):
        lines, paper = queries.parcels(event.parcel_ids), Paper(event.paper)
        content = sheets.print_batch(
            paper,
            lines,
            base_url=current_app.config["SETTINGS"].base_url,
            offset_mm=(event.right_mm, event.down_mm),
            progress=partial(_progress, event.job_id),
        )
        file_key = files.keep(content, kind=paper.value)
        if paper is Paper.LABELS:
            services.note_labels_printed(
                event.job_id, file_key=file_key, school_id=event.school_id or 0, labels=len(lines)
            )
            return
        printed = [line.parcel_id for line in lines if line.parcel_id] if paper in WITH_SLIP else []
        services.note_printed(event.job_id, file_key=file_key, parcel_ids=printed)


@on(CalibrationAsked, network=True)
def print_calibration(event: CalibrationAsked, key: str) -> None:
    """Make the page with which one sets a printer."""
    if not jobs.start(event.job_id):
        return
    with jobs.told_in_words(event.job_id):
        content = sheets.calibration(Paper(event.paper), school_id=event.school_id or 0)
        jobs.finish(event.job_id, file_key=files.keep(content, kind="reglage"))


def _progress(job_id: int, done: int, _total: int) -> None:
    jobs.note_progress(job_id, done=done)


@on(BatchHandedOver, network=True)
def print_deposit_slip(event: BatchHandedOver, key: str) -> None:
    """Make the list that the carrier signs."""
    if not jobs.start(event.job_id):
        return
    with jobs.told_in_words(event.job_id):
        lines = queries.of_handover(event.handover_id)
        own = sheets.deposit(queries.handover_by_id(event.handover_id), lines)
        bought = label_queries.bought([line.parcel_id for line in lines if line.parcel_id])
        numbers, pages = purchase.bordereaux(bought, school_id=event.school_id or 0) if bought else ([], [])
        file_key = files.keep(purchase.joined([*pages, own]), kind="depots")
        services.note_deposit_slip(event.handover_id, job_id=event.job_id, file_key=file_key, carrier_numbers=numbers)


@on(LabelsAsked, network=True)
def make_labels(event: LabelsAsked, key: str) -> None:
    """Have the labels made that are not yet, one call each, then print them all in picking order."""
    if not jobs.start(event.job_id):
        return
    school_id, ids = event.school_id or 0, event.attempt_ids
    with jobs.told_in_words(event.job_id):
        refused = purchase.buy_all(ids, school_id=school_id, progress=partial(_bought, event.job_id))
        made = purchase.document(ids, school_id=school_id)
        file_key = files.keep(made.content, kind=purchase.LABELS, suffix=made.suffix)
        missing = purchase.summary(len(ids), made.labels, refused)
        services.note_labels_printed(
            event.job_id, file_key=file_key, school_id=school_id, labels=made.on_sheets, sentence=missing
        )


def _bought(job_id: int, done: int) -> None:
    jobs.note_progress(job_id, done=done)


@on(ContractCheckAsked, network=True)
def check_contract(event: ContractCheckAsked, key: str) -> None:
    """Try the keys: Colissimo's dry run, or a question about a number that nobody has."""
    services.note_verdict(event.contract_id, checking.verdict(event.contract_id))


@on(LoanReceived)
def note_delivered(event: LoanReceived, key: str) -> None:
    """The family has confirmed: its parcel has arrived."""
    services.note_delivered(event.loan_id)
