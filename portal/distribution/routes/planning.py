"""Sessions: the list, a plan, who is ready, opening and closing."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.charter import services as charter
from portal.charter import wording as charter_words
from portal.charter.rules import EMAIL, SMS
from portal.distribution.forms import PlanForm
from portal.distribution.queries import people
from portal.distribution.queries import sessions as queries
from portal.distribution.routes.blueprint import bp
from portal.distribution.rules import Missing, Readiness
from portal.distribution.services import planning
from portal.distribution.states import SessionState
from portal.distribution.wording_sessions import READINESS, REASONS, STATES, refreshed
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.pages import NOW_AND_THEN, entry
from portal.platform.web import me
from portal.policy import Action

entry("Distribution", "distribution.sessions", Action.WATCH_DISTRIBUTION, rank=NOW_AND_THEN)

UNREADABLE = 422


@bp.get("/distribution", allow=Action.WATCH_DISTRIBUTION, shows=Shown.NOBODY)
def sessions() -> ResponseReturnValue:
    """The sessions of the lycée, the latest day first."""
    found = queries.sessions()
    return render_template("distribution/sessions.html", sessions=found, today=clock.today())


def _form_page(form: PlanForm, session: Any = None, *, status: int = 200) -> ResponseReturnValue:
    day = form.day.data or clock.today()
    classes = queries.classes_of_school(on=day)
    return render_template("distribution/plan.html", form=form, classes=classes, sitting=session), status


@bp.get("/distribution/nouvelle", allow=Action.PLAN_DISTRIBUTION, shows=Shown.NOBODY)
def new() -> ResponseReturnValue:
    """An empty plan."""
    return _form_page(PlanForm.new())


@bp.post("/distribution/nouvelle", allow=Action.PLAN_DISTRIBUTION)
def plan() -> ResponseReturnValue:
    """Plan a session, and make its list."""
    form = PlanForm.sent().read_hours(request.form)
    if not form.validate():
        return _form_page(form, status=UNREADABLE)
    try:
        public_id = planning.plan(form.plan, school_id=min(me().school_ids), by=me().account_id)
    except DomainError as refusal:
        form.refuse("day", refusal.message)
        return _form_page(form, status=UNREADABLE)
    flash(_("La séance est prévue. Sa liste suit les classes cochées."), "done")
    return redirect(url_for(".show", public_id=public_id), code=303)


@bp.get("/distribution/<public_id>", allow=Action.WATCH_DISTRIBUTION, shows=Shown.LIST)
def show(public_id: str) -> ResponseReturnValue:
    """Who is ready, and what to settle for the others."""
    return render_template("distribution/show.html", **_board(public_id))


@bp.get("/distribution/<public_id>/liste", allow=Action.WATCH_DISTRIBUTION, shows=Shown.LIST)
def listed(public_id: str) -> ResponseReturnValue:
    """Everybody, class by class, and what changed when the list was last refreshed."""
    return render_template("distribution/list.html", **_board(public_id))


def _board(public_id: str) -> dict[str, Any]:
    board = people.board(public_id)
    return {"board": board, "sitting": board.session, "by_class": people.by_class, "today": clock.today()}


@bp.get("/distribution/<public_id>/modifier", allow=Action.PLAN_DISTRIBUTION, shows=Shown.NOBODY)
def edit(public_id: str) -> ResponseReturnValue:
    """The plan as it is."""
    session = queries.one(public_id)
    form = PlanForm.of(session, queries.classes(session.id), queries.stations_of(session.id))
    return _form_page(form, session)


@bp.post("/distribution/<public_id>/modifier", allow=Action.PLAN_DISTRIBUTION)
def replan(public_id: str) -> ResponseReturnValue:
    """Change a plan."""
    form = PlanForm.sent().read_hours(request.form)
    if not form.validate():
        return _form_page(form, queries.one(public_id), status=UNREADABLE)
    try:
        planning.replan(public_id, form.plan)
    except DomainError as refusal:
        form.refuse("day", refusal.message)
        return _form_page(form, queries.one(public_id), status=UNREADABLE)
    return _back(public_id, _("La séance est modifiée, et sa liste mise à jour."))


def _back(public_id: str, sentence: str, tone: str = "done") -> ResponseReturnValue:
    flash(sentence, tone)
    return redirect(url_for(".show", public_id=public_id), code=303)


@bp.post("/distribution/<public_id>/liste", allow=Action.PLAN_DISTRIBUTION)
def refresh(public_id: str) -> ResponseReturnValue:
    """Follow the roster."""
    flash(refreshed(planning.refresh(public_id)), "done")
    return redirect(url_for(".listed", public_id=public_id), code=303)


@bp.post("/distribution/<public_id>/supprimer", allow=Action.PLAN_DISTRIBUTION)
def remove(public_id: str) -> ResponseReturnValue:
    """Remove what never took place."""
    planning.remove(public_id)
    flash(_("La séance est supprimée. Les étiquettes déjà imprimées restent bonnes."), "done")
    return redirect(url_for(".sessions"), code=303)


@bp.post("/distribution/<public_id>/ouvrir", allow=Action.PLAN_DISTRIBUTION)
def open_session(public_id: str) -> ResponseReturnValue:
    """The stations may scan."""
    planning.open_session(public_id)
    return _back(public_id, _("La séance est ouverte. Les postes peuvent scanner."))


@bp.post("/distribution/<public_id>/clore", allow=Action.PLAN_DISTRIBUTION)
def close_session(public_id: str) -> ResponseReturnValue:
    """The day is over."""
    planning.close_session(public_id)
    return _back(public_id, _("La séance est close. Les élèves qui ne sont pas venus sont notés absents."))


@bp.post("/distribution/<public_id>/rouvrir", allow=Action.PLAN_DISTRIBUTION)
def reopen_session(public_id: str) -> ResponseReturnValue:
    """Go on."""
    planning.reopen_session(public_id)
    return _back(public_id, _("La séance est rouverte. Les absents sont de nouveau attendus."))


@bp.post("/distribution/<public_id>/relances", allow=Action.ATTEND_CHARTER)
def remind(public_id: str) -> ResponseReturnValue:
    """Remind the families of a class whose signature is missing."""
    channel = SMS if request.form.get("par") == SMS else EMAIL
    said = charter.remind(people.unsigned(public_id, request.form.get("classe", "")), channel=channel)
    return _back(public_id, charter_words.reminded(said, ticked=True), "done" if said.sent else "waiting")


@bp.app_template_filter("session_words")
def _session_words(state: SessionState) -> tuple[str, str]:
    """A session's state in French, and its tone."""
    word, tone = STATES[state]
    return _(word), tone


@bp.app_template_filter("readiness_words")
def _readiness_words(ready: Readiness) -> tuple[str, str]:
    """What stands in a student's way, and its tone."""
    word, tone = READINESS[ready]
    return _(word), tone


@bp.app_template_filter("missing_words")
def _missing_words(why: Missing | Readiness) -> tuple[str, str]:
    """Why a student has no device, and its tone."""
    word, tone = REASONS[why]
    return _(word), tone
