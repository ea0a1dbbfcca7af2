"""The charters that a class has still to sign, in one PDF: each the very file that its signatory would read on a screen."""

from hashlib import sha256
from importlib import import_module
from typing import Final

from portal.charter.events import BlanksAsked
from portal.charter.queries import follow
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import files, jobs
from portal.platform.work import emit, use_case
from portal.schools import services as schools

BLANKS: Final = "chartes-a-signer"
TITLE: Final = later("Chartes à signer sur papier")
AT_ONCE: Final = 10
"""Charters read between two signs of progress."""


class NothingToSign(DomainError):
    """Nobody of the class has a charter to sign, or none is printed yet."""

    message = later("Aucune charte à imprimer dans cette classe. Choisissez-en une autre, ou attendez une minute.")


@use_case
def ask_blanks(class_name: str, *, school_id: int) -> str:
    """Have them joined; the same asked again at once is the same work. Returns the id of the work's page.

    :raises NothingToSign: nobody of the class is awaited.
    """
    schools.lock(school_id)
    ids = [one.id for one in follow.blanks(class_name)]
    if not ids:
        raise NothingToSign
    kind = f"{BLANKS}:{sha256(repr(ids).encode()).hexdigest()[:16]}"
    job = jobs.same(kind)
    if job is None:
        job = jobs.open_job(kind, title=TITLE[:], total=len(ids), school_id=school_id)
        emit(BlanksAsked(school_id=school_id, job_id=job.id, signature_ids=ids))
    return job.public_id


def join_blanks(event: BlanksAsked) -> bytes:
    """One PDF, in the order of names, each charter on a sheet of its own; for the worker.

    :raises NothingToSign: all have signed since.
    """
    parts: list[bytes] = []
    for one in follow.blanks_of(event.signature_ids):
        parts.append(files.read(str(one.presented_key)))
        if len(parts) % AT_ONCE == 0:
            jobs.note_progress(event.job_id, done=len(parts))
    if not parts:
        raise NothingToSign
    joined: bytes = import_module("portal.platform.typesetter").merge(parts, both_sides=True)
    return joined
