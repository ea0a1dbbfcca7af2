"""The page of a document that the worker makes: how far it is, then the document."""

from dataclasses import dataclass
from typing import Final

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from portal.kernel.words import later
from portal.platform import files, htmx
from portal.platform.jobs import Job, JobState

KINDS: Final = {"pdf": ("application/pdf", "inline"), "zpl": ("application/zpl", "attachment")}
"""How a browser takes a document, by the end of its name: it shows a PDF, and hands a label printer's file on."""


@dataclass(frozen=True, slots=True)
class Printout:
    """A work in the background, the address of its page and that of its document, and what is said once it is there."""

    job: Job
    page: str
    document: str
    ready: str = later("Le document est prêt.")


def follow(printout: Printout, template: str) -> ResponseReturnValue:
    """The page, which includes `components/_printout.html`; that part alone when the page asks how far it is."""
    if htmx.asked():
        return htmx.fragments("components/_printout.html", printout=printout)
    return render_template(template, printout=printout)


def send(printout: Printout, *, name: str) -> ResponseReturnValue:
    """The document, under a name that tells nothing of anybody; its page as long as it is not there."""
    job = printout.job
    if job.state is not JobState.DONE or not job.file_key:
        return redirect(printout.page)
    suffix = job.file_key.rpartition(".")[2]
    kind, place = KINDS[suffix]
    headers = {
        "Content-Type": kind,
        "Content-Disposition": f'{place}; filename="{name}-{job.asked_at:%Y-%m-%d}.{suffix}"',
    }
    return files.read(job.file_key), headers
