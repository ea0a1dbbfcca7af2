"""How a lycée packs: the points to tick before a box is closed, and what its packed models weigh."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel.errors import DomainError
from portal.platform import ban
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.web import me
from portal.policy import Action
from portal.schools import queries as schools
from portal.schools import services
from portal.shipping import customs, queries, wording_sealing
from portal.shipping.forms import PackingForm
from portal.shipping.queries import packing as packing_queries
from portal.shipping.routes.blueprint import bp

UNREADABLE, CONFLICT = 422, 409


@bp.get("/preparation/douane", allow=Action.PREPARE_PARCEL, shows=Shown.LIST)
def through_customs() -> ResponseReturnValue:
    """The parcels that go to another territory: what each needs, and its data to copy."""
    address = schools.one(min(me().school_ids)).sender_address
    lines = packing_queries.through_customs(address.postcode) if address else []
    return render_template("shipping/through_customs.html", lines=lines, place=customs.place)


@bp.post("/preparation/colis/<public_id>/base-adresse", allow=Action.PREPARE_PARCEL)
def compare_address(public_id: str) -> ResponseReturnValue:
    """How the national address base writes this street; what was typed stays. Two seconds at most, then it says nothing."""
    address = queries.of_parcel(public_id).address
    url = current_app.config["SETTINGS"].ban_url
    found = ban.look_up(url, street=address.street, postcode=address.postcode, city=address.city) if address else None
    flash(*wording_sealing.compared(found))
    return redirect(url_for(".parcel", public_id=public_id), code=303)


@bp.get("/etablissement/colis", allow=Action.CHANGE_WELCOME, shows=Shown.NOBODY)
def packing() -> ResponseReturnValue:
    """The list and the weights, as they are now."""
    school_id = min(me().school_ids)
    school, models = schools.one(school_id), packing_queries.models_to_pack()
    return _page(PackingForm.of(school.packing, version=school.version), models, schools.packing(school_id).weights)


def _page(form: PackingForm, models: Any, weights: Any, *, status: int = 200) -> ResponseReturnValue:
    usual = schools.packing(min(me().school_ids)).checklist
    return render_template("shipping/packing.html", form=form, models=models, weights=weights, usual=usual), status


@bp.post("/etablissement/colis", allow=Action.CHANGE_WELCOME)
def save_packing() -> ResponseReturnValue:
    """Keep them; both at once."""
    form, models = PackingForm.sent(), packing_queries.models_to_pack()
    form.read_weights(request.form, models)
    if not form.validate():
        return _page(form, models, form.typed, status=UNREADABLE)
    try:
        services.change(min(me().school_ids), version=form.opened, values={"packing": form.packing})
    except DomainError as refusal:
        form.refuse("checklist", refusal.message)
        form.version.data = str(schools.one(min(me().school_ids)).version)
        return _page(form, models, form.typed, status=CONFLICT)
    flash(_("La préparation des colis est enregistrée."), "done")
    return redirect(url_for("schools.settings"), code=303)
