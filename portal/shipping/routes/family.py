"""What a family reads of its parcel: five steps, and where it waits; and where the square of its slip leads."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.policy import Action
from portal.shipping import following, queries
from portal.shipping.routes.blueprint import bp


@bp.get("/mes-dossiers/<public_id>/colis", allow=Action.READ_OWN_LOANS)
def whereabouts(public_id: str) -> ResponseReturnValue:
    """Where the parcel of a loan is."""
    return render_template("shipping/whereabouts.html", news=following.news(public_id), public_id=public_id)


@bp.get("/r/<public_id>", allow=Action.PUBLIC)
def receipt(public_id: str) -> ResponseReturnValue:
    """The square of the slip: leads the family to its own page, which asks who they are."""
    return redirect(url_for("loans.show", public_id=queries.loan_of_receipt(public_id)))
