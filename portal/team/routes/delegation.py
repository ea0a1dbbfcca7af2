"""The head is away: a deputy holds the role from a day to another."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.rules import RoleHeld
from portal.kernel import clock
from portal.platform import htmx
from portal.platform.consultation import Shown
from portal.platform.i18n import format_day
from portal.platform.web import me
from portal.policy import Action
from portal.team import queries, services
from portal.team.forms import DelegationForm
from portal.team.routes.blueprint import bp, own_school
from portal.team.rules import NotDelegable


@bp.get("/equipe/delegation", allow=Action.DELEGATE_HEAD, shows=Shown.NOBODY)
def delegation() -> ResponseReturnValue:
    """To whom, and until when."""
    return _page(DelegationForm(first=clock.today()))


def _page(form: DelegationForm, *, status: int = 200) -> ResponseReturnValue:
    form.offer(queries.deputies(own_school(), but=me().account_id))
    latest = queries.campaign_ends(own_school())
    return render_template("team/delegation.html", form=form, latest=latest), status


@bp.post("/equipe/delegation", allow=Action.DELEGATE_HEAD)
def delegate() -> ResponseReturnValue:
    """Give the role for that time."""
    form = DelegationForm.sent().offer(queries.deputies(own_school(), but=me().account_id))
    if not form.validate() or not _delegated(form):
        return _page(form, status=422)
    name, first, last = form.people[form.deputy.data], form.first.data, form.last.data
    return htmx.done(
        f"{name} vous remplace du {format_day(first)} au {format_day(last)}. Un e-mail le lui dit.", url_for(".home")
    )


def _delegated(form: DelegationForm) -> bool:
    """Give the role, or say on the form why not."""
    first, last = form.first.data, form.last.data
    assert first is not None, "the form has it"
    assert last is not None, "the form has it"
    try:
        services.delegate(deputy=int(form.deputy.data), school_id=own_school(), first=first, last=last, by=me())
    except (NotDelegable, RoleHeld) as refusal:
        form.refuse("last", refusal.message)
    return not form.errors
