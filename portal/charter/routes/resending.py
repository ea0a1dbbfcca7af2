"""The family's own way to get the message again: at the door, and from the page that says who signs."""

from datetime import timedelta

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.charter import queries, services
from portal.charter.forms import ResendForm
from portal.charter.routes.blueprint import bp
from portal.platform import htmx, limits
from portal.platform.i18n import gettext as _
from portal.platform.web import me
from portal.policy import Action

MOST, WITHIN = 3, timedelta(hours=1)
"""Messages asked for one contact, or for one loan; a school's network may ask for many contacts."""

NETWORK_MOST = 60


@bp.get("/charte-message", allow=Action.PUBLIC)
def ask_message() -> ResponseReturnValue:
    """Ask to which address or number the message was sent."""
    return render_template("charter/resend.html", form=ResendForm(), asked=False)


@bp.post("/charte-message", allow=Action.PUBLIC)
def send_message() -> ResponseReturnValue:
    """The answer is the same whether anybody has this contact or not; only the worker looks."""
    form = ResendForm.sent()
    if not form.validate():
        return render_template("charter/resend.html", form=form, asked=False), 422
    limits.require("charter message network", request.remote_addr or "", most=NETWORK_MOST, within=WITHIN)
    limits.require("charter message", form.known, most=MOST, within=WITHIN)
    services.ask_again(form.known)
    return render_template("charter/resend.html", form=form, asked=True)


@bp.post("/charte/<loan_id>/relancer", allow=Action.SIGN_CHARTER)
def nudge(loan_id: str) -> ResponseReturnValue:
    """A student, or the other parent, has the message sent again to those who sign."""
    file = queries.loan_file(loan_id, account_id=me().account_id)
    limits.require("charter nudge", file.loan.public_id, most=MOST, within=WITHIN)
    services.nudge(file.loan.id)
    flash(_("Le message part à nouveau vers les personnes qui signent."), "done")
    return htmx.go(url_for(".start", loan_id=loan_id))
