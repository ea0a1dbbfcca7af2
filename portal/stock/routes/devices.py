"""The stock of a lycée: its devices, what became of each, and the list as a file."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel import clock
from portal.platform import exports, pages
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.tables import Wish
from portal.platform.web import me
from portal.policy import Action
from portal.stock import queries, rules, services
from portal.stock.forms import LookForm
from portal.stock.routes.blueprint import bp
from portal.stock.states import NOTED, Condition
from portal.stock.wording import POOLS, STATES, STEPS, STILL, warranty
from portal.stock.wording_condition import CONDITIONS

pages.entry("Matériel", "stock.devices", Action.READ_STOCK, rank=pages.NOW_AND_THEN)


def _wish() -> Wish:
    return Wish.read(sorts=tuple(queries.SORTS), filters=queries.FILTERS)


@bp.get("/materiel", allow=Action.READ_STOCK, shows=Shown.NOBODY)
def devices() -> ResponseReturnValue:
    """Every device, or those that the filters keep; a label that was scanned opens its device at once."""
    wish = _wish()
    code = rules.read_tag(wish.query.get("recherche", ""))
    if code and (found := queries.scanned(code)):
        return redirect(url_for(".device", public_id=found))
    page = queries.devices(wish)
    told = {"several": len(me().school_ids) > 1, "most_found": queries.MOST_FOUND, "unnoted": queries.UNNOTED}
    return render_template("stock/devices.html", page=page, **told, **_words())


def _words() -> dict[str, Any]:
    return {"states": STATES, "pools": POOLS, "conditions": CONDITIONS, "may_read_loans": me().may(Action.READ_LOANS)}


@bp.get("/materiel/export.csv", allow=Action.READ_STOCK, shows=Shown.NOBODY)
def export() -> ResponseReturnValue:
    """The same list as a file, whole."""
    wish = _wish()

    def following(after: int) -> Sequence[tuple[int, Sequence[object]]]:
        return [(row.Device.id, _cells(row)) for row in queries.devices_after(after, wish)]

    return exports.streamed(f"materiel-{clock.today():%Y-%m-%d}.csv", _header(), following)


def _header() -> list[str]:
    names = (
        _("Étiquette"),
        _("Numéro de série"),
        _("Modèle"),
        _("Dotation"),
        _("État"),
        _("État constaté"),
        _("Emplacement"),
        _("Dossier"),
    )
    return [*names, _("Lycée")]


def _cells(row: Any) -> list[object]:
    device = row.Device
    state, seen = _(STATES[device.state].label), _condition_words(device.condition)
    described = [device.asset_tag, device.serial, row.model, _(POOLS[device.pool]), state, seen]
    return [*described, device.location, row.reference, row.school]


@bp.get("/materiel/<public_id>", allow=Action.READ_STOCK, shows=Shown.NOBODY)
def device(public_id: str) -> ResponseReturnValue:
    """One device, and everything that happened to it."""
    return _page(public_id, LookForm())


def _page(public_id: str, form: LookForm, status: int = 200) -> ResponseReturnValue:
    row = queries.one(public_id)
    movements = queries.movements(row.Device.id)
    years = row.Device.model.warranty_years
    told: dict[str, Any] = {"warranty": warranty(row.Device.warranty_from, years=years, today=clock.today())}
    told |= {"seen": next((move for move in movements if move.transition in NOTED), None), "steps": STEPS | STILL}
    told["in_hand"] = me().may(Action.CHECK_DEVICES) and row.Device.state not in queries.UNCOUNTED
    return render_template("stock/device.html", row=row, movements=movements, form=form, **told, **_words()), status


@bp.post("/materiel/<public_id>/etat", allow=Action.CHECK_DEVICES)
def note_condition(public_id: str) -> ResponseReturnValue:
    """How it looks now; and, for one that came back, that it may be lent again."""
    form = LookForm.sent()
    if not form.validate():
        return _page(public_id, form, 422)
    device_id, restock = queries.one(public_id).Device.id, "stock" in request.form
    services.note_condition(device_id, Condition(form.etat.data), restock=restock)
    flash(_("L’état est noté, l’appareil est de nouveau en stock.") if restock else _("L’état est noté."), "done")
    return redirect(url_for(".device", public_id=public_id), code=303)


@bp.app_template_filter("condition_words")
def _condition_words(seen: Condition | None) -> str:
    """How a device looks."""
    return _(CONDITIONS[seen]) if seen else _("Non noté")
