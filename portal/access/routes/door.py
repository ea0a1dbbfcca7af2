"""The door of those who hold a letter. The code never stands in an address that a server sees."""

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import services
from portal.access.forms.family import LetterForm
from portal.access.routes.blueprint import bp
from portal.access.services.door import Entry
from portal.accounts import entrance
from portal.accounts.forms import CodeForm
from portal.accounts.queries import asked_link
from portal.accounts.rules import Wait
from portal.platform import htmx, limits
from portal.platform.i18n import gettext as _
from portal.platform.web import somebody
from portal.policy import Action

FROM_ONE_ADDRESS = 60
"""Tries in ten minutes from one network address: a whole class in one room, and far from guessing 60 bits."""

WITHIN = timedelta(minutes=10)
TOO_MANY = 429


@bp.get("/acces", allow=Action.PUBLIC)
def letter() -> ResponseReturnValue:
    """Come in by a letter. The square of the letter brings the code after a `#`, which stays in the browser."""
    person = somebody()
    if person and person.may(Action.CHANGE_OWN_ACCESS):
        return redirect(url_for("access.other_school"))  # browsers carry what follows the # over
    return _page(LetterForm())


@bp.post("/acces", allow=Action.PUBLIC)
def open_door() -> ResponseReturnValue:
    """The code and the birth date."""
    form = LetterForm.sent()
    if not form.validate():
        return _page(form, status=422)
    limit_network()
    entry = services.door.come_in(code=form.symbols, birth_date=form.birth_date)
    if entry.refusal:
        form.refuse("code", entry.refusal)
        return _page(form, status=422, may_renew=entry.may_renew)
    return _enter(entry)


@bp.get("/acces/autre", allow=Action.PUBLIC)
def renewal() -> ResponseReturnValue:
    """Another way in, for a letter that has served or is too old."""
    return _renewal_page(LetterForm())


@bp.post("/acces/autre", allow=Action.PUBLIC)
def ask_another_way() -> ResponseReturnValue:
    """The same answer whether the letter exists or not."""
    form = LetterForm.sent()
    if not form.validate():
        return _renewal_page(form, status=422)
    limit_network()
    try:
        public_id = services.door.ask_another_way(
            code=form.symbols, birth_date=form.birth_date, browser=entrance.browser_key()
        )
    except Wait as wait:
        form.refuse("code", wait.message)
        return _renewal_page(form, status=TOO_MANY)
    return redirect(url_for(".wait", public_id=public_id), code=303)


@bp.get("/acces/autre/<public_id>", allow=Action.PUBLIC)
def wait(public_id: str) -> ResponseReturnValue:
    """Look at your messages, or type the code here: the same page for everybody who asked."""
    return render_template("access/wait.html", public_id=asked_link(public_id).public_id, form=CodeForm())


def limit_network() -> None:
    """Raise `TooMany` when one network address tries too often. Letters have their own five tries."""
    limits.require("access", request.remote_addr or "", most=FROM_ONE_ADDRESS, within=WITHIN)


def _enter(entry: Entry) -> ResponseReturnValue:
    """As a family, whatever else the account may be: a letter opens no role of the staff."""
    entrance.come_in(entry.account_id)
    return htmx.done(
        _("Vous êtes entré. Gardez la lettre\u00a0: son code peut servir à signer la charte."),
        url_for("accounts.home" if entry.has_email else "access.own_address"),
    )


def _page(form: LetterForm, *, status: int = 200, may_renew: bool = False) -> ResponseReturnValue:
    return render_template("access/letter.html", form=form, may_renew=may_renew), status


def _renewal_page(form: LetterForm, *, status: int = 200) -> ResponseReturnValue:
    return render_template("access/renewal.html", form=form), status
