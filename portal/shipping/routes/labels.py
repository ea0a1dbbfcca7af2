"""Labels made by the carrier, and the parcels that need somebody: lists, doubts and their two ways out."""

from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.i18n import ngettext
from portal.platform.pages import SELDOM, entry
from portal.platform.web import me
from portal.policy import Action
from portal.shipping import following, services
from portal.shipping.following import WORDS, Worklist
from portal.shipping.forms.batch import LeavingForm
from portal.shipping.forms.parcel import TrackingForm
from portal.shipping.queries import labels as label_queries
from portal.shipping.routes.blueprint import bp, school_id
from portal.shipping.services.labels import Asked

entry("Suivi des colis", "shipping.followed", Action.PREPARE_PARCEL, rank=SELDOM)
CONFLICT, UNREADABLE = 409, 422


@bp.post("/preparation/etiquettes-colissimo", allow=Action.PREPARE_PARCEL)
def buy_labels() -> ResponseReturnValue:
    """One button: labels for the parcels ticked, or for all; those that have one are printed again, never bought."""
    asked = services.ask_labels(LeavingForm.sent().colis.data or (), school_id=school_id())
    _tell_left_out(asked)
    return redirect(url_for(".job", public_id=asked.job_public_id), code=303)


def _tell_left_out(asked: Asked) -> None:
    if asked.blocked:
        sentence = ngettext(
            "%(num)d colis est laissé de côté : adresse, charte ou étiquette à vérifier.",
            "%(num)d colis sont laissés de côté : adresse, charte ou étiquette à vérifier.",
            asked.blocked,
        )
        flash(sentence, "waiting")
    if asked.customs:
        sentence = ngettext(
            "%(num)d colis passe la douane : voyez « Colis qui passent la douane ».",
            "%(num)d colis passent la douane : voyez « Colis qui passent la douane ».",
            asked.customs,
        )
        flash(sentence, "waiting")


@bp.get("/preparation/suivi", allow=Action.PREPARE_PARCEL, shows=Shown.LIST)
def followed() -> ResponseReturnValue:
    """Every parcel that needs somebody, by what to do."""
    return _page()


def _page(form: TrackingForm | None = None, about: str = "", status: int = 200) -> ResponseReturnValue:
    lists = following.worklists()
    page = render_template(
        "shipping/followed.html",
        lists=lists,
        words=WORDS,
        doubt=Worklist.DOUBT,
        undone=Worklist.UNDONE,
        form=form,
        about=about,
        blank=TrackingForm(),
        total=sum(map(len, lists.values())),
    )
    return page, status


@bp.post("/preparation/etiquettes-colissimo/<public_id>/trouvee", allow=Action.PREPARE_PARCEL)
def label_found(public_id: str) -> ResponseReturnValue:
    """The label exists in the carrier's back office: here is its number."""
    form, attempt = TrackingForm.sent(), label_queries.attempt(public_id)  # another lycée's does not exist
    if not form.validate() or not form.kept(partial(services.settle_found, attempt.public_id, by=me().account_id)):
        return _page(form, public_id, UNREADABLE)
    flash(_("Le numéro est gardé. Imprimez l’étiquette : rien ne sera commandé."), "done")
    return redirect(url_for(".followed"), code=303)


@bp.post("/preparation/etiquettes-colissimo/<public_id>/aucune", allow=Action.PREPARE_PARCEL)
def label_missing(public_id: str) -> ResponseReturnValue:
    """Nothing is there: the parcel may have a label made."""
    services.settle_none(public_id, by=me().account_id)
    flash(_("C’est noté : aucune étiquette n’existe. Vous pouvez en demander une autre."), "done")
    return redirect(url_for(".followed"), code=303)


@bp.post("/preparation/suivi/<public_id>/regle", allow=Action.PREPARE_PARCEL)
def settle_scanned(public_id: str) -> ResponseReturnValue:
    """The box that bore the label of an undone parcel is found, or looked for."""
    services.following.settle_scanned(public_id)
    flash(_("C’est noté : cette étiquette n’est plus signalée."), "done")
    return redirect(url_for(".followed"), code=303)
