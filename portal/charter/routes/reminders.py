"""The region's days of reminder, for the lycées that have none of their own."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.charter.forms.editing import RemindersForm
from portal.charter.queries import texts
from portal.charter.queries.texts import Desk
from portal.charter.routes.blueprint import bp
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.policy import Action
from portal.schools import services as schools
from portal.schools.reminders import USUAL, of_region, write_days

ADDRESS = "/textes-de-charte/<campaign>/relances"


@bp.get(ADDRESS, allow=Action.EDIT_CHARTER, shows=Shown.NOBODY)
def reminders(campaign: str) -> ResponseReturnValue:
    """The days as they are."""
    desk = texts.desk(campaign)
    return _page(desk, RemindersForm(data={"days": write_days(of_region(desk.region.profile))}))


@bp.post(ADDRESS, allow=Action.EDIT_CHARTER)
def save_reminders(campaign: str) -> ResponseReturnValue:
    """Keep them."""
    desk, form = texts.desk(campaign), RemindersForm.sent()
    if not form.validate():
        return _page(desk, form, status=422)
    schools.change_reminders(desk.region.id, days=form.days.days)
    flash(_("Les jours de relance sont enregistrés."), "done")
    return redirect(url_for(".versions"), code=303)


def _page(desk: Desk, form: RemindersForm, *, status: int = 200) -> ResponseReturnValue:
    return render_template("charter/reminders.html", desk=desk, form=form, usual=write_days(USUAL)), status
