"""Where anybody checks a sealed charter: the file, or what is printed on paper. Nobody's name is in the answer (SIG-10)."""

from datetime import timedelta

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from portal.charter import services
from portal.charter.forms import FileForm, PrintForm
from portal.charter.keys import Trust
from portal.charter.routes.blueprint import bp
from portal.charter.services import Checked
from portal.platform import limits
from portal.policy import Action

MOST, WITHIN = 30, timedelta(minutes=10)
"""Checks from one network address: a clerk's pile of papers passes; judging a file costs a fifth of a second."""


@bp.get("/verifier", allow=Action.PUBLIC)
def check() -> ResponseReturnValue:
    """Drop the file, or type what is printed."""
    return _page()


@bp.post("/verifier", allow=Action.PUBLIC)
def check_file() -> ResponseReturnValue:
    """Judge a file; nothing of it is kept."""
    form = FileForm.dropped()
    if not form.validate():
        return _page(file_form=form, status=422)
    _not_too_often()
    return _page(checked=services.check_file(form.content, trust=_trust()))


@bp.post("/verifier/papier", allow=Action.PUBLIC)
def check_print() -> ResponseReturnValue:
    """Judge the file that we keep under this reference and this fingerprint."""
    form = PrintForm.sent()
    if not form.validate():
        return _page(print_form=form, status=422)
    _not_too_often()
    return _page(checked=services.check_print(reference=str(form.loan), digest=form.start, trust=_trust()))


def _not_too_often() -> None:
    limits.require("charter check", request.remote_addr or "", most=MOST, within=WITHIN)


def _trust() -> Trust:
    return services.trust(current_app.config["SETTINGS"])


def _page(
    *,
    file_form: FileForm | None = None,
    print_form: PrintForm | None = None,
    checked: Checked | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "charter/check.html",
        form=file_form or print_form or FileForm(),
        file_form=file_form or FileForm(),
        print_form=print_form or PrintForm(),
        checked=checked,
    )
    return page, status
