"""How a lycée packs: the points to tick before a box is closed, and what its packed models weigh."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel.errors import DomainError
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.policy import Action
from portal.schools import queries as schools
from portal.schools import services
from portal.shipping import customs
from portal.shipping.forms.packing import PackingForm
from portal.shipping.queries import packing as packing_queries
from portal.shipping.routes.blueprint import bp, school_id

UNREADABLE, CONFLICT = 422, 409


@bp.get("/preparation/douane", allow=Action.PREPARE_PARCEL, shows=Shown.LIST)
def through_customs() -> ResponseReturnValue:
    """The parcels that go to another territory: what each needs, and its data to copy."""
    address = schools.one(school_id()).sender_address
    lines = packing_queries.through_customs(address.postcode) if address else []
    return render_template("shipping/through_customs.html", lines=lines, place=customs.place)


@bp.get("/etablissement/colis", allow=Action.CHANGE_WELCOME, shows=Shown.NOBODY)
def packing() -> ResponseReturnValue:
    """The list and the weights, as they are now."""
    school, models = schools.one(school_id()), packing_queries.models_to_pack()
    return _page(PackingForm.of(school.packing, version=school.version), models, schools.packing(school.id).weights)


def _page(form: PackingForm, models: Any, weights: Any, *, status: int = 200) -> ResponseReturnValue:
    usual = schools.packing(school_id()).checklist
    return render_template("shipping/packing.html", form=form, models=models, weights=weights, usual=usual), status


@bp.post("/etablissement/colis", allow=Action.CHANGE_WELCOME)
def save_packing() -> ResponseReturnValue:
    """Keep them; both at once."""
    form, models = PackingForm.sent(), packing_queries.models_to_pack()
    form.read_weights(request.form, models)
    if not form.validate():
        return _page(form, models, form.typed, status=UNREADABLE)
    try:
        services.change(school_id(), version=form.opened, values={"packing": form.packing})
    except DomainError as refusal:
        form.refuse("checklist", refusal.message)
        form.version.data = str(schools.one(school_id()).version)
        return _page(form, models, form.typed, status=CONFLICT)
    flash(_("La préparation des colis est enregistrée."), "done")
    return redirect(url_for("schools.settings"), code=303)
