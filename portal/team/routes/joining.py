"""A lycée joins: found in the directory, opened by the region, its head invited."""

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.kernel.values.phones import display_phone
from portal.platform import htmx
from portal.platform.consultation import Shown
from portal.policy import Action
from portal.schools import queries as schools
from portal.schools.rules import NotOpened, opening_obstacle
from portal.team import services
from portal.team.forms import JoinForm
from portal.team.routes.blueprint import bp

TOO_LATE, UNREADABLE = 409, 422


@bp.get("/annuaire/<uai>/ouverture", allow=Action.OPEN_SCHOOL, shows=Shown.NOBODY)
def join(uai: str) -> ResponseReturnValue:
    """What the directory knows of it, what it does not, and what opening it does."""
    place = schools.in_programme(uai)
    entry = place.DirectoryEntry
    form = JoinForm(street=entry.street, phone=display_phone(entry.phone) if entry.phone else "")
    return _page(place, form)


def _page(place: Any, form: JoinForm, *, status: int = 200) -> ResponseReturnValue:
    obstacle = opening_obstacle(ours=place.region_id is not None, taking_part=place.public_id is not None)
    return render_template("team/join.html", place=place, form=form, obstacle=obstacle), status


@bp.post("/annuaire/<uai>/ouverture", allow=Action.OPEN_SCHOOL)
def open_school(uai: str) -> ResponseReturnValue:
    """Open it, and write to those who run it."""
    place, form = schools.in_programme(uai), JoinForm.sent()
    try:
        public_id = _opened(uai, form) if form.validate() else ""
    except NotOpened:
        return _page(schools.in_programme(uai), form, status=TOO_LATE)
    if not public_id:
        return _page(place, form, status=UNREADABLE)
    sentence = f"Le lycée est ouvert. {form.head_name.data} reçoit un e-mail pour entrer."
    return htmx.done(sentence, url_for(".of_school", public_id=public_id))


def _opened(uai: str, form: JoinForm) -> str:
    """Open it, or say on the form why not."""
    street = form.street.data or ""
    try:
        return services.open_school(uai, head=form.head, manager=form.manager, street=street, phone=form.number)
    except services.UnusableAddress as unusable:
        form.refuse("street", unusable.message)
        return ""
