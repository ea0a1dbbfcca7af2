"""What the lycée calls its MEF: asked by an import, once; corrected here at any time."""

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.platform import htmx
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.policy import Action
from portal.roster import services
from portal.roster.forms import LevelsForm, levels_form
from portal.roster.models import RosterImport
from portal.roster.queries import imports, levels
from portal.roster.reading.mef import proposed_label
from portal.roster.routes.blueprint import bp, school_id


def courses(asked: RosterImport) -> list[dict[str, Any]]:
    """The MEF that an import asks about; none when it asks about columns, or nothing."""
    question = (asked.columns or {}).get("question")
    return question.get("courses", []) if isinstance(question, dict) else []


def question_page(asked: RosterImport) -> ResponseReturnValue:
    """The MEF that nothing names, each with a label to confirm."""
    return _question_page(asked, _asking(asked))


def _asking(asked: RosterImport) -> LevelsForm:
    return levels_form({course["code"]: proposed_label(course["code"]) for course in courses(asked)})


def _question_page(asked: RosterImport, form: LevelsForm, status: int = 200) -> ResponseReturnValue:
    return render_template("roster/name_levels.html", asked=asked, form=form, courses=courses(asked)), status


@bp.post("/eleves/import/<public_id>/formations", allow=Action.IMPORT_ROSTER)
def name_levels(public_id: str) -> ResponseReturnValue:
    """Labels for the MEF of this import, and of the next ones."""
    asked = imports.one(public_id)
    form = _asking(asked)
    if not form.validate():
        return _question_page(asked, form, 422)
    services.name_levels(public_id, labels=form.labels)
    return redirect(url_for(".show_import", public_id=public_id), code=303)


@bp.get("/eleves/formations", allow=Action.IMPORT_ROSTER, shows=Shown.NOBODY)
def all_levels() -> ResponseReturnValue:
    """Every MEF that the lycée has named."""
    return _levels_page(_known())


def _known() -> LevelsForm:
    return levels_form({one.code: one.label for one in levels.labels(school_id())})


def _levels_page(form: LevelsForm, status: int = 200) -> ResponseReturnValue:
    return render_template("roster/levels.html", form=form), status


@bp.post("/eleves/formations", allow=Action.IMPORT_ROSTER)
def rename_levels() -> ResponseReturnValue:
    """Other labels, for the next imports."""
    form = _known()
    if not form.validate():
        return _levels_page(form, 422)
    services.remember_levels(school_id=school_id(), labels=form.labels)
    return htmx.done(_("Les noms sont enregistrés. Ils serviront au prochain import."), url_for(".all_levels"))
