"""The first time: staff who came by the link choose a password, then a second factor, before anything else."""

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import entrance
from portal.accounts.entrance import Halfway
from portal.credentials import hashing, queries, rules, services
from portal.credentials.forms import AppCodeForm, CurrentPasswordForm, NewPasswordForm, PasskeyForm
from portal.credentials.routes import ceremony, showing
from portal.credentials.routes.blueprint import TOO_MANY, bp, must_wait, refused
from portal.credentials.services.passwords import Refused
from portal.platform.i18n import gettext as _
from portal.policy import Action


def _beginner(*, password_known: bool) -> Halfway | None:
    """Whoever came by the link and has no second factor: nobody else may set one up here."""
    half = entrance.halfway()
    if half is None or half.by != "link" or half.password_known != password_known:
        return None
    return None if queries.has_second_factor(half.account_id) else half


def confirm(form: AppCodeForm, *, account_id: int, public_id: str) -> tuple[bool, dict[str, str]]:
    """Put an application in use, or say on the form why not; and the headers of an answer that asks to wait."""
    if not form.validate():
        return False, {}
    if seconds := must_wait("second-step", str(account_id)):
        return False, refused(form, "code", seconds)
    if services.confirm_app(account_id=account_id, public_id=public_id, code=form.code.data or ""):
        return True, {}
    form.refuse("code", rules.WRONG_CODE)
    return False, {}


def _lost() -> ResponseReturnValue:
    """Not the moment for this page: the second step knows which is."""
    return redirect(url_for("credentials.second_step"), code=303)


@bp.get("/entrer/premiere-fois", allow=Action.PUBLIC)
def first_password() -> ResponseReturnValue:
    """Choose a password; or type the one that one has, when only the second factor was reset."""
    half = _beginner(password_known=False)
    if half is None:
        return redirect(url_for(".first_factor")) if _beginner(password_known=True) else _lost()
    known = queries.owner(half.account_id).hash is not None
    return _password_page(CurrentPasswordForm() if known else NewPasswordForm())


@bp.post("/entrer/premiere-fois", allow=Action.PUBLIC)
def give_first_password() -> ResponseReturnValue:
    """Keep it, and go on to the second factor."""
    half = _beginner(password_known=False)
    if half is None:
        return _lost()
    kept = queries.owner(half.account_id).hash
    return _choose(half) if kept is None else _prove(half, kept)


def _choose(half: Halfway) -> ResponseReturnValue:
    form = NewPasswordForm.sent()
    if form.validate():
        try:
            services.choose_password(account_id=half.account_id, password=form.new.data or "")
        except Refused as refusal:
            form.refuse("new", refusal.message)
        else:
            return _to_factor(half)
    return _password_page(form, status=422)


def _prove(half: Halfway, kept: str) -> ResponseReturnValue:
    form = CurrentPasswordForm.sent()
    if form.validate():
        if seconds := must_wait("password.own", str(half.account_id)):
            return *_password_page(form, status=TOO_MANY), refused(form, "password", seconds)
        if hashing.fits(kept, rules.prepared(form.password.data or "")):
            return _to_factor(half)
        form.refuse("password", rules.WRONG_PASSWORD)
    return _password_page(form, status=422)


def _to_factor(half: Halfway) -> ResponseReturnValue:
    entrance.note_halfway(Halfway(half.account_id, half.by, half.next_path, half.grant_id, password_known=True))
    return redirect(url_for(".first_factor"), code=303)


def _password_page(form: CurrentPasswordForm | NewPasswordForm, *, status: int = 200) -> tuple[str, int]:
    chosen = isinstance(form, CurrentPasswordForm)
    return render_template(
        "credentials/first_password.html", form=form, chosen=chosen, shortest=rules.SHORTEST[True]
    ), status


@bp.get("/entrer/premiere-fois/deuxieme-facteur", allow=Action.PUBLIC)
def first_factor() -> ResponseReturnValue:
    """An application on one's telephone, or a key of this device."""
    half = _beginner(password_known=True)
    if half is None:
        return _lost()
    return _factor_page(half, PasskeyForm())


@bp.post("/entrer/premiere-fois/application", allow=Action.PUBLIC)
def begin_first_app() -> ResponseReturnValue:
    """Draw its secret."""
    half = _beginner(password_known=True)
    if half is None:
        return _lost()
    public_id = services.begin_app(account_id=half.account_id, name=_("Mon téléphone"))
    return redirect(url_for(".first_app", public_id=public_id), code=303)


@bp.get("/entrer/premiere-fois/application/<public_id>", allow=Action.PUBLIC)
def first_app(public_id: str) -> ResponseReturnValue:
    """The square to scan, and the code to type."""
    half = _beginner(password_known=True)
    if half is None:
        return _lost()
    return showing.app_page(half.account_id, public_id, AppCodeForm(), first=True)


@bp.post("/entrer/premiere-fois/application/<public_id>", allow=Action.PUBLIC)
def confirm_first_app(public_id: str) -> ResponseReturnValue:
    """The first code: the application works, and one is in."""
    half, form = _beginner(password_known=True), AppCodeForm.sent()
    if half is None:
        return _lost()
    confirmed, headers = confirm(form, account_id=half.account_id, public_id=public_id)
    if confirmed:
        return _come_in(half)
    return showing.app_page(
        half.account_id, public_id, form, first=True, status=TOO_MANY if headers else 422, headers=headers
    )


@bp.post("/entrer/premiere-fois/cle", allow=Action.PUBLIC)
def add_first_passkey() -> ResponseReturnValue:
    """The key that this device has made."""
    half, form = _beginner(password_known=True), PasskeyForm.sent()
    if half is None:
        return _lost()
    asked, name = ceremony.asked(), form.named(_("Ma clé d’accès"))
    if form.validate() and services.add_passkey(account_id=half.account_id, name=name, answer=form.answer, asked=asked):
        return _come_in(half)
    form.refuse("credential", rules.WRONG_KEY)
    return _factor_page(half, form, status=422)


def _factor_page(half: Halfway, form: PasskeyForm, *, status: int = 200) -> ResponseReturnValue:
    options = ceremony.to_create(half.account_id)
    return render_template("credentials/first_factor.html", form=form, options=options), status


def _come_in(half: Halfway) -> ResponseReturnValue:
    """In, with ten codes to keep before anything else."""
    url = entrance.come_in_fully(half)
    showing.keep_codes(services.draw_codes(account_id=half.account_id), next_path=url)
    session.modified = True
    return redirect(url_for("credentials.codes"), code=303)
