"""Ship right: three scans before a box is closed, or a manager's word when the scanner is broken."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel.errors import DomainError
from portal.platform import htmx
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.web import me
from portal.policy import Action
from portal.schools import queries as schools
from portal.shipping import services, wording
from portal.shipping.forms import TrioForm
from portal.shipping.queries import Line
from portal.shipping.queries import packing as packing_queries
from portal.shipping.routes.blueprint import bp
from portal.shipping.rules import Trio, Verdict

CONFLICT = 409
PIECES = ("shipping/_seal_verdict.html", "shipping/_seal_seen.html", "shipping/_seal_trio.html")


def _school_id() -> int:
    """The school for which the manager entered."""
    return min(me().school_ids)


@bp.get("/preparation/verification", allow=Action.PREPARE_PARCEL, shows=Shown.LIST)
def verify() -> ResponseReturnValue:
    """The post where boxes are closed: one field, three scans, the packing list."""
    return _page(None, Trio())


@bp.post("/preparation/verification", allow=Action.PREPARE_PARCEL)
def verify_scan() -> ResponseReturnValue:
    """One of the three scans, or the slip once more."""
    form = TrioForm.sent()
    try:
        done = services.check(form.code.data or "", trio=form.trio, school_id=_school_id(), by=me().account_id)
    except DomainError as refusal:
        word = getattr(refusal, "word", wording.STOP)
        return _page(wording.refusal(word, refusal.message), form.trio, status=CONFLICT)
    return _page(done.verdict, done.trio, done.line)


def _page(verdict: Verdict | None, trio: Trio, line: Line | None = None, *, status: int = 200) -> ResponseReturnValue:
    context: dict[str, Any] = {
        "verdict": verdict,
        "trio": trio,
        "line": line,
        "waiting": packing_queries.unsealed(),
        "checklist": schools.packing(_school_id()).checklist,
    }
    if htmx.asked():
        return htmx.fragments(*PIECES, **context), status
    return render_template("shipping/verify.html", **context), status


@bp.post("/preparation/colis/<public_id>/sans-verification", allow=Action.HAND_OVER)
def seal_unscanned(public_id: str) -> ResponseReturnValue:
    """A manager answers for the box."""
    try:
        services.seal_unscanned(public_id, reason=request.form.get("raison", ""), by=me().account_id)
    except DomainError as refusal:
        flash(_(refusal.message), "problem")
    else:
        flash(_("Le colis est fermé. La raison est gardée avec votre nom."), "done")
    return redirect(url_for(".parcel", public_id=public_id), code=303)
