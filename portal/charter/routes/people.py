"""Who signs: a parent who objects says so; the lycée sees where each signatory stands, and the head decides."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from portal.charter import queries, services
from portal.charter.forms import OpposeForm
from portal.charter.forms.people import DecisionForm, EmancipationForm, OppositionForm
from portal.charter.queries import people
from portal.charter.queries.people import StaffFile
from portal.charter.routes.blueprint import bp
from portal.charter.states import Decided
from portal.kernel import clock
from portal.loans.states import OUT
from portal.platform import htmx, pages
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.web import me
from portal.policy import Action
from portal.roster import rules as roster_rules

pages.entry("Oppositions", "charter.oppositions", Action.DECIDE_SIGNATORY, rank=pages.SELDOM)

# --- a parent -------------------------------------------------------------------------------------------------------


def _opposing(loan_id: str) -> tuple[queries.LoanFile, int]:
    """The loan, and the number of the reader as one of its guardians; nobody else has this page."""
    file = queries.loan_file(loan_id, account_id=me().account_id)
    own = services.own_right(file)
    if own is None or not own.holds:
        raise NoResultFound(loan_id)
    return file, own.guardian_id


def _oppose_page(file: queries.LoanFile, form: OpposeForm, *, status: int = 200) -> ResponseReturnValue:
    context = {"loan": file.loan, "student": file.student, "school": file.school, "left": file.loan.state in OUT}
    return render_template("charter/oppose.html", form=form, **context), status


@bp.get("/charte/<loan_id>/opposition", allow=Action.SIGN_CHARTER)
def oppose(loan_id: str) -> ResponseReturnValue:
    """What happens if one objects."""
    file, _guardian = _opposing(loan_id)
    return _oppose_page(file, OpposeForm())


@bp.post("/charte/<loan_id>/opposition", allow=Action.SIGN_CHARTER)
def confirm_opposition(loan_id: str) -> ResponseReturnValue:
    """Object; said twice, it is said once."""
    (file, guardian_id), form = _opposing(loan_id), OpposeForm.sent()
    if not form.validate():
        return _oppose_page(file, form, status=422)
    about = {"school_id": file.loan.school_id, "guardian_id": guardian_id}
    services.oppose(file.student.id, **about, reason=form.reason.data or "", by=me().account_id)
    return htmx.go(url_for(".start", loan_id=loan_id))


@bp.post("/charte/<loan_id>/accord", allow=Action.SIGN_CHARTER)
def agree_after_all(loan_id: str) -> ResponseReturnValue:
    """Object no longer: the charter waits for a signature again."""
    file, guardian_id = _opposing(loan_id)
    about: dict[str, Any] = {"school_id": file.loan.school_id, "guardian_id": guardian_id, "kind": Decided.WITHDRAWN}
    services.end_opposition(file.student.id, **about, reason="", by=me().account_id)
    return htmx.go(url_for(".start", loan_id=loan_id))


# --- the lycée ------------------------------------------------------------------------------------------------------


@bp.get("/oppositions", allow=Action.DECIDE_SIGNATORY, shows=Shown.LIST)
def oppositions() -> ResponseReturnValue:
    """What the head has to look at, whatever the state of the loan."""
    return render_template("charter/oppositions.html", found=people.oppositions())


@bp.get("/demandes/<loan_id>/signataires", allow=Action.READ_SIGNATORIES, shows=Shown.LOAN)
def signatories(loan_id: str) -> ResponseReturnValue:
    """Who signs for this loan, why, and where each one stands."""
    return _page(people.staff_file(loan_id))


def _page(file: StaffFile, *, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """Every form of the page, those that were sent with what was typed."""
    student, links = services.everybody(file.student.id)
    today = clock.today()
    shown = {"opposition": OppositionForm(), "decision": DecisionForm(), "emancipation": EmancipationForm(), **forms}
    shown["opposition"].offer(
        [one for one in links if one.opposed_on is None and roster_rules.right_to_sign(one, student, on=today).holds]
    )
    page = render_template(
        "charter/signatories.html",
        file=file,
        rights=[(one, roster_rules.right_to_sign(one, student, on=today)) for one in links],
        majority=roster_rules.majority(student.birth_date, emancipated=student.emancipated, on=today),
        opposed=[one for one in links if one.opposed_on is not None],
        decided=people.decisions(file.student.id),
        may=Action,
        form=next(iter(forms.values()), shown["opposition"]),
        **{f"{name}_form": form for name, form in shown.items()},
    )
    return page, status


def _about(file: StaffFile) -> dict[str, Any]:
    return {"student_id": file.student.id, "school_id": file.loan.school_id, "by": me().account_id}


def _back(file: StaffFile, sentence: str) -> ResponseReturnValue:
    flash(sentence, "done")
    return redirect(url_for(".signatories", loan_id=file.loan.public_id), code=303)


@bp.post("/demandes/<loan_id>/signataires/opposition", allow=Action.RECORD_OPPOSITION)
def record_opposition(loan_id: str) -> ResponseReturnValue:
    """A parent said so by telephone, by letter, at the desk."""
    file, form = people.staff_file(loan_id), OppositionForm.sent()
    student, links = services.everybody(file.student.id)
    form.offer([one for one in links if roster_rules.right_to_sign(one, student, on=clock.today()).holds])
    if not form.validate():
        return _page(file, status=422, opposition=form)
    services.oppose(**_about(file), guardian_id=form.who, reason=form.reason.data or "")
    return _back(file, _("L’opposition est notée. Le prêt attend la décision du chef d’établissement."))


@bp.post("/demandes/<loan_id>/signataires/decision", allow=Action.DECIDE_SIGNATORY)
def decide_opposition(loan_id: str) -> ResponseReturnValue:
    """The head lifts an opposition, or keeps it, and writes why."""
    file, form = people.staff_file(loan_id), DecisionForm.sent()
    if not form.validate():
        return _page(file, status=422, decision=form)
    about = {**_about(file), "guardian_id": form.who, "reason": form.motive.data}
    if form.answer.data == "keep":
        services.uphold(**about)
        return _back(file, _("L’opposition est gardée. Le prêt reste arrêté."))
    services.end_opposition(**about, kind=Decided.LIFTED)
    return _back(file, _("L’opposition est levée. Les responsables légaux peuvent signer."))


@bp.post("/demandes/<loan_id>/signataires/emancipation", allow=Action.DECIDE_SIGNATORY)
def record_emancipation(loan_id: str) -> ResponseReturnValue:
    """The head has seen the judgment: the student signs alone."""
    file, form = people.staff_file(loan_id), EmancipationForm.sent()
    if not form.validate():
        return _page(file, status=422, emancipation=form)
    services.emancipate(**_about(file), reason=form.why.data or "", document=form.document.data or "")
    return _back(file, _("L’émancipation est notée. L’élève signe seul."))


@bp.post("/demandes/<loan_id>/signataires/emancipation/fin", allow=Action.DECIDE_SIGNATORY)
def end_emancipation(loan_id: str) -> ResponseReturnValue:
    """It was recorded by mistake."""
    file = people.staff_file(loan_id)
    services.end_emancipation(**_about(file), reason=_("Notée par erreur"))
    return _back(file, _("L’émancipation est retirée. Un responsable légal signe."))
