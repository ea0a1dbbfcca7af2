"""Staff add and remove their applications, their passkeys and their recovery codes."""

from flask import abort, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import entrance
from portal.credentials import queries, rules, services
from portal.credentials.forms import AppCodeForm, NameForm, PasskeyForm
from portal.credentials.routes import ceremony, proof, showing
from portal.credentials.routes.blueprint import TOO_MANY, bp
from portal.credentials.routes.first_time import confirm
from portal.platform import htmx
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.sessions import own_handle
from portal.platform.web import me
from portal.policy import Action


@bp.get("/securite/ajouter", allow=Action.KEEP_FACTORS, shows=Shown.NOBODY)
def add_factor() -> ResponseReturnValue:
    """An application, or a key."""
    if page := proof.asked_for(".add_factor"):
        return page
    return _adding(PasskeyForm())


def _adding(form: PasskeyForm, *, status: int = 200) -> ResponseReturnValue:
    options = ceremony.to_create(me().account_id)
    return render_template("credentials/add_factor.html", form=form, options=options), status


@bp.post("/securite/application", allow=Action.KEEP_FACTORS)
def begin_app() -> ResponseReturnValue:
    """Draw its secret."""
    if page := proof.asked_for(".add_factor"):
        return page
    form = NameForm.sent()
    name = form.named(_("Mon téléphone")) if form.validate() else _("Mon téléphone")
    public_id = services.begin_app(account_id=me().account_id, name=name)
    return redirect(url_for(".app", public_id=public_id), code=303)


@bp.get("/securite/application/<public_id>", allow=Action.KEEP_FACTORS, shows=Shown.NOBODY)
def app(public_id: str) -> ResponseReturnValue:
    """The square to scan; once confirmed, nobody sees it again."""
    if queries.app(public_id, account_id=me().account_id).confirmed_at is not None:
        return redirect(url_for(".account"))
    return showing.app_page(me().account_id, public_id, AppCodeForm(), first=False)


@bp.post("/securite/application/<public_id>", allow=Action.KEEP_FACTORS)
def confirm_app(public_id: str) -> ResponseReturnValue:
    """Its first code."""
    form = AppCodeForm.sent()
    confirmed, headers = confirm(form, account_id=me().account_id, public_id=public_id)
    if confirmed:
        return _added(_("Votre application est ajoutée."))
    status = TOO_MANY if headers else 422
    return showing.app_page(me().account_id, public_id, form, first=False, status=status, headers=headers)


@bp.post("/securite/cle", allow=Action.KEEP_FACTORS)
def add_passkey() -> ResponseReturnValue:
    """The key that this device has made."""
    if page := proof.asked_for(".add_factor"):
        return page
    form, asked = PasskeyForm.sent(), ceremony.asked()
    name = form.named(_("Ma clé d’accès"))
    if form.validate() and services.add_passkey(account_id=me().account_id, name=name, answer=form.answer, asked=asked):
        return _added(_("Votre clé d’accès est ajoutée."))
    form.refuse("credential", rules.WRONG_KEY)
    return _adding(form, status=422)


def _added(sentence: str) -> ResponseReturnValue:
    """The other sessions end, and the copies of this one's cookie (SEC-1)."""
    services.close_other_sessions(account_id=me().account_id, session=own_handle(session))
    entrance.renew_key()
    return htmx.done(sentence, url_for(".account"))


@bp.post("/securite/facteurs/<public_id>/retirer", allow=Action.KEEP_FACTORS)
def remove_factor(public_id: str) -> ResponseReturnValue:
    """It opens nothing any more; the last one stays."""
    if page := proof.asked_for(".account"):
        return page
    if not services.remove_factor(account_id=me().account_id, public_id=public_id, session=own_handle(session)):
        abort(404)
    entrance.renew_key()
    return htmx.done(_("C’est retiré. Vos autres sessions sont fermées."), url_for(".account"))


@bp.get("/securite/codes", allow=Action.KEEP_FACTORS, shows=Shown.NOBODY)
def codes() -> ResponseReturnValue:
    """The ten codes while they are shown; afterwards, how many are left."""
    left = queries.means(me().account_id).codes_left
    return render_template("credentials/codes.html", codes=showing.kept_codes(), left=left, all_codes=rules.CODES)


@bp.post("/securite/codes", allow=Action.KEEP_FACTORS)
def draw_codes() -> ResponseReturnValue:
    """Ten new ones."""
    if page := proof.asked_for(".codes"):
        return page
    showing.keep_codes(services.draw_codes(account_id=me().account_id), next_path=url_for(".account"))
    return redirect(url_for(".codes"), code=303)


@bp.post("/securite/codes/gardes", allow=Action.KEEP_FACTORS)
def codes_are_kept() -> ResponseReturnValue:
    """They are on paper: they are shown no more."""
    return redirect(showing.forget_codes() or url_for(".account"), code=303)
