"""Stocktaking: scan the shelves, look at the surprises, settle each."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.platform import exports, htmx
from portal.platform.consultation import Shown
from portal.platform.i18n import format_moment, ngettext
from portal.platform.i18n import gettext as _
from portal.platform.tables import Wish
from portal.policy import Action
from portal.stock import counting, said, services, wording
from portal.stock.forms import CodeForm, StocktakeForm
from portal.stock.queries import stocktakes as queries
from portal.stock.routes.blueprint import bp, school_id
from portal.stock.said import Said
from portal.stock.states import DeviceState, StocktakeState, Surprise

ONLY = ("numero",)
CONFLICT = 409


@bp.get("/inventaires", allow=Action.HANDLE_STOCK, shows=Shown.NOBODY)
def stocktakes() -> ResponseReturnValue:
    """The stocktakes of the school, and the form that begins one."""
    return _list_page(StocktakeForm())


def _list_page(form: StocktakeForm, status: int = 200) -> ResponseReturnValue:
    page = queries.stocktakes(Wish.read(sorts=ONLY))
    return render_template("stock/stocktakes.html", page=page, form=form, states=wording.STOCKTAKES), status


@bp.post("/inventaires", allow=Action.HANDLE_STOCK)
def open_stocktake() -> ResponseReturnValue:
    """Begin."""
    form = StocktakeForm.sent()
    if not form.validate():
        return _list_page(form, 422)
    begun = services.open_stocktake(school_id=school_id(), location=form.emplacement.data or "")
    return redirect(url_for(".stocktake", public_id=begun.public_id), code=303)


@bp.get("/inventaires/<public_id>", allow=Action.HANDLE_STOCK, shows=Shown.NOBODY)
def stocktake(public_id: str) -> ResponseReturnValue:
    """The scanning post while it is open, the surprises afterwards."""
    return _page(public_id, None)


def _page(public_id: str, answer: Said | None, status: int = 200) -> ResponseReturnValue:
    row, wish = queries.stocktake(public_id), Wish.read(sorts=ONLY)
    context: dict[str, Any] = {"row": row, "said": answer, "states": wording.STOCKTAKES, "words": wording.STATES}
    if row.Stocktake.state is StocktakeState.COUNTED:
        context |= {"page": queries.surprises(row.Stocktake.id, wish), "outcome_of": counting.outcome_of}
        context |= {"kinds": wording.SURPRISES, "buttons": wording.BUTTONS, "outcomes": wording.OUTCOMES}
        return render_template("stock/stocktake_counted.html", **context, detail=_detail), status
    context["page"] = queries.scans(row.Stocktake.id, wish)
    if htmx.asked():
        return htmx.fragments("stock/_said.html", "stock/_stocktake_scans.html", **context), status
    return render_template("stock/stocktake.html", **context), status


def _detail(kind: Surprise, detail: str) -> str:
    """What the register says of a surprise, in words."""
    if kind is Surprise.NOT_HERE:
        return _(wording.STATES[DeviceState(detail)].label)
    return detail


@bp.post("/inventaires/<public_id>", allow=Action.HANDLE_STOCK)
def scan_shelf(public_id: str) -> ResponseReturnValue:
    """One label."""
    form = CodeForm.sent()
    try:
        seen = services.scan_shelf(public_id, raw=form.code.data or "")
    except DomainError as refusal:
        return _page(public_id, said.refused(refusal.message), CONFLICT)
    return _page(public_id, said.seen(seen))


@bp.post("/inventaires/<public_id>/annuler", allow=Action.HANDLE_STOCK)
def unscan(public_id: str) -> ResponseReturnValue:
    """One label was scanned by mistake."""
    services.unscan(public_id, code=request.form.get("code", ""))
    flash(_("Le scan est annulé."), "done")
    return redirect(url_for(".stocktake", public_id=public_id), code=303)


@bp.post("/inventaires/<public_id>/fin", allow=Action.HANDLE_STOCK)
def count_stocktake(public_id: str) -> ResponseReturnValue:
    """All shelves were scanned."""
    number = services.count(public_id)
    sentence = ngettext("%(num)d surprise : réglez-la.", "%(num)d surprises : réglez-les une à une.", number)
    flash(sentence if number else _("Tout est à sa place. Aucune surprise."), "waiting" if number else "done")
    return redirect(url_for(".stocktake", public_id=public_id), code=303)


@bp.post("/inventaires/<public_id>/abandon", allow=Action.HANDLE_STOCK)
def cancel_stocktake(public_id: str) -> ResponseReturnValue:
    """Give up: nothing changed."""
    services.cancel_stocktake(public_id)
    flash(_("L’inventaire est abandonné. Rien n’a changé."), "done")
    return redirect(url_for(".stocktakes"), code=303)


@bp.post("/inventaires/<public_id>/surprises", allow=Action.HANDLE_STOCK)
def settle(public_id: str) -> ResponseReturnValue:
    """One surprise."""
    outcome = services.settle(public_id, code=request.form.get("code", ""))
    flash(_(wording.OUTCOMES[outcome]), "done")
    return redirect(url_for(".stocktake", public_id=public_id), code=303)


@bp.get("/inventaires/<public_id>/rapport.csv", allow=Action.HANDLE_STOCK, shows=Shown.NOBODY)
def stocktake_report(public_id: str) -> ResponseReturnValue:
    """Every surprise and how it was settled, as a file."""
    row = queries.stocktake(public_id)

    def following(after: int) -> Sequence[tuple[int, Sequence[object]]]:
        return [(one.StocktakeSurprise.id, _cells(one)) for one in queries.surprises_after(row.Stocktake.id, after)]

    names = (_("Surprise"), _("Étiquette"), _("Ce que dit le registre"), _("Réglé"), _("Quand"), _("Par"))
    return exports.streamed(f"inventaire-{row.Stocktake.number}-{clock.today():%Y-%m-%d}.csv", names, following)


def _cells(row: Any) -> list[object]:
    one = row.StocktakeSurprise
    outcome = _(wording.OUTCOMES[one.outcome]) if one.outcome else ""
    when = format_moment(one.settled_at) if one.settled_at else ""
    return [_(wording.SURPRISES[one.kind].label), one.code, _detail(one.kind, one.detail), outcome, when, row.by]
