"""A day's helpers: the square that the office prints, and the page that it opens."""

from datetime import timedelta

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import entrance
from portal.kernel import clock
from portal.platform import htmx, limits, pages
from portal.platform.codes import qr_path
from portal.platform.consultation import Shown
from portal.platform.web import me
from portal.policy import Action
from portal.schools import queries as schools
from portal.team import queries, rules, services
from portal.team.forms import HelperForm, PassForm
from portal.team.routes.blueprint import bp, own_school
from portal.team.services.day_passes import Shut

pages.entry("Aides au scan", "team.passes", Action.INVITE_HELPERS, rank=pages.SELDOM)

GONE, TOO_MANY = 410, 429
QUARTER = timedelta(minutes=15)
SQUARE_MM = 2.4
"""Width of one square of the code on the wall: it is read from two metres."""


@bp.get("/equipe/aides", allow=Action.INVITE_HELPERS, shows=Shown.NOBODY)
def passes() -> ResponseReturnValue:
    """The squares of the lycée, and a new one."""
    return _passes_page(PassForm(day=clock.today(), most=rules.USUAL_HELPERS))


def _passes_page(form: PassForm, *, status: int = 200) -> ResponseReturnValue:
    return render_template("team/passes.html", passes=queries.passes(), form=form, today=clock.today()), status


@bp.post("/equipe/aides", allow=Action.INVITE_HELPERS)
def make_pass() -> ResponseReturnValue:
    """A square for a day."""
    form = PassForm.sent()
    if not form.validate():
        return _passes_page(form, status=422)
    day, most = form.day.data, form.most.data
    assert day is not None, "the form has it"
    public_id = services.make_pass(school_id=own_school(), by=me().account_id, day=day, most=most or 1)
    return redirect(url_for(".helper_pass", public_id=public_id), code=303)


@bp.get("/equipe/aides/<public_id>", allow=Action.INVITE_HELPERS, shows=Shown.NOBODY)
def helper_pass(public_id: str) -> ResponseReturnValue:
    """To print and to put on the wall; and who has come by it."""
    found = queries.helper_pass(public_id)
    address = current_app.config["SETTINGS"].base_url + url_for(".helper_door", token=services.token_of(public_id))
    square = qr_path(address, label="Carré à scanner pour aider", module_mm=SQUARE_MM)
    return render_template(
        "team/pass.html",
        helper_pass=found,
        square=square,
        address=address,
        helpers=queries.helpers(found.id),
        school=schools.one(found.school_id),
        today=clock.today(),
    )


@bp.post("/equipe/aides/<public_id>/fermer", allow=Action.INVITE_HELPERS)
def revoke_pass(public_id: str) -> ResponseReturnValue:
    """At once, for everybody who came by it."""
    services.revoke_pass(public_id)
    return htmx.done("Le carré est fermé. Les aides entrés avec lui ne scannent plus.", url_for(".passes"))


@bp.get("/aide/<token>", allow=Action.PUBLIC)
def helper_door(token: str) -> ResponseReturnValue:
    """Where the square leads: a first name and a button."""
    return _door_page(token, HelperForm())


def _door_page(token: str, form: HelperForm, *, status: int = 200) -> ResponseReturnValue:
    place, refusal = services.look_at_pass(token)
    page = render_template("team/helper_door.html", token=token, place=place, refusal=refusal, form=form)
    return page, GONE if refusal and status != TOO_MANY else status


@bp.post("/aide/<token>", allow=Action.PUBLIC)
def help_out(token: str) -> ResponseReturnValue:
    """Come in until tonight, to scan and nothing else."""
    form = HelperForm.sent()
    if not form.validate():
        return _door_page(token, form, status=422)
    limits.require("helper.place", request.remote_addr or "", most=rules.MOST_ASKED, within=QUARTER)
    try:
        came = services.come_by_pass(token=token, name=form.name.data or "")
    except Shut:
        return _door_page(token, form, status=GONE)
    # The square stands for both factors: what it opens reads no file, and closes tonight.
    entrance.come_in(came.account_id, came.grant_id, both_factors=True, by="pass")
    return redirect(url_for("accounts.home"), code=303)
