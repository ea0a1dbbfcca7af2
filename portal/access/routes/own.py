"""A family's own access: an address for next time, and the children of another lycée."""

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.access import queries, services
from portal.access.forms.family import AddressForm, LetterForm
from portal.access.routes.blueprint import bp
from portal.access.routes.door import limit_network
from portal.accounts.forms import CodeForm
from portal.platform import htmx, limits
from portal.platform.i18n import gettext as _
from portal.platform.pages import SELDOM, entry
from portal.platform.web import me
from portal.policy import Action

entry("Mon accès", "access.own_address", Action.CHANGE_OWN_ACCESS, rank=SELDOM)

CODES, CODES_WITHIN = 5, timedelta(minutes=15)


@bp.get("/mon-acces", allow=Action.CHANGE_OWN_ACCESS)
def own_address() -> ResponseReturnValue:
    """Which address lets me in, and how to give one."""
    return _address_page(AddressForm())


@bp.post("/mon-acces", allow=Action.CHANGE_OWN_ACCESS)
def claim_address() -> ResponseReturnValue:
    """Send a code to this address. The school's own record does not change."""
    form = AddressForm.sent()
    if not form.validate():
        return _address_page(form, status=422)
    limits.require("access-address", str(me().account_id), most=CODES, within=CODES_WITHIN)
    public_id = services.contacts.claim(account_id=me().account_id, email=form.email.data or "")
    return redirect(url_for(".confirm_address", public_id=public_id), code=303)


@bp.get("/mon-acces/<public_id>", allow=Action.CHANGE_OWN_ACCESS)
def confirm_address(public_id: str) -> ResponseReturnValue:
    """Type the code that was sent there."""
    return _code_page(public_id, CodeForm())


@bp.post("/mon-acces/<public_id>", allow=Action.CHANGE_OWN_ACCESS)
def keep_address(public_id: str) -> ResponseReturnValue:
    """From now on, this address lets me in."""
    form = CodeForm.sent()
    if form.validate():
        refusal = services.contacts.confirm(public_id, account_id=me().account_id, code=form.symbols)
        if not refusal:
            return htmx.done(
                _("C’est fait : cette adresse vous ouvre Fin prêt. Le lycée garde la sienne."), url_for("accounts.home")
            )
        form.refuse("code", refusal)
    return _code_page(public_id, form, status=422)


@bp.get("/mon-acces/autre-lycee", allow=Action.CHANGE_OWN_ACCESS)
def other_school() -> ResponseReturnValue:
    """My children in another lycée."""
    return render_template("access/other_school.html", form=LetterForm())


@bp.post("/mon-acces/autre-lycee", allow=Action.CHANGE_OWN_ACCESS)
def join_school() -> ResponseReturnValue:
    """The letter of the other lycée: the same person sees all their children with one entry."""
    form = LetterForm.sent()
    if form.validate():
        limit_network()
        joined = services.door.join(code=form.symbols, birth_date=form.birth_date, account_id=me().account_id)
        if not joined.refusal:
            return _joined(done=joined.done)
        form.refuse("code", joined.refusal)
    return render_template("access/other_school.html", form=form), 422


def _joined(*, done: bool) -> ResponseReturnValue:
    if done:
        flash(_("C’est fait : vous voyez maintenant tous vos enfants."), "done")
    else:
        flash(_("Le lycée va vérifier que c’est bien vous. Vos enfants apparaîtront ici ensuite."), "waiting")
    return redirect(url_for("accounts.home"), code=303)


def _address_page(form: AddressForm, *, status: int = 200) -> ResponseReturnValue:
    return render_template("access/own_address.html", form=form, account=queries.account(me().account_id)), status


def _code_page(public_id: str, form: CodeForm, *, status: int = 200) -> ResponseReturnValue:
    claim = queries.claim(public_id, account_id=me().account_id)
    return render_template("access/confirm_address.html", form=form, claim=claim), status
