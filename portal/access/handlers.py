"""What the worker does for letters; and the matching, after each import."""

from functools import partial

from flask import current_app

from portal.access import printing, services
from portal.access.events import LettersAsked
from portal.access.services import letters
from portal.platform import files, jobs
from portal.platform.outbox import on
from portal.roster.events import RosterApplied, RosterUndone


@on(RosterApplied)
def open_accesses(event: RosterApplied, key: str) -> None:
    """After an import: whoever can be reached has an account, and what is doubtful is in the lycée's list."""
    services.link_school(event.school_id or 0)


@on(RosterUndone)
def match_again(event: RosterUndone, key: str) -> None:
    """An import was taken back: questions that it had raised are withdrawn."""
    services.link_school(event.school_id or 0)


@on(LettersAsked, network=True)
def print_letters(event: LettersAsked, key: str) -> None:
    """Draw the codes, make the PDF, keep it, then let the codes work: a crash in between leaves older letters as they are."""
    batch = letters.start(event.job_id)
    if batch is None:
        return
    with jobs.told_in_words(event.job_id):
        base_url = current_app.config["SETTINGS"].base_url
        content = printing.print_letters(batch, base_url=base_url, progress=partial(_progress, event.job_id))
        _keep(event.job_id, batch, content)


def _keep(job_id: int, batch: letters.Batch, content: bytes) -> None:
    file_key = files.keep(content, kind="lettres")
    try:
        letters.note_printed(job_id, file_key=file_key, batch=batch)
    except Exception:
        files.forget(file_key)  # its codes will never work: no copy of these addresses stays behind
        raise


def _progress(job_id: int, done: int, _total: int) -> None:
    jobs.note_progress(job_id, done=done)
