"""A person's own data: a copy, who looked, and what they ask."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.kernel.errors import DomainError
from portal.platform import files, htmx, pages
from portal.platform.i18n import gettext as _
from portal.platform.web import me
from portal.policy import ROLE_LABELS, Action
from portal.privacy import wording
from portal.privacy.forms import RightsForm
from portal.privacy.queries import desk, views
from portal.privacy.routes.blueprint import bp
from portal.privacy.services import exporting, rights
from portal.privacy.states import ExportState, Right

pages.entry("Mes données", "privacy.mine", Action.READ_OWN_DATA, rank=pages.SELDOM)
WORDS = {
    "rights": wording.RIGHTS,
    "states": wording.STATES,
    "export_states": wording.EXPORT_STATES,
}


@bp.get("/mes-donnees", allow=Action.READ_OWN_DATA)
def mine() -> ResponseReturnValue:
    """What one may do about one's data, and what one asked."""
    students, asked = desk.mine(me().account_id)
    return render_template("privacy/family/mine.html", students=students, asked=asked, **WORDS)


@bp.get("/mes-donnees/copies", allow=Action.READ_OWN_DATA)
def copies() -> ResponseReturnValue:
    """The copies that were made, for seven days."""
    return render_template("privacy/family/copies.html", exports=desk.own_exports(me().account_id), **WORDS)


@bp.post("/mes-donnees/copies", allow=Action.READ_OWN_DATA)
def ask_copy() -> ResponseReturnValue:
    """A copy of everything, made in a moment."""
    try:
        exporting.ask_own(account_id=me().account_id)
        flash(_("Votre copie se prépare. Elle sera sur cette page dans une minute, pour sept jours."), "done")
    except DomainError as refusal:
        flash(str(refusal.message), "info")
    return htmx.go(url_for(".copies"))


@bp.get("/mes-donnees/copies/<public_id>/fichier", allow=Action.READ_OWN_DATA)
def copy_file(public_id: str) -> ResponseReturnValue:
    """The copy; its name tells nothing of anybody."""
    export = desk.own_export(public_id, account_id=me().account_id)
    if export.state is not ExportState.READY or not export.file_key:
        return redirect(url_for(".copies"))
    return files.read(export.file_key), ZIP


ZIP = {"Content-Type": "application/zip", "Content-Disposition": 'attachment; filename="mes-donnees.zip"'}


@bp.get("/mes-donnees/consultations/<public_id>", allow=Action.READ_OWN_DATA)
def who_looked(public_id: str) -> ResponseReturnValue:
    """Who opened a student's file: roles and days, no name."""
    student, looks = views.looks(public_id)
    return render_template("privacy/family/looks.html", student=student, looks=looks, roles=ROLE_LABELS)


@bp.get("/mes-donnees/demande", allow=Action.READ_OWN_DATA)
def begin_request() -> ResponseReturnValue:
    """Correct, erase, object."""
    return _form(RightsForm())


def _form(form: RightsForm, *, status: int = 200) -> ResponseReturnValue:
    form.offer({student.public_id: f"{student.given_name} {student.family_name}" for student in views.of_students()})
    return render_template("privacy/family/ask.html", form=form, hints=wording.RIGHT_HINTS), status


@bp.post("/mes-donnees/demande", allow=Action.READ_OWN_DATA)
def send_request() -> ResponseReturnValue:
    """Write it down; the lycée answers."""
    known = {student.public_id: student for student in views.of_students()}
    form = RightsForm.sent().offer({key: f"{one.given_name} {one.family_name}" for key, one in known.items()})
    if not form.validate():
        return _form(form, status=422)
    right, student_id = Right(form.kind.data), known[form.eleve.data].id
    rights.ask(kind=right, student_id=student_id, account_id=me().account_id, details=form.details.data or "")
    flash(_("Votre demande est notée. La réponse sera sur cette page."), "done")
    return htmx.go(url_for(".mine"))


@bp.post("/mes-donnees/demandes/<public_id>/retrait", allow=Action.READ_OWN_DATA)
def withdraw_request(public_id: str) -> ResponseReturnValue:
    """Give it up."""
    rights.withdraw(desk.own_request(public_id, account_id=me().account_id).id)
    flash(_("Votre demande est retirée."), "done")
    return htmx.go(url_for(".mine"))
