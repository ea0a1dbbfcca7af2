"""The doors with a password, and the second step of staff. Nobody is signed in before its end."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import entrance
from portal.accounts import queries as accounts
from portal.accounts.entrance import Halfway
from portal.accounts.rules import safe_path
from portal.accounts.services import Door, canonical
from portal.credentials import queries, rules, services
from portal.credentials.forms import AppCodeForm, EntryForm, PasskeyForm, RecoveryCodeForm
from portal.credentials.routes import ceremony
from portal.credentials.routes.blueprint import TOO_MANY, bp, must_wait, refused
from portal.platform import limits
from portal.platform.forms import Form
from portal.platform.i18n import gettext as _
from portal.platform.web import somebody
from portal.policy import Action

STAFF, FAMILY = "credentials/staff_door.html", "credentials/family_door.html"
SECOND = "second-step"


@entrance.second_step_is_asked_at
def second_step_url() -> str:
    """Where staff go on after their first proof."""
    return url_for("credentials.second_step")


@bp.get("/entrer/personnel", allow=Action.PUBLIC)
def staff_door() -> ResponseReturnValue:
    """Staff: e-mail and password, then a second factor."""
    return _door(STAFF)


@bp.get("/entrer/mot-de-passe", allow=Action.PUBLIC)
def family_door() -> ResponseReturnValue:
    """Families who have chosen a password."""
    return _door(FAMILY)


@bp.post("/entrer/personnel", allow=Action.PUBLIC)
def enter_as_staff() -> ResponseReturnValue:
    """The first step."""
    return _knock(STAFF)


@bp.post("/entrer/mot-de-passe", allow=Action.PUBLIC)
def enter_by_password() -> ResponseReturnValue:
    """Come in; staff who knock here go on to their second step."""
    return _knock(FAMILY)


def _door(page: str) -> ResponseReturnValue:
    suite = safe_path(request.args.get("suite"))
    if somebody():
        return redirect(suite or url_for("accounts.home"))
    return render_template(page, form=EntryForm(contact=session.get("asked_contact"), suite=suite))


def _knock(page: str) -> ResponseReturnValue:
    """Counted before it is looked at, whoever is named: the answer tells nobody which addresses exist (SEC-11)."""
    form = EntryForm.sent()
    if not form.validate():
        return render_template(page, form=form), 422
    contact = canonical(form.contact.data or "")
    if seconds := must_wait("password", contact):
        headers = refused(form, "password", seconds)
        return render_template(page, form=form), TOO_MANY, headers
    account_id = services.check_password(contact=contact, password=form.password.data or "")
    if account_id is None:
        form.refuse("password", rules.WRONG_PAIR)
        return render_template(page, form=form), 422
    limits.forget("password", contact)
    return redirect(entrance.arrive(Door(account_id, form.suite.data), by="password"), code=303)


@bp.get("/entrer/deuxieme-etape", allow=Action.PUBLIC)
def second_step() -> ResponseReturnValue:
    """A code, a key, or a code on paper; the first time, where to begin."""
    half = entrance.halfway()
    if half is None:
        return _start_again()
    if not queries.has_second_factor(half.account_id):
        return _first_time(half)
    return _second_page(half, AppCodeForm())


@bp.post("/entrer/deuxieme-etape", allow=Action.PUBLIC)
def type_app_code() -> ResponseReturnValue:
    """The code of the application."""
    half, form = entrance.halfway(), AppCodeForm.sent()
    if half is None:
        return _start_again()
    if not form.validate():
        return _second_page(half, form, status=422)
    if seconds := must_wait(SECOND, str(half.account_id)):
        return _second_page(half, form, status=TOO_MANY, headers=refused(form, "code", seconds))
    if not services.use_app(account_id=half.account_id, code=form.code.data or ""):
        form.refuse("code", rules.WRONG_CODE)
        return _second_page(half, form, status=422)
    return _come_in(half)


@bp.post("/entrer/deuxieme-etape/cle", allow=Action.PUBLIC)
def show_passkey() -> ResponseReturnValue:
    """What the device signed."""
    half, form = entrance.halfway(), PasskeyForm.sent()
    if half is None:
        return _start_again()
    seconds, asked = must_wait(SECOND, str(half.account_id)), ceremony.asked()
    if seconds:
        return _second_page(half, form, status=TOO_MANY, headers=refused(form, "credential", seconds))
    if not services.use_passkey(account_id=half.account_id, answer=form.answer, asked=asked):
        form.refuse("credential", rules.WRONG_KEY)
        return _second_page(half, form, status=422)
    return _come_in(half)


@bp.get("/entrer/deuxieme-etape/secours", allow=Action.PUBLIC)
def recovery() -> ResponseReturnValue:
    """The telephone is lost: a code on paper, or somebody who can help."""
    if entrance.halfway() is None:
        return _start_again()
    return render_template("credentials/recovery.html", form=RecoveryCodeForm())


@bp.post("/entrer/deuxieme-etape/secours", allow=Action.PUBLIC)
def type_recovery_code() -> ResponseReturnValue:
    """One of the ten, once."""
    half, form = entrance.halfway(), RecoveryCodeForm.sent()
    if half is None:
        return _start_again()
    status, headers = 422, {}
    if form.validate():
        if seconds := must_wait(SECOND, str(half.account_id)):
            status, headers = TOO_MANY, refused(form, "code", seconds)
        elif services.use_code(account_id=half.account_id, code=form.code.data or ""):
            return _come_in(half, at=url_for("credentials.account"))
        else:
            form.refuse("code", rules.WRONG_RECOVERY)
    return render_template("credentials/recovery.html", form=form), status, headers


@bp.post("/entrer/deuxieme-etape/famille", allow=Action.PUBLIC)
def go_on_as_family() -> ResponseReturnValue:
    """A parent who works at the lycée sees their own children without the second factor."""
    half = entrance.halfway()
    if half is None or not _is_family(half):
        return _start_again()
    return redirect(entrance.come_in_as_family(half), code=303)


def _is_family(half: Halfway) -> bool:
    return any(hat.grant_id == 0 for hat in accounts.hats(half.account_id))


def _second_page(
    half: Halfway, form: Form, *, status: int = 200, headers: dict[str, str] | None = None
) -> ResponseReturnValue:
    means = queries.means(half.account_id)
    options = ceremony.to_use(half.account_id) if means.passkeys else ""
    code_form = form if isinstance(form, AppCodeForm) else AppCodeForm()
    page = render_template(
        "credentials/second_step.html",
        form=form,
        code_form=code_form,
        means=means,
        options=options,
        family=_is_family(half),
    )
    return page, status, headers or {}


def _come_in(half: Halfway, *, at: str = "") -> ResponseReturnValue:
    limits.forget(SECOND, str(half.account_id))
    url = entrance.come_in_fully(half)
    if at:
        flash(_("Vous êtes entré avec un code de secours. Ajoutez ici votre nouveau téléphone."), "waiting")
    return redirect(at or url, code=303)


def _start_again() -> ResponseReturnValue:
    """Nothing is known of this browser any more."""
    if somebody():
        return redirect(url_for("accounts.home"), code=303)
    flash(_("Un quart d’heure est passé. Recommencez, c’est rapide."), "waiting")
    return redirect(url_for("credentials.staff_door"), code=303)


def _first_time(half: Halfway) -> ResponseReturnValue:
    """A second factor is set up from the mailbox only: a password that was stolen sets up nothing."""
    if half.by == "link":
        return redirect(url_for("credentials.first_password"))
    flash(_("Vous n’avez pas encore de deuxième facteur. Demandez un lien : il mène à l’installation."), "waiting")
    return redirect(url_for("accounts.enter"))
