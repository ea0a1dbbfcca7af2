"""What a supplier sends to a school: scanned box by box, or confirmed at once; what is missing or odd, as a file."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.platform import exports, htmx
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.i18n import ngettext
from portal.platform.tables import Wish
from portal.policy import Action
from portal.stock import said, services, wording
from portal.stock.forms import CodeForm
from portal.stock.queries import lots as queries
from portal.stock.routes.blueprint import bp
from portal.stock.said import Said

ONLY = ("numero",)
CONFLICT = 409
ODDITIES = -1
"""The place in the file of differences after which there is nothing."""

PIECES = ("stock/_said.html", "stock/_delivery_counts.html", "stock/_delivery_list.html")


@bp.get("/livraisons", allow=Action.HANDLE_STOCK, shows=Shown.NOBODY)
def deliveries() -> ResponseReturnValue:
    """What suppliers announced to the school, and what is still missing of it."""
    return render_template("stock/deliveries.html", page=queries.deliveries(Wish.read(sorts=ONLY)))


@bp.get("/livraisons/<public_id>", allow=Action.HANDLE_STOCK, shows=Shown.NOBODY)
def delivery(public_id: str) -> ResponseReturnValue:
    """The post where boxes are received: one field, one verdict, the differences."""
    return _page(public_id, None)


def _page(public_id: str, answer: Said | None, status: int = 200) -> ResponseReturnValue:
    row = queries.delivery(public_id)
    asked = request.args.get("liste", "")
    name = asked if asked in queries.CONTENTS else "manquants" if row.LotDelivery.closed_at else "recus"
    page = queries.contents(row.LotDelivery.id, name, Wish.read(sorts=ONLY, filters=("liste",)))
    context: dict[str, Any] = {"row": row, "page": page, "name": name, "said": answer, "kinds": wording.ODDITIES}
    if htmx.asked():
        return htmx.fragments(*PIECES, **context), status
    return render_template("stock/delivery.html", **context), status


@bp.post("/livraisons/<public_id>", allow=Action.HANDLE_STOCK)
def scan_in(public_id: str) -> ResponseReturnValue:
    """One box."""
    queries.delivery(public_id)  # another lycée's does not exist
    form = CodeForm.sent()
    try:
        reception = services.scan_in(public_id, raw=form.code.data or "")
    except DomainError as refusal:
        return _page(public_id, said.refused(refusal.message), CONFLICT)
    return _page(public_id, said.reception(reception), 200 if reception.oddity is None else CONFLICT)


@bp.post("/livraisons/<public_id>/tout", allow=Action.HANDLE_STOCK)
def confirm_delivery(public_id: str) -> ResponseReturnValue:
    """Everything on the slip is there."""
    number = services.confirm_all(public_id)
    sentence = ngettext(
        "%(num)d appareil est entré en stock. La livraison est close.",
        "%(num)d appareils sont entrés en stock. La livraison est close.",
        number,
    )
    flash(sentence, "done")
    return redirect(url_for(".delivery", public_id=public_id), code=303)


@bp.post("/livraisons/<public_id>/cloture", allow=Action.HANDLE_STOCK)
def close_delivery(public_id: str) -> ResponseReturnValue:
    """All boxes were scanned: what is missing is known."""
    missing = services.close(public_id)
    sentence = ngettext(
        "La livraison est close. %(num)d appareil manque : téléchargez la liste pour le fournisseur.",
        "La livraison est close. %(num)d appareils manquent : téléchargez la liste pour le fournisseur.",
        missing,
    )
    flash(sentence if missing else _("La livraison est close. Rien ne manque."), "waiting" if missing else "done")
    return redirect(url_for(".delivery", public_id=public_id), code=303)


@bp.post("/livraisons/<public_id>/annuler", allow=Action.HANDLE_STOCK)
def take_back_box(public_id: str) -> ResponseReturnValue:
    """One device was received by mistake."""
    device = services.take_back(public_id, tag=request.form.get("etiquette", ""))
    flash(_("La réception de %(tag)s est annulée.", tag=device.asset_tag), "done")
    return redirect(url_for(".delivery", public_id=public_id), code=303)


@bp.get("/livraisons/<public_id>/ecarts.csv", allow=Action.HANDLE_STOCK, shows=Shown.NOBODY)
def differences(public_id: str) -> ResponseReturnValue:
    """What is missing, then what came and was not expected, as a file for the supplier."""
    row = queries.delivery(public_id)

    def following(after: int) -> Sequence[tuple[int, Sequence[object]]]:
        return _differences(row.LotDelivery.id, after)

    names = (_("Écart"), _("Étiquette ou code"), _("Numéro de série"), _("Modèle"), _("Carton"), _("Lycée"))
    return exports.streamed(f"ecarts-lot-{row.number}-{clock.today():%Y-%m-%d}.csv", names, following)


def _differences(delivery_id: int, after: int) -> Sequence[tuple[int, Sequence[object]]]:
    """The missing devices by slices, then the oddities at once, numbered so that nothing comes after them."""
    if after == ODDITIES:
        return []
    if missing := queries.missing_after(delivery_id, after):
        return [(one.id, [_("Manquant"), one.asset_tag, one.serial, one.name, one.box, ""]) for one in missing]
    odd = queries.oddities(delivery_id)
    return [(ODDITIES, [_(wording.ODDITIES[one.kind]), one.code, "", "", "", one.place]) for one, _by in odd]
