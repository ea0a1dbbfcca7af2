"""The lycée's desk for data: requests, copies on paper requests, erasures, who looked at what, the register."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel.errors import DomainError
from portal.platform import files, pages
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.tables import Wish
from portal.platform.web import me
from portal.policy import ROLE_LABELS, Action
from portal.privacy import rules, wording
from portal.privacy.datamap import data_map
from portal.privacy.desk_words import PAGES, RULE_WORDS
from portal.privacy.forms import AnswerForm, EraseForm, RightsForm
from portal.privacy.queries import desk as queries
from portal.privacy.queries import old, views
from portal.privacy.routes.blueprint import bp
from portal.privacy.services import exporting, rights
from portal.privacy.states import ExportState, Right

pages.entry("Données", "privacy.desk", Action.READ_PRIVACY, rank=pages.SELDOM)
WORDS = {"rights": wording.RIGHTS, "states": wording.STATES, "export_states": wording.EXPORT_STATES, "may": Action}


@bp.get("/donnees", allow=Action.READ_PRIVACY, shows=Shown.LIST)
def desk() -> ResponseReturnValue:
    """What was asked, and the way to a student's data."""
    wish = Wish.read(sorts=("date",), filters=("recherche",))
    typed = wish.query.get("recherche", "")
    return render_template(
        "privacy/desk/desk.html", page=queries.requests(wish), typed=typed, found=queries.found(typed), **WORDS
    )


@bp.get("/donnees/eleves/<public_id>", allow=Action.HELP_RIGHTS, shows=Shown.STUDENT)
def person(public_id: str) -> ResponseReturnValue:
    """One student's data: copies, requests, and for the head, who looked."""
    return _person(public_id, RightsForm())


def _person(public_id: str, form: RightsForm, *, status: int = 200) -> ResponseReturnValue:
    student, guardians = queries.student_with_guardians(public_id)
    seen = views.of_file(student.id) if me().may(Action.DECIDE_RIGHTS) else []
    context: dict[str, Any] = {"student": student, "guardians": guardians, "seen": seen, "pages": PAGES}
    form.offer({student.public_id: student.name})
    return render_template("privacy/desk/person.html", form=form, **context, **WORDS), status


@bp.post("/donnees/eleves/<public_id>/copie", allow=Action.HELP_RIGHTS)
def copy_on_paper(public_id: str) -> ResponseReturnValue:
    """A copy for somebody who asked on paper: the student, or one guardian."""
    student, guardians = queries.student_with_guardians(public_id)
    chosen = next((one.id for one in guardians if one.public_id == request.form.get("personne")), None)
    whose = {"guardian_id": chosen} if chosen else {"student_id": student.id}
    export = exporting.ask_on_paper(school_id=student.school_id, by=me().account_id, **whose)
    return redirect(url_for(".copy", public_id=export.public_id), code=303)


@bp.get("/donnees/copies/<public_id>", allow=Action.HELP_RIGHTS, shows=Shown.EXPORT)
def copy(public_id: str) -> ResponseReturnValue:
    """How far the copy is, then the file."""
    return render_template("privacy/desk/copy.html", export=queries.paper_export(public_id), **WORDS)


@bp.get("/donnees/copies/<public_id>/fichier", allow=Action.HELP_RIGHTS, shows=Shown.EXPORT)
def paper_file(public_id: str) -> ResponseReturnValue:
    """The file, to be given to the person."""
    export = queries.paper_export(public_id)
    if export.state is not ExportState.READY or not export.file_key:
        return redirect(url_for(".copy", public_id=public_id))
    headers = {"Content-Type": "application/zip", "Content-Disposition": 'attachment; filename="copie-de-donnees.zip"'}
    return files.read(export.file_key), headers


@bp.post("/donnees/eleves/<public_id>/demande", allow=Action.HELP_RIGHTS)
def note_request(public_id: str) -> ResponseReturnValue:
    """Write down what somebody asked on paper or at the desk."""
    student, _guardians = queries.student_with_guardians(public_id)
    form = RightsForm.sent().offer({student.public_id: student.name})
    if not form.validate():
        return _person(public_id, form, status=422)
    right, details = Right(form.kind.data), form.details.data or ""
    asked = rights.ask(kind=right, student_id=student.id, account_id=None, details=details, on_paper=True)
    return redirect(url_for(".show_request", public_id=asked.public_id), code=303)


@bp.get("/donnees/demandes/<public_id>", allow=Action.READ_PRIVACY, shows=Shown.RIGHTS)
def show_request(public_id: str) -> ResponseReturnValue:
    """One request, its answer, or the certificate of its erasure."""
    return _request(public_id)


def _request(public_id: str, *, status: int = 200, **forms: Any) -> ResponseReturnValue:
    row = queries.request(public_id)
    asked, student = row.RightsRequest, row.Student
    obstacle = rules.obstacle(queries.loans_of(student.id)) if student and asked.kind is Right.ERASE else None
    usual = {"answer_form": AnswerForm(), "erase_form": EraseForm()} | forms
    tables = {name: table.holds for name, table in data_map().tables.items()}
    page = {"row": row, "asked": asked, "student": student, "obstacle": obstacle, "tables": tables}
    return render_template(
        "privacy/desk/request.html", **page, **usual, form=next(iter(forms.values()), None), **WORDS
    ), status


@bp.post("/donnees/demandes/<public_id>/reponse", allow=Action.DECIDE_RIGHTS)
def answer(public_id: str) -> ResponseReturnValue:
    """Answer, or refuse and say why."""
    asked, form = queries.request(public_id).RightsRequest, AnswerForm.sent()
    if not form.validate():
        return _request(public_id, status=422, answer_form=form)
    rights.answer(asked.id, text=form.text.data or "", by=me().account_id, refused="refus" in request.form)
    flash(_("La réponse est enregistrée. La personne la lit sur sa page."), "done")
    return redirect(url_for(".show_request", public_id=public_id), code=303)


@bp.post("/donnees/demandes/<public_id>/effacement", allow=Action.DECIDE_RIGHTS)
def erase(public_id: str) -> ResponseReturnValue:
    """Erase the file, once the word is typed."""
    asked, form = queries.request(public_id).RightsRequest, EraseForm.sent()
    try:
        rights.erase(asked.id, typed=form.typed.data or "", by=me().account_id)
    except DomainError as refusal:
        form.validate()
        form.refuse("typed", refusal.message)
        return _request(public_id, status=422, erase_form=form)
    flash(_("Le dossier est effacé. Voici le certificat."), "done")
    return redirect(url_for(".show_request", public_id=public_id), code=303)


@bp.get("/donnees/consultations", allow=Action.DECIDE_RIGHTS, shows=Shown.LIST)
def consultations() -> ResponseReturnValue:
    """Who looked at which file of the lycée."""
    page = views.consulted(Wish.read(sorts=("date",), filters=views.FILTERS))
    return render_template(
        "privacy/desk/consultations.html", page=page, hurried=views.hurried(), pages=PAGES, roles=ROLE_LABELS
    )


@bp.get("/donnees/registre", allow=Action.READ_REGISTER, shows=Shown.NOBODY)
def register() -> ResponseReturnValue:
    """The register of processing (GDPR, article 30), from the data map, and the proof that old data goes."""
    return render_template("privacy/desk/register.html", map=data_map(), runs=old.runs(limit=14), words=RULE_WORDS)
