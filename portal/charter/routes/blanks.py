"""A class's charters on paper: asked, joined by the worker, printed by the browser."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.charter import services
from portal.charter.routes.blueprint import bp
from portal.charter.services import NothingToSign
from portal.platform import jobs, printouts
from portal.platform.consultation import Shown
from portal.platform.printouts import Printout
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
    return printouts.follow(_printout(public_id), "charter/staff/blanks.html")


@bp.get("/chartes/impressions/<public_id>/fichier", allow=Action.ATTEND_CHARTER, shows=Shown.LIST)
def blanks_file(public_id: str) -> ResponseReturnValue:
    """The PDF, for the printer."""
    return printouts.send(_printout(public_id), name=services.BLANKS)


def _printout(public_id: str) -> Printout:
    return Printout(
        jobs.one(public_id, services.BLANKS),
        page=url_for(".blanks", public_id=public_id),
        document=url_for(".blanks_file", public_id=public_id),
    )
