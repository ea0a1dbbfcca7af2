"""One parcel: its number, its weight, its address, its closing without a scan."""

from functools import partial
from http import HTTPStatus
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel.errors import DomainError
from portal.platform import ban, files
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.web import me
from portal.policy import Action
from portal.shipping import following, queries, rules, services
from portal.shipping.forms.parcel import AddressForm, TrackingForm, WeightForm
from portal.shipping.queries import Line
from portal.shipping.routes.blueprint import bp
from portal.shipping.states import ParcelState
from portal.shipping.wording.parcel import STATE_WORDS, compared


@bp.get("/preparation/colis/<public_id>", allow=Action.PREPARE_PARCEL, shows=Shown.PARCEL)
def parcel(public_id: str) -> ResponseReturnValue:
    """One parcel: its number, its weight, its address."""
    return _parcel_page(queries.of_parcel(public_id))


def _parcel_page(line: Line, form: Any = None, *, status: int = 200) -> ResponseReturnValue:
    """The forms of the parcel as they are, but for the one that was refused."""
    usual = {
        "tracking": TrackingForm(number=line.tracking_number),
        "weight": WeightForm(weight=line.weight),
        "address": AddressForm.of(line.address),
    }
    named = {"TrackingForm": "tracking", "WeightForm": "weight", "AddressForm": "address"}
    if form is not None:
        usual[named[type(form).__name__]] = form
    page = render_template(
        "shipping/parcel.html",
        line=line,
        form=form,
        compares=bool(current_app.config["SETTINGS"].ban_url),
        told=following.of_parcel(line),
        **{f"{name}_form": it for name, it in usual.items()},
    )
    return page, status


@bp.post("/preparation/colis/<public_id>/suivi", allow=Action.PREPARE_PARCEL)
def track(public_id: str) -> ResponseReturnValue:
    """The carrier's number, or none when it was put on the wrong parcel."""
    if "effacer" in request.form:
        services.erase_tracking(public_id)
        return _back_to(public_id, _("Le numéro de suivi est effacé."))
    form = TrackingForm.sent()
    if form.validate() and form.kept(partial(services.note_tracking, public_id, by=me().account_id)):
        return _back_to(public_id, _("Le numéro de suivi est enregistré. La famille le voit sur sa page."))
    return _parcel_page(queries.of_parcel(public_id), form, status=422)


def _back_to(public_id: str, sentence: str) -> ResponseReturnValue:
    flash(sentence, "done")
    return redirect(url_for(".parcel", public_id=public_id), code=303)


@bp.post("/preparation/colis/<public_id>/poids", allow=Action.PREPARE_PARCEL)
def weigh(public_id: str) -> ResponseReturnValue:
    """What the scales say."""
    form = WeightForm.sent()
    if not form.validate():
        return _parcel_page(queries.of_parcel(public_id), form, status=422)
    services.weigh(public_id, grams=form.weight.data or 0)
    return _back_to(public_id, _("Le poids est enregistré."))


@bp.post("/preparation/colis/<public_id>/adresse", allow=Action.PREPARE_PARCEL)
def readdress(public_id: str) -> ResponseReturnValue:
    """Correct what stops the printing."""
    form = AddressForm.sent()
    if not form.validate():
        return _parcel_page(queries.of_parcel(public_id), form, status=422)
    services.correct_address(public_id, address=form.address)
    return _back_to(public_id, _("L’adresse est enregistrée. Le bordereau peut être imprimé."))


@bp.post("/preparation/colis/<public_id>/base-adresse", allow=Action.PREPARE_PARCEL)
def compare_address(public_id: str) -> ResponseReturnValue:
    """How the national address base writes this street; what was typed stays. Two seconds at most, then it says nothing."""
    address = queries.of_parcel(public_id).address
    url = current_app.config["SETTINGS"].ban_url
    found = ban.look_up(url, street=address.street, postcode=address.postcode, city=address.city) if address else None
    flash(*compared(found))
    return redirect(url_for(".parcel", public_id=public_id), code=303)


@bp.get("/preparation/colis/<public_id>/photo", allow=Action.PREPARE_PARCEL, shows=Shown.PARCEL)
def photo(public_id: str) -> ResponseReturnValue:
    """The open box, for the lycée's staff only."""
    key = queries.of_parcel(public_id).photo_key
    return (files.read(key), {"Content-Type": "image/jpeg"}) if key else abort(HTTPStatus.NOT_FOUND)


@bp.post("/preparation/colis/<public_id>/photo", allow=Action.PREPARE_PARCEL)
def remove_photo(public_id: str) -> ResponseReturnValue:
    """It shows what it should not."""
    services.keep_photo(public_id, file_key=None)
    return _back_to(public_id, _("La photo est retirée."))


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


@bp.app_template_test("a_parcel_at_school")
def _at_school(state: ParcelState | None) -> bool:
    return state in queries.AT_SCHOOL


@bp.app_template_filter("parcel_words")
def _parcel_words(state: ParcelState) -> tuple[str, str]:
    """A parcel's state in French, and its tone."""
    word, tone = STATE_WORDS[state]
    return _(word), tone


@bp.app_template_filter("tracking")
def _tracking(number: str) -> str:
    """In groups that one compares with a label."""
    read = rules.read(number).tracking
    return read.display() if read else number
