"""Devices between two schools, and between the two pools of one: asked, sent and received by scan."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel.errors import DomainError
from portal.kernel.values.numbers import whole
from portal.platform import htmx
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.tables import Wish
from portal.platform.web import me
from portal.policy import Action
from portal.stock import said, services, wording
from portal.stock.forms import CodeForm, ReasonForm, TransferForm
from portal.stock.queries import transfers as queries
from portal.stock.routes.blueprint import bp, school_id
from portal.stock.said import Said
from portal.stock.states import Pool

ONLY = ("numero",)
CONFLICT = 409


@bp.get("/transferts", allow=Action.HANDLE_STOCK, shows=Shown.NOBODY)
def transfers() -> ResponseReturnValue:
    """The transfers from and to the school."""
    page = queries.transfers(me().school_ids, Wish.read(sorts=ONLY))
    return render_template("stock/transfers.html", page=page, states=wording.TRANSFERS, here=school_id())


@bp.get("/transferts/nouveau", allow=Action.HANDLE_STOCK, shows=Shown.NOBODY)
def new_transfer() -> ResponseReturnValue:
    """Ask another school for devices, or offer them; the address may say which, how many, and for which pool."""
    wished = {"lycee": whole(request.args.get("lycee", "")), "nombre": whole(request.args.get("nombre", "")) or 1}
    pool = request.args.get("dotation", Pool.ALLOTMENT)
    return _form_page(TransferForm.of(queries.others(school_id()), **wished, dotation=pool))


def _form_page(form: TransferForm, status: int = 200) -> ResponseReturnValue:
    return render_template("stock/transfer_form.html", form=form), status


@bp.post("/transferts/nouveau", allow=Action.HANDLE_STOCK)
def ask_transfer() -> ResponseReturnValue:
    """Note it; the other school sees it at once."""
    form = TransferForm.of(queries.others(school_id()), sent=True)
    if not form.validate():
        return _form_page(form, 422)
    asked = services.ask_transfer(form.travel(here=school_id()), here=school_id())
    flash(_("Le transfert est noté. L’autre lycée le voit dans ses transferts."), "done")
    return redirect(url_for(".transfer", public_id=asked.public_id), code=303)


@bp.get("/transferts/<public_id>", allow=Action.HANDLE_STOCK, shows=Shown.NOBODY)
def transfer(public_id: str) -> ResponseReturnValue:
    """The post where devices leave, or arrive."""
    return _page(public_id, None)


def _page(
    public_id: str, answer: Said | None, status: int = 200, form: ReasonForm | None = None
) -> ResponseReturnValue:
    row = queries.transfer(public_id, schools=me().school_ids)
    page = queries.contents(row.Transfer.id, Wish.read(sorts=ONLY))
    context: dict[str, Any] = {
        "row": row,
        "page": page,
        "said": answer,
        "here": school_id(),
        "form": form or ReasonForm(),
    }
    context |= {"states": wording.TRANSFERS, "pools": wording.POOLS, "kinds": wording.KINDS}
    if htmx.asked():
        return htmx.fragments("stock/_said.html", "stock/_transfer_list.html", **context), status
    return render_template("stock/transfer.html", **context), status


@bp.post("/transferts/<public_id>", allow=Action.HANDLE_STOCK)
def scan_transfer(public_id: str) -> ResponseReturnValue:
    """One device."""
    form = CodeForm.sent()
    try:
        step = services.scan_transfer(public_id, raw=form.code.data or "", mine=me().school_ids)
    except DomainError as refusal:
        return _page(public_id, said.refused(refusal.message), CONFLICT)
    return _page(public_id, said.travelled(step))


@bp.post("/transferts/<public_id>/annuler", allow=Action.HANDLE_STOCK)
def undo_transfer(public_id: str) -> ResponseReturnValue:
    """One device was scanned by mistake."""
    device = services.undo_transfer(public_id, tag=request.form.get("etiquette", ""), mine=me().school_ids)
    flash(_("Le scan de %(tag)s est annulé.", tag=device.asset_tag), "done")
    return redirect(url_for(".transfer", public_id=public_id), code=303)


@bp.post("/transferts/<public_id>/refus", allow=Action.HANDLE_STOCK)
def refuse_transfer(public_id: str) -> ResponseReturnValue:
    """The school cannot, and says why."""
    form = ReasonForm.sent()
    if not form.validate():
        return _page(public_id, None, 422, form)
    services.refuse_transfer(public_id, reason=form.motif.data or "", mine=me().school_ids)
    flash(_("Le transfert est refusé. L’autre lycée lit votre motif."), "done")
    return redirect(url_for(".transfers"), code=303)


@bp.post("/transferts/<public_id>/abandon", allow=Action.HANDLE_STOCK)
def cancel_transfer(public_id: str) -> ResponseReturnValue:
    """It is no longer needed."""
    services.cancel_transfer(public_id, mine=me().school_ids)
    flash(_("Le transfert est annulé. Aucun appareil n’était parti."), "done")
    return redirect(url_for(".transfers"), code=303)
