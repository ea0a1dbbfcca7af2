"""Labels of devices: asked in a page, made by the worker, which tells how far it is."""

from collections.abc import Mapping
from hashlib import sha256

from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import jobs
from portal.platform.work import emit, use_case
from portal.schools import queries as schools
from portal.stock import queries
from portal.stock.events import DeviceLabelsAsked
from portal.stock.label_pages import TITLE

MOST = 1_000
"""Labels of one batch: as many as a school unpacks in a morning."""

KIND = "etiquettes-materiel"


class NothingToLabel(DomainError):
    """No device, or too many for one batch."""

    message = later("Aucun appareil à étiqueter. Retournez au matériel, puis choisissez une autre liste.")


class TooManyLabels(DomainError):
    """More than one would stick in a morning; the printer would jam before."""

    message = later(
        "Imprimez 1 000 étiquettes au plus à la fois : choisissez une livraison, un modèle ou un emplacement."
    )


@use_case
def ask_labels(filters: Mapping[str, str], *, paper: str, start: int, school_id: int) -> str:
    """Print the labels of the devices that the filters keep; the same asked again at once is the same work."""
    ids = queries.ids(filters, most=MOST + 1)
    if not ids:
        raise NothingToLabel
    if len(ids) > MOST:
        raise TooManyLabels
    right, down = schools.one(school_id).printers.labels
    kind = f"{KIND}:{sha256(repr((ids, paper, start, right, down)).encode()).hexdigest()[:16]}"
    job = jobs.same(kind)
    if job is None:
        job = jobs.open_job(kind, title=TITLE, total=len(ids), school_id=school_id)
        asked = DeviceLabelsAsked(
            school_id=school_id, job_id=job.id, device_ids=ids, paper=paper, start=start, right_mm=right, down_mm=down
        )
        emit(asked)
    return job.public_id
