"""Scans that contradict each other: which of two students keeps the device."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.distribution import wording
from portal.distribution.queries import stations as queries
from portal.distribution.routes.blueprint import bp
from portal.distribution.services import settling
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.web import me
from portal.policy import Action


@bp.get("/distribution/conflits", allow=Action.SETTLE_SCANS, shows=Shown.LIST)
def conflicts() -> ResponseReturnValue:
    """What waits for a person."""
    return render_template("distribution/conflicts.html", conflicts=queries.conflicts(), sentence=wording.sentence)


@bp.post("/distribution/scans/<public_id>/trancher", allow=Action.SETTLE_SCANS)
def settle(public_id: str) -> ResponseReturnValue:
    """One button: who has the device."""
    settling.settle(public_id, believed="cru" in request.form, by=me().account_id)
    flash(_("C’est noté. Le conflit est réglé."), "done")
    return redirect(url_for(".conflicts"), code=303)
