"""Parcels leave with the carrier, under one deposit slip."""

from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel.errors import DomainError
from portal.platform.consultation import Shown
from portal.platform.tables import Wish
from portal.policy import Action
from portal.shipping import queries, rules, services
from portal.shipping.forms.batch import LeavingForm
from portal.shipping.queries import packing as packing_queries
from portal.shipping.routes.blueprint import bp, school_id
from portal.shipping.routes.printing import printout


def _leaving_page(refusal: str | None = None) -> str:
    lines = packing_queries.leaving()
    return render_template("shipping/leaving.html", lines=lines, largest=rules.DEPOSIT_SIZE, refusal=refusal)


@bp.get("/preparation/remise", allow=Action.HAND_OVER, shows=Shown.LIST)
def leaving() -> ResponseReturnValue:
    """What the carrier could take: all is ticked but what may not leave."""
    return _leaving_page()


@bp.post("/preparation/remise", allow=Action.HAND_OVER)
def hand_over() -> ResponseReturnValue:
    """The carrier has them."""
    try:
        handed = services.hand_over(LeavingForm.sent().colis.data or (), school_id=school_id())
    except DomainError as refusal:
        return _leaving_page(refusal.message), HTTPStatus.CONFLICT
    return redirect(url_for(".handover", public_id=handed.public_id), code=303)


@bp.get("/preparation/remises", allow=Action.HAND_OVER, shows=Shown.NOBODY)
def handovers() -> ResponseReturnValue:
    """What was handed over, latest first."""
    wish = Wish.read(sorts=("date",))
    wish = Wish(number=wish.number, sort="date", descending=request.args.get("ordre") != "asc")
    return render_template("shipping/handovers.html", page=queries.handovers(wish))


@bp.get("/preparation/remises/<public_id>", allow=Action.HAND_OVER, shows=Shown.LIST)
def handover(public_id: str) -> ResponseReturnValue:
    """One batch, its parcels and its deposit slip."""
    batch, work = queries.handover_with_job(public_id)
    return render_template(
        "shipping/handover.html", handover=batch, printout=printout(work), lines=queries.of_handover(batch.id)
    )
