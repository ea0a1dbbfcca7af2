"""The students of a lycée: the list, and the file of each with who may sign today and why."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel import clock
from portal.platform import htmx, pages
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.tables import Wish
from portal.platform.web import me
from portal.policy import Action
from portal.roster import services, values
from portal.roster.forms import GuardianForm, RightForm, StudentForm
from portal.roster.queries import students as queries
from portal.roster.queries.students import FILTERS, SORTS, STATES, Person
from portal.roster.routes.blueprint import bp

pages.entry("Élèves", "roster.students", Action.READ_ROSTER, rank=pages.NOW_AND_THEN)


@bp.get("/eleves", allow=Action.READ_ROSTER, shows=Shown.LIST)
def students() -> ResponseReturnValue:
    """Every student, or those that the filters keep, with what is true of each today."""
    wish = Wish.read(sorts=tuple(SORTS), filters=FILTERS)
    page = queries.students(wish, on=clock.today())
    return render_template("roster/students.html", page=page, states=STATES, may_import=me().may(Action.IMPORT_ROSTER))


@bp.get("/eleves/<public_id>", allow=Action.READ_ROSTER, shows=Shown.STUDENT)
def student(public_id: str) -> ResponseReturnValue:
    """One student: who may sign today and why, how each guardian is reached, what may be corrected."""
    return _page(queries.person(public_id, on=clock.today()))


def _page(person: Person, refused: dict[str, Any] | None = None) -> ResponseReturnValue:
    """The page with its forms as they are, but for the one that was refused, under its name."""
    forms: dict[str, Any] = {"student": StudentForm(obj=person.student)}
    for guardian in person.guardians:
        key = guardian.row.public_id
        forms[f"fiche-{key}"] = GuardianForm(obj=guardian.row, prefix=f"fiche-{key}")
        said = {None: None, True: "oui", False: "non"}[guardian.link.may_sign]
        forms[f"droit-{key}"] = RightForm(prefix=f"droit-{key}", reponse=said)
    page = render_template(
        "roster/student.html",
        person=person,
        forms=forms | (refused or {}),
        form=next(iter((refused or {}).values()), None),
        labels=values.LABELS,
        may_correct=me().may(Action.CORRECT_ROSTER),
    )
    return page, 422 if refused else 200


def _done(public_id: str, sentence: str) -> ResponseReturnValue:
    return htmx.done(sentence, url_for(".student", public_id=public_id))


@bp.post("/eleves/<public_id>", allow=Action.CORRECT_ROSTER)
def correct(public_id: str) -> ResponseReturnValue:
    """Names and contacts of the student."""
    form = StudentForm.sent()
    if not form.validate():
        return _page(queries.person(public_id, on=clock.today()), {"student": form})
    services.correct_student(public_id, given=form.data)
    return _done(public_id, _("La fiche est corrigée. Les prochains imports garderont vos corrections."))


@bp.post("/eleves/<public_id>/responsable", allow=Action.CORRECT_ROSTER)
def correct_guardian(public_id: str) -> ResponseReturnValue:
    """Name, contacts and address of one guardian of the student."""
    person = queries.person(public_id, on=clock.today())
    guardian = person.guardian(request.form.get("guardian", ""))
    key = f"fiche-{guardian.row.public_id}"
    form = GuardianForm.sent(prefix=key)
    if not form.validate():
        return _page(person, {key: form})
    services.correct_guardian(guardian.row.public_id, given=form.given)
    return _done(public_id, _("La fiche est corrigée. Les prochains imports garderont vos corrections."))


@bp.post("/eleves/<public_id>/droit", allow=Action.CORRECT_ROSTER)
def settle(public_id: str) -> ResponseReturnValue:
    """Whether a guardian may sign, where the file could not say."""
    person = queries.person(public_id, on=clock.today())
    guardian = person.guardian(request.form.get("guardian", ""))
    key = f"droit-{guardian.row.public_id}"
    form = RightForm.sent(prefix=key)
    if not form.validate():
        return _page(person, {key: form})
    services.settle_right(public_id, guardian.row.public_id, may_sign=form.reponse.data == "oui")
    return _done(public_id, _("Le droit de signer est enregistré."))
