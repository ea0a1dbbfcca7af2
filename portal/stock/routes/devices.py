"""The stock of a lycée: its devices, what became of each, and the list as a file."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.kernel import clock
from portal.platform import exports, pages
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.tables import Wish
from portal.platform.web import me
from portal.policy import Action
from portal.stock import queries, rules
from portal.stock.routes.blueprint import bp
from portal.stock.wording import POOLS, STATES, STEPS, STILL, warranty

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
    return render_template(
        "stock/devices.html", page=page, several=len(me().school_ids) > 1, most_found=queries.MOST_FOUND, **_words()
    )


def _words() -> dict[str, Any]:
    return {"states": STATES, "pools": POOLS, "may_read_loans": me().may(Action.READ_LOANS)}


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
        _("Emplacement"),
        _("Dossier"),
    )
    return [*names, _("Lycée")]


def _cells(row: Any) -> list[object]:
    device = row.Device
    state, pool = _(STATES[device.state].label), _(POOLS[device.pool])
    return [device.asset_tag, device.serial, row.model, pool, state, device.location, row.reference, row.school]


@bp.get("/materiel/<public_id>", allow=Action.READ_STOCK, shows=Shown.NOBODY)
def device(public_id: str) -> ResponseReturnValue:
    """One device, and everything that happened to it."""
    row = queries.one(public_id)
    movements = queries.movements(row.Device.id)
    told = {"warranty": warranty(row.Device.warranty_from, years=row.Device.model.warranty_years, today=clock.today())}
    return render_template("stock/device.html", row=row, movements=movements, steps=STEPS | STILL, **told, **_words())
