"""The emergency pools: a school's own, with a post to put devices in or out, and the region's view of all of them."""

from collections import Counter
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel.errors import DomainError
from portal.platform import htmx, pages
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.tables import Wish
from portal.policy import Action
from portal.schools import queries as schools
from portal.schools import services as school_services
from portal.stock import queries as stock
from portal.stock import said, services, wording
from portal.stock.forms import AnswerForm, CodeForm, RequestForm, RulesForm
from portal.stock.models import Device
from portal.stock.queries import reserves as queries
from portal.stock.reserve import chosen, in_need, nearest_helper
from portal.stock.routes.blueprint import bp, school_id
from portal.stock.said import Said
from portal.stock.services import AskedAlready
from portal.stock.states import DeviceKind, Pool

pages.entry("Fonds d’urgence", "stock.reserves", Action.DECIDE_RESERVE, rank=pages.NOW_AND_THEN)
ONLY = ("numero",)
OTHER_POOL = {Pool.EMERGENCY: Pool.ALLOTMENT, Pool.ALLOTMENT: Pool.EMERGENCY}
CONFLICT = 409


@bp.get("/fonds-urgence", allow=Action.HANDLE_STOCK, shows=Shown.NOBODY)
def emergency() -> ResponseReturnValue:
    """How the school's pool stands, who could help, and a post to put devices in or out."""
    return _pool_page(None, _wanted(request.args.get("vers", "")))


def _wanted(name: str) -> Pool:
    return Pool(name) if name in set(Pool) else Pool.EMERGENCY


def _pool_page(
    answer: Said | None,
    pool: Pool,
    status: int = 200,
    form: RequestForm | None = None,
    changed: Device | None = None,
) -> ResponseReturnValue:
    context: dict[str, Any] = {"lines": stock.lines(), "said": answer, "pool": pool, "pools": wording.POOLS}
    context["changed"] = changed
    if htmx.asked():
        pieces = ("stock/_said.html", "stock/_pool_undo.html", "stock/_pool_lines.html")
        return htmx.fragments(*pieces, **context), status
    known = queries.reserves()
    mine = next(one for one in known if one.school_id == school_id())
    context |= {"mine": mine, "helper": nearest_helper(mine, known), "levels": wording.LEVELS, "near": wording.NEAR}
    wanted = RequestForm(nombre=max(mine.lacking, 1))
    return render_template("stock/emergency.html", form=form or wanted, **context), status


@bp.post("/fonds-urgence", allow=Action.HANDLE_STOCK)
def change_pool() -> ResponseReturnValue:
    """One device changes pools; or goes back, when that was a slip of the scanner."""
    form, pool, undo = CodeForm.sent(), _wanted(request.args.get("vers", "")), "annuler" in request.args
    into = OTHER_POOL[pool] if undo else pool
    try:
        step = services.change_pool(raw=form.code.data or "", pool=into, school_id=school_id())
    except DomainError as refusal:
        return _pool_page(said.refused(refusal.message), pool, CONFLICT)
    return _pool_page(said.pooled(step, into), pool, changed=None if undo or step.again else step.device)


@bp.post("/fonds-urgence/demande", allow=Action.HANDLE_STOCK)
def ask_region() -> ResponseReturnValue:
    """Ask the region to fill it."""
    form = RequestForm.sent()
    if not form.validate():
        return _pool_page(None, Pool.EMERGENCY, 422, form)
    wanted, note = form.nombre.data or 1, form.pourquoi.data or ""
    try:
        services.ask_region(school_id=school_id(), kind=DeviceKind(form.genre.data), wanted=wanted, note=note)
    except AskedAlready as refusal:
        flash(refusal.message, "waiting")
    else:
        flash(_("La demande est partie. La réponse apparaîtra ici."), "done")
    return redirect(url_for(".requests"), code=303)


@bp.get("/fonds-urgence/demandes", allow=Action.HANDLE_STOCK, shows=Shown.NOBODY)
def requests() -> ResponseReturnValue:
    """What the school asked of the region, and the answers."""
    page = queries.requests(Wish.read(sorts=ONLY))
    return render_template("stock/requests.html", page=page, states=wording.REQUESTS, kinds=wording.KINDS)


@bp.get("/region/fonds-urgence", allow=Action.DECIDE_RESERVE, shows=Shown.NOBODY)
def reserves() -> ResponseReturnValue:
    """Every school's pool, those in need first, and the requests that wait."""
    return _region_page()


def _region_page(form: AnswerForm | None = None, about: str = "", status: int = 200) -> ResponseReturnValue:
    page, known = queries.requests(Wish.read(sorts=ONLY, filters=("recherche", "niveau"))), in_need(queries.reserves())
    words, level = page.query.get("recherche", ""), page.query.get("niveau", "")
    context: dict[str, Any] = {"page": page, "about": about, "counts": Counter(one.level for one in known)}
    context["known"] = chosen(known, words=words, level=level)
    context |= {"levels": wording.LEVELS, "states": wording.REQUESTS, "kinds": wording.KINDS, "blank": AnswerForm()}
    return render_template("stock/reserves.html", form=form, **context), status


@bp.post("/region/fonds-urgence/<public_id>", allow=Action.DECIDE_RESERVE)
def decide_request(public_id: str) -> ResponseReturnValue:
    """Yes, or no and why."""
    form = AnswerForm.sent()
    if not form.validate():
        return _region_page(form, public_id, 422)
    granted = request.form.get("decision") == "accorder"
    services.decide_request(public_id, granted=granted, answer=form.reponse.data or "")
    flash(_("La demande est accordée.") if granted else _("La demande est refusée."), "done")
    return redirect(url_for(".reserves"), code=303)


@bp.get("/region/fonds-urgence/regles", allow=Action.DECIDE_RESERVE, shows=Shown.NOBODY)
def reserve_rules() -> ResponseReturnValue:
    """How large the pools of a campaign are, and for how long their devices are lent."""
    book = schools.rulebook(request.args.get("campagne", ""))
    return render_template("stock/reserve_rules.html", form=RulesForm.of(book.campaign.emergency), book=book)


@bp.post("/region/fonds-urgence/regles", allow=Action.DECIDE_RESERVE)
def save_reserve_rules() -> ResponseReturnValue:
    """From now on; what is lent already keeps its day of return."""
    form, book = RulesForm.sent(), schools.rulebook(request.args.get("campagne", ""))
    if not form.validate():
        return render_template("stock/reserve_rules.html", form=form, book=book), 422
    school_services.change_emergency_rules(book.campaign.id, rules=form.rules)
    flash(_("Les règles de la campagne %(name)s sont enregistrées.", name=book.campaign.name), "done")
    return redirect(url_for(".reserves"), code=303)
