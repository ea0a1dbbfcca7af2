"""What the worker does for the stock: read suppliers' files, announce and undo lots, print labels."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import files, jobs
from portal.platform.outbox import on
from portal.schools import queries as schools
from portal.stock import queries as devices
from portal.stock import services
from portal.stock.events import DeviceLabelsAsked, LotAnnouncementAsked, LotUndoingAsked, LotUploaded
from portal.stock.label_formats import FORMATS
from portal.stock.label_pages import DeviceLabel, device_labels_pdf
from portal.stock.lot_file import read_lot
from portal.stock.models import Lot
from portal.stock.queries import lots as queries
from portal.stock.services.labels import KIND
from portal.stock.states import LotState

NOT_READ = later("La lecture a échoué, rien n’a été annoncé. Déposez de nouveau le fichier, ou demandez de l’aide.")
NOT_ANNOUNCED = later("L’annonce a échoué, rien n’a été annoncé. Essayez de nouveau, ou demandez de l’aide.")
NOT_UNDONE = later("L’annulation a échoué, rien n’a changé. Essayez de nouveau, ou demandez de l’aide.")


@on(LotUploaded, network=True)
def read_supplier_file(event: LotUploaded, key: str) -> None:
    """Judge the lines of the file, unless it was given up meanwhile; then drop it: only its hash is kept."""
    lot = queries.lot_by_id(event.lot_id)
    if (file_key := lot.file_key) is None:
        return
    try:
        if lot.state is LotState.READING:
            _read(lot, file_key)
    finally:
        files.forget_if_there(file_key)


def _read(lot: Lot, file_key: str) -> None:
    with _told_on_its_page(lot.id, NOT_READ), TemporaryDirectory() as folder:
        path = Path(folder) / "lot"
        files.copy(file_key, path)
        services.stage(lot.id, read_lot(lot.file_name, path))


@contextmanager
def _told_on_its_page(lot_id: int, fault: str) -> Iterator[None]:
    """A refusal ends the work with its sentence; a fault says so, and is reported."""
    try:
        yield
    except DomainError as refusal:
        services.fail(lot_id, sentence=refusal.message)
    except Exception:
        services.fail(lot_id, sentence=fault)
        raise


@on(LotAnnouncementAsked, network=True)
def announce_lot(event: LotAnnouncementAsked, key: str) -> None:
    """A transaction of its own, so that a refusal is written down once it is rolled back; the lot's state is the key."""
    with _told_on_its_page(event.lot_id, NOT_ANNOUNCED):
        services.expect(event.lot_id)


@on(LotUndoingAsked, network=True)
def undo_lot(event: LotUndoingAsked, key: str) -> None:
    """The same, the other way."""
    with _told_on_its_page(event.lot_id, NOT_UNDONE):
        services.forget(event.lot_id)


@on(DeviceLabelsAsked, network=True)
def print_device_labels(event: DeviceLabelsAsked, key: str) -> None:
    """Make the PDF of a batch of labels, telling how many are done."""
    if not jobs.start(event.job_id):
        return
    with jobs.told_in_words(event.job_id):
        owner = schools.region_of(event.school_id or 0).name
        paper = FORMATS[event.paper]
        labels = [
            DeviceLabel(tag, model, f"Région {owner}", paper) for tag, model in devices.to_label(event.device_ids)
        ]
        content = device_labels_pdf(
            labels,
            paper,
            start=event.start,
            offset_mm=(event.right_mm, event.down_mm),
            progress=partial(_progress, event.job_id),
        )
        jobs.finish(event.job_id, file_key=files.keep(content, kind=KIND))


def _progress(job_id: int, done: int, _total: int) -> None:
    jobs.note_progress(job_id, done=done)
