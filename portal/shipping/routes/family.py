"""What a family reads of its parcel: five steps, and where it waits."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.policy import Action
from portal.shipping import following
from portal.shipping.routes.blueprint import bp


@bp.get("/mes-dossiers/<public_id>/colis", allow=Action.READ_OWN_LOANS)
def whereabouts(public_id: str) -> ResponseReturnValue:
    """Where the parcel of a loan is."""
    return render_template("shipping/whereabouts.html", news=following.news(public_id), public_id=public_id)
