"""The region's campaigns: what runs, what comes next, and what they lack."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.kernel import clock
from portal.platform import pages
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.policy import Action
from portal.schools import queries, services, wording
from portal.schools.campaign_form import CampaignForm, LastDayForm
from portal.schools.campaigns import Known, NotPlanned, NotWithdrawn, Standing, concerns, standing
from portal.schools.routes.blueprint import bp

ONE = "/region/campagnes/<name>"
UNREADABLE = 422
pages.entry("Campagnes", "schools.campaigns", Action.PLAN_CAMPAIGN, rank=pages.SELDOM)


def _campaign(name: str) -> tuple[Known, Standing]:
    """The campaign that the address names, and where it stands."""
    known = queries.campaigns()
    one = next((one for one in known if one.name == name), None) or abort(404)
    return one, standing(one, others=known, today=clock.today())


@bp.get("/region/campagnes", allow=Action.PLAN_CAMPAIGN, shows=Shown.NOBODY)
def campaigns() -> ResponseReturnValue:
    """Every campaign, the latest first."""
    known, today = queries.campaigns(), clock.today()
    rows = [(one, standing(one, others=known, today=today)) for one in known]
    told = wording.concerns_in_words(concerns(known, today=today), today=today)
    return render_template("schools/campaigns.html", rows=rows, standings=wording.STANDINGS, concerns=told)


@bp.get("/region/campagnes/suivante/preparation", allow=Action.PLAN_CAMPAIGN, shows=Shown.NOBODY)
def new_campaign() -> ResponseReturnValue:
    """The next one, as it most likely will be."""
    known = queries.campaigns()
    return _page(CampaignForm.of(known[0].a_year_later() if known else None), None)


def _page(form: LastDayForm, campaign: Known | None, status: int = 200) -> ResponseReturnValue:
    return render_template("schools/campaign.html", form=form, campaign=campaign, whole="kit" in form), status


@bp.post("/region/campagnes/suivante/preparation", allow=Action.PLAN_CAMPAIGN)
def plan_campaign() -> ResponseReturnValue:
    """Keep it; nothing changes for families before its first day."""
    form = CampaignForm.sent()
    if not form.validate():
        return _page(form, None, UNREADABLE)
    try:
        services.plan_campaign(form.plan)
    except NotPlanned as refusal:
        form.refuse(refusal.field, refusal.message)
        return _page(form, None, UNREADABLE)
    flash(_("La campagne %(name)s est prête. Écrivez maintenant sa charte.", name=form.plan.name), "done")
    return redirect(url_for(".campaigns"), code=303)


@bp.get(ONE, allow=Action.PLAN_CAMPAIGN, shows=Shown.NOBODY)
def edit_campaign(name: str) -> ResponseReturnValue:
    """What may still change of it."""
    campaign, now = _campaign(name)
    if now is Standing.OVER:
        abort(404)
    return _page(CampaignForm.of(campaign) if now is Standing.COMING else LastDayForm(obj=campaign), campaign)


@bp.post(ONE, allow=Action.PLAN_CAMPAIGN)
def change_campaign(name: str) -> ResponseReturnValue:
    """Keep what changed."""
    campaign, now = _campaign(name)
    form = CampaignForm.sent() if now is Standing.COMING else LastDayForm.sent()
    if not form.validate():
        return _page(form, campaign, UNREADABLE)
    plan = form.after(campaign.plan)
    try:
        services.change_campaign(campaign.id, plan)
    except NotPlanned as refusal:
        form.refuse(refusal.field, refusal.message)
        return _page(form, campaign, UNREADABLE)
    flash(_("La campagne %(name)s est enregistrée.", name=plan.name), "done")
    return redirect(url_for(".campaigns"), code=303)


@bp.post(f"{ONE}/retrait", allow=Action.PLAN_CAMPAIGN)
def withdraw_campaign(name: str) -> ResponseReturnValue:
    """Forget one that has not begun."""
    campaign, _now = _campaign(name)
    try:
        services.withdraw_campaign(campaign.id)
    except NotWithdrawn as refusal:
        flash(refusal.message, "problem")
        return redirect(url_for(".edit_campaign", name=name), code=303)
    flash(_("La campagne %(name)s est retirée.", name=name), "done")
    return redirect(url_for(".campaigns"), code=303)
