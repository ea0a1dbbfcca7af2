"""What the worker prints for the bench: asked, followed, opened."""

from typing import Any

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.platform import jobs, printouts
from portal.platform.consultation import Shown
from portal.platform.i18n import ngettext
from portal.platform.jobs import Job
from portal.platform.printouts import Printout
from portal.policy import Action
from portal.shipping import queries, services
from portal.shipping.forms.batch import PrintForm
from portal.shipping.routes.bench import SHIFT
from portal.shipping.routes.blueprint import bp, school_id
from portal.shipping.rules import Lane, Paper

KINDS = (
    *(f"{paper.value}:" for paper in Paper),
    f"{services.labels.KIND}:",
    f"{services.printing.CALIBRATING}:",
    queries.DEPOSIT,
)
"""The works of the bench."""


@bp.post("/preparation/impressions", allow=Action.PREPARE_PARCEL)
def print_papers() -> ResponseReturnValue:
    """Slips or labels for the parcels ticked, or for all."""
    form, paper = PrintForm.sent(), request.form.get("papier", "")
    if not form.validate():
        flash(" ".join(form.right.errors or form.down.errors), "problem")
        return redirect(url_for(".bench", voie=Lane.READY.value), code=303)
    session[SHIFT] = form.offset_mm
    chosen = Paper(paper) if paper in set(Paper) else Paper.SLIPS
    asked = services.ask(chosen, form.colis.data or (), school_id=school_id(), offset_mm=form.offset_mm)
    _tell_blocked(asked.blocked)
    return redirect(url_for(".job", public_id=asked.job_public_id), code=303)


@bp.post("/preparation/reglage", allow=Action.PREPARE_PARCEL)
def calibrate() -> ResponseReturnValue:
    """A page to set a printer with, moved as the lycée's settings say."""
    paper = request.form.get("papier", "")
    chosen = Paper(paper) if paper in set(Paper) else Paper.SLIPS
    asked = services.ask_calibration(chosen, school_id=school_id())
    return redirect(url_for(".job", public_id=asked), code=303)


def _tell_blocked(blocked: Any) -> None:
    if blocked:
        flash(
            ngettext(
                "%(num)d colis n’est pas imprimé : corrigez son adresse d’abord (%(who)s).",
                "%(num)d colis ne sont pas imprimés : corrigez leur adresse d’abord (%(who)s).",
                len(blocked),
                who=", ".join(line.name for line in blocked[:5]),
            ),
            "waiting",
        )


@bp.get("/travaux/<public_id>", allow=Action.PREPARE_PARCEL, shows=Shown.NOBODY)
def job(public_id: str) -> ResponseReturnValue:
    """How far the printing is, then the PDF."""
    return printouts.follow(printout(jobs.one(public_id, *KINDS)), "shipping/job.html")


@bp.get("/travaux/<public_id>/fichier", allow=Action.PREPARE_PARCEL, shows=Shown.LIST)
def job_file(public_id: str) -> ResponseReturnValue:
    """The PDF, shown by the browser; its name tells nothing of anybody."""
    work = jobs.one(public_id, *KINDS)
    return printouts.send(printout(work), name=work.kind.partition(":")[0].replace("deposit", "depot"))


def printout(work: Job) -> Printout:
    """A work of the bench, with its addresses."""
    return Printout(work, url_for(".job", public_id=work.public_id), url_for(".job_file", public_id=work.public_id))
