"""The condition of a kit that was handed over: noted by whoever scans, read by the family with its receipt."""

from http import HTTPStatus
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.rules import safe_path
from portal.distribution.condition_form import LARGEST, ConditionForm
from portal.distribution.queries import receipts as queries
from portal.distribution.queries.receipts import Receipt
from portal.distribution.routes.blueprint import bp
from portal.distribution.services import conditions
from portal.distribution.states import View
from portal.distribution.wording_receipt import VIEWS
from portal.kernel.errors import DomainError
from portal.platform import files
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.web import me
from portal.policy import Action


@bp.get("/distribution/remises/<public_id>/etat", allow=Action.SCAN_AT_STATION, shows=Shown.LOAN)
def condition(public_id: str) -> ResponseReturnValue:
    """What to look at, and what was noted."""
    receipt = queries.receipt_of(public_id)
    return _page(public_id, receipt, ConditionForm.of(receipt))


def _page(public_id: str, receipt: Receipt, form: ConditionForm, *, status: int = 200) -> ResponseReturnValue:
    context: dict[str, Any] = {"public_id": public_id, "receipt": receipt, "form": form, "back": _back(), "views": View}
    return render_template("distribution/condition.html", **context), status


def _back() -> str:
    """Where the person came from: a station, or the list of a session."""
    return safe_path(request.args.get("suite")) or url_for(".posts")


@bp.post("/distribution/remises/<public_id>/etat", allow=Action.SCAN_AT_STATION, largest=LARGEST)
def note_condition(public_id: str) -> ResponseReturnValue:
    """Keep it; the family's receipt says it."""
    receipt, form = queries.receipt_of(public_id), ConditionForm.received()
    photos = _kept(form) if form.validate() else {}
    if form.errors:
        return _page(public_id, receipt, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    conditions.note(public_id, form.seen(receipt.accessories), photos=photos, by=me().account_id)
    flash(_("L’état est noté. La famille le lit sur son reçu."), "done")
    return redirect(_back(), code=303)


def _kept(form: ConditionForm) -> dict[View, str | None]:
    """Clean and keep the photos that were sent; what is refused goes beside its field."""
    kept: dict[View, str | None] = {**form.taken_away}
    for view, content in form.contents.items():
        try:
            kept[view] = conditions.keep_photo(content)
        except DomainError as refusal:
            form.refuse(view, refusal.message)
    return kept


@bp.get("/distribution/remises/<public_id>/photo", allow=Action.SCAN_AT_STATION, shows=Shown.LOAN)
def photo(public_id: str) -> ResponseReturnValue:
    """One of the photos, for the lycée."""
    return _photo(public_id)


@bp.get("/mes-dossiers/<public_id>/recu", allow=Action.READ_OWN_LOANS)
def handed_over(public_id: str) -> ResponseReturnValue:
    """The receipt, as the family reads it."""
    return render_template(
        "distribution/family/handed_over.html", public_id=public_id, receipt=queries.receipt_of(public_id)
    )


@bp.get("/mes-dossiers/<public_id>/recu/photo", allow=Action.READ_OWN_LOANS)
def own_photo(public_id: str) -> ResponseReturnValue:
    """One of the photos, for the family."""
    return _photo(public_id)


def _photo(public_id: str) -> ResponseReturnValue:
    """The one that the address asks for with `vue`, or the first."""
    photos = queries.receipt_of(public_id).photos
    key = (
        photos.get(View(asked))
        if (asked := request.args.get("vue")) in set(View)
        else next(iter(photos.values()), None)
    )
    return (files.read(key), {"Content-Type": "image/jpeg"}) if key else abort(HTTPStatus.NOT_FOUND)


@bp.app_template_filter("view_words")
def _view_words(view: View) -> str:
    """What a photo shows."""
    return _(VIEWS[view])
