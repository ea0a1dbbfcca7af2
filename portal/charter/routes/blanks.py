"""A class's charters on paper: asked, joined by the worker, printed by the browser."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.charter import services
from portal.charter.queries import follow
from portal.charter.routes.blueprint import bp
from portal.charter.routes.signing import pdf_of
from portal.charter.services import NothingToSign
from portal.platform import htmx
from portal.platform.consultation import Shown
from portal.platform.jobs import JobState
from portal.platform.web import me
from portal.policy import Action


@bp.post("/chartes/impressions", allow=Action.ATTEND_CHARTER)
def print_blanks() -> ResponseReturnValue:
    """Every charter that the class has still to sign, in one file."""
    class_name = request.form.get("classe", "")
    try:
        job = services.ask_blanks(class_name, school_id=min(me().school_ids))
    except NothingToSign as refusal:
        flash(refusal.message, "waiting")
        return redirect(url_for(".board", classe=class_name or None), code=303)
    return redirect(url_for(".blanks", public_id=job), code=303)


@bp.get("/chartes/impressions/<public_id>", allow=Action.ATTEND_CHARTER, shows=Shown.NOBODY)
def blanks(public_id: str) -> ResponseReturnValue:
    """How far it is, then the PDF."""
    work = follow.job_of_blanks(public_id)
    if htmx.asked():
        result = render_template("charter/staff/_blanks_result.html", job=work, oob=True)
        return render_template("charter/staff/_blanks.html", job=work) + result
    return render_template("charter/staff/blanks.html", job=work)


@bp.get("/chartes/impressions/<public_id>/fichier", allow=Action.ATTEND_CHARTER, shows=Shown.LIST)
def blanks_file(public_id: str) -> ResponseReturnValue:
    """The PDF, for the printer; its name tells nothing of anybody."""
    work = follow.job_of_blanks(public_id)
    if work.state is not JobState.DONE or not work.file_key:
        return redirect(url_for(".blanks", public_id=public_id))
    return pdf_of(work.file_key, f"{work.asked_at:%Y-%m-%d}", inline=True)
