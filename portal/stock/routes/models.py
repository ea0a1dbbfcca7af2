"""The models of the region's market: what one weighs, holds, costs, and what its kit counts."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from portal.kernel.values.numbers import whole
from portal.platform import pages
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.policy import Action
from portal.schools import queries as schools
from portal.stock import kits, queries, services, wording
from portal.stock.forms import ModelForm
from portal.stock.routes.blueprint import bp

pages.entry("Modèles", "stock.models", Action.EDIT_MODELS, rank=pages.SELDOM)


@bp.get("/modeles", allow=Action.EDIT_MODELS, shows=Shown.NOBODY)
def models() -> ResponseReturnValue:
    """Every model, and the form of the one that the address names, or of a new one."""
    return _page(None)


def _page(form: ModelForm | None, status: int = 200) -> ResponseReturnValue:
    rows, chosen = queries.models(_region_id()), whole(request.values.get("modele", ""))
    found = next((row.DeviceModel for row in rows if row.DeviceModel.id == chosen), None)
    if chosen and found is None:
        abort(404)
    context: dict[str, Any] = {"rows": rows, "chosen": found, "kinds": wording.KINDS, "lines": kits.lines}
    return render_template("stock/models.html", form=form or ModelForm.of(found), **context), status


def _region_id() -> int:
    region_id = schools.first_region_id()
    if region_id is None:
        abort(404)
    return region_id


@bp.post("/modeles", allow=Action.EDIT_MODELS)
def save_model() -> ResponseReturnValue:
    """Keep a model, new or corrected."""
    form = ModelForm.sent()
    if not form.validate() or not _saved(form):
        return _page(form, 422)
    flash(_("Le modèle est enregistré."), "done")
    return redirect(url_for(".models"), code=303)


def _saved(form: ModelForm) -> bool:
    """Keep it, or say on the form that the name is taken: the database knows."""
    model_id = whole(request.form.get("modele", ""))
    try:
        if model_id:
            services.change_model(model_id, form.offer)
        else:
            services.add_model(form.offer, region_id=_region_id())
    except IntegrityError:
        form.refuse("nom", _("Un autre modèle porte déjà ce nom. Choisissez un nom différent."))
    return not form.errors
