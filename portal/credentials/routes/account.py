"""« Mon compte »: one's password, one's sessions; and for staff, what else they come in with."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import entrance
from portal.accounts.rules import safe_path
from portal.credentials import hashing, queries, rules, services
from portal.credentials.forms import ChangePasswordForm, CurrentPasswordForm, NewPasswordForm
from portal.credentials.routes import proof
from portal.credentials.routes.blueprint import TOO_MANY, bp, must_wait, refused
from portal.credentials.services.passwords import Refused
from portal.platform import htmx, pages
from portal.platform.devices import in_words
from portal.platform.i18n import gettext as _
from portal.platform.i18n import ngettext
from portal.platform.sessions import handle_of, open_sessions, own_handle
from portal.platform.web import me
from portal.policy import Action

pages.entry("Mon compte", "credentials.account", Action.SECURE_ACCOUNT, rank=pages.SELDOM + 1)


@bp.get("/securite", allow=Action.SECURE_ACCOUNT)
def account() -> ResponseReturnValue:
    """Everything with which this account is entered, and where it is open now."""
    means = queries.means(me().account_id)
    return render_template("credentials/account.html", means=means, sessions=_sessions(), all_codes=rules.CODES)


def _sessions() -> list[dict[str, Any]]:
    here = own_handle(session)
    return [
        {
            "handle": handle_of(row.id_hash),
            "device": in_words(row.device),
            "since": row.created_at,
            "seen": row.seen_at,
            "here": handle_of(row.id_hash) == here,
        }
        for row in open_sessions(me().account_id)
    ]


@bp.post("/securite/sessions/<handle>/fermer", allow=Action.SECURE_ACCOUNT)
def close_session(handle: str) -> ResponseReturnValue:
    """Close a session left open elsewhere."""
    if not services.close_session(account_id=me().account_id, handle=handle):
        abort(404)
    return htmx.done(_("La session est fermée."), url_for(".account"))


@bp.post("/securite/sessions/fermer-les-autres", allow=Action.SECURE_ACCOUNT)
def close_others() -> ResponseReturnValue:
    """Close all but this one, which gets a new key: copies of this cookie are dead too."""
    count = services.close_other_sessions(account_id=me().account_id, session=own_handle(session))
    entrance.renew_key()
    flash(
        ngettext("%(num)d autre session est fermée.", "%(num)d autres sessions sont fermées.", count)
        if count
        else _("Aucune autre session n’était ouverte."),
        "done",
    )
    return htmx.go(url_for(".account"))


@bp.get("/securite/mot-de-passe", allow=Action.SECURE_ACCOUNT)
def password() -> ResponseReturnValue:
    """Choose a password, or another one."""
    return _password_page(ChangePasswordForm() if _old_is_asked() else NewPasswordForm())


@bp.post("/securite/mot-de-passe", allow=Action.SECURE_ACCOUNT)
def change_password() -> ResponseReturnValue:
    """Keep it. Every other session ends, and the copies of this one's cookie."""
    form = ChangePasswordForm.sent() if _old_is_asked() else NewPasswordForm.sent()
    if not form.validate():
        return _password_page(form, status=422)
    if isinstance(form, ChangePasswordForm) and (seconds := must_wait("password.own", str(me().account_id))):
        headers = refused(form, "password", seconds)
        return *_password_page(form, status=TOO_MANY), headers
    if not _changed(form):
        return _password_page(form, status=422)
    entrance.renew_key()
    return htmx.done(_("Votre mot de passe est enregistré. Vos autres sessions sont fermées."), url_for(".account"))


def _changed(form: NewPasswordForm) -> bool:
    """Keep the new password, or say on the form why not."""
    if isinstance(form, ChangePasswordForm):
        kept = queries.owner(me().account_id).hash
        if not hashing.fits(kept, rules.prepared(form.password.data or "")):
            form.refuse("password", rules.WRONG_PASSWORD)
            return False
    try:
        services.choose_password(account_id=me().account_id, password=form.new.data or "", session=own_handle(session))
    except Refused as refusal:
        form.refuse("new", refusal.message)
    return not form.errors


def _old_is_asked() -> bool:
    """Not of those who have none, nor of those who have just proved that they read their mailbox."""
    return (
        not (session.get("entered_by") in {"link", "sms"} and proof.is_recent())
        and queries.owner(me().account_id).hash is not None
    )


def _password_page(form: NewPasswordForm, *, status: int = 200) -> tuple[str, int]:
    owner = queries.owner(me().account_id)
    page = render_template(
        "credentials/password.html", form=form, shortest=rules.SHORTEST[owner.staff], chosen=owner.hash is not None
    )
    return page, status


@bp.post("/securite/mot-de-passe/retirer", allow=Action.SECURE_ACCOUNT)
def remove_password() -> ResponseReturnValue:
    """Back to links by e-mail; families only."""
    services.remove_password(account_id=me().account_id, session=own_handle(session))
    entrance.renew_key()
    return htmx.done(_("Votre mot de passe est retiré. Vous entrez par le lien de l’e-mail."), url_for(".account"))


@bp.get("/securite/confirmer", allow=Action.SECURE_ACCOUNT)
def confirm() -> ResponseReturnValue:
    """Is it still you? Asked before what would let somebody else in for good."""
    return render_template("credentials/confirm.html", form=CurrentPasswordForm(), suite=_suite())


@bp.post("/securite/confirmer", allow=Action.SECURE_ACCOUNT)
def confirmed() -> ResponseReturnValue:
    """It is."""
    form, headers = CurrentPasswordForm.sent(), {}
    if form.validate():
        if seconds := must_wait("password.own", str(me().account_id)):
            headers = refused(form, "password", seconds)
        elif hashing.fits(queries.owner(me().account_id).hash, rules.prepared(form.password.data or "")):
            proof.note()
            return redirect(_suite(), code=303)
        else:
            form.refuse("password", rules.WRONG_PASSWORD)
    page = render_template("credentials/confirm.html", form=form, suite=_suite())
    return page, TOO_MANY if headers else 422, headers


def _suite() -> str:
    return safe_path(request.args.get("suite")) or url_for(".account")
