"""The school's part of a signature at the desk or on paper: the agent says what they saw, and can stop or take back."""

from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from portal.charter import returning, services
from portal.charter.forms.attending import PaperForm, ReasonForm, WitnessForm
from portal.charter.queries import SignatoryFile, attending
from portal.charter.routes.blueprint import bp
from portal.charter.routes.signing import pdf_of
from portal.charter.rules import UnreadableScan
from portal.charter.services import Witnessed
from portal.charter.states import SigningRoute
from portal.kernel import clock
from portal.platform import htmx
from portal.platform.consultation import Shown
from portal.platform.web import me
from portal.policy import Action

CODE = "desk_code"
HELD = (SigningRoute.DESK, SigningRoute.PAPER)


@bp.get("/chartes/signataires/<public_id>/guichet", allow=Action.ATTEND_CHARTER, shows=Shown.SIGNATURE)
def attend(public_id: str) -> ResponseReturnValue:
    """Ask whether an identity document was seen, before the tablet is handed over."""
    return _attend_page(attending.staff_file(public_id), WitnessForm())


@bp.post("/chartes/signataires/<public_id>/guichet", allow=Action.ATTEND_CHARTER)
def open_desk(public_id: str) -> ResponseReturnValue:
    """Open a session for one tablet."""
    file, form = attending.staff_file(public_id), WitnessForm.sent()
    if not form.validate():
        return _attend_page(file, form, status=422)
    opened = services.open_desk(
        file.signature.id, agent_id=me().account_id, agent_role=me().role, identity_seen=form.identity_seen
    )
    session[CODE] = {"desk": opened.public_id, "code": opened.code}
    return redirect(url_for(".desk", public_id=opened.public_id), code=303)


@bp.get("/chartes/guichet/<public_id>", allow=Action.ATTEND_CHARTER, shows=Shown.DESK)
def desk(public_id: str) -> ResponseReturnValue:
    """The code for the tablet, then how far the family is."""
    found, file = attending.desk_with_file(public_id)
    shown = session.get(CODE) or {}
    code = shown.get("code", "") if shown.get("desk") == public_id else ""
    context: dict[str, Any] = {"desk": found, "code": code, "over": found.expires_at <= clock.now(), **_of(file)}
    return htmx.page_or("charter/staff/desk.html", "charter/staff/_desk.html", **context)


@bp.post("/chartes/guichet/<public_id>/arreter", allow=Action.ATTEND_CHARTER)
def stop_desk(public_id: str) -> ResponseReturnValue:
    """Take the tablet back."""
    services.stop(public_id)
    flash("La session est arrêtée. La tablette n’ouvre plus cette charte.", "done")
    return htmx.go(url_for(".desk", public_id=public_id))


@bp.get("/chartes/signataires/<public_id>/papier", allow=Action.ATTEND_CHARTER, shows=Shown.SIGNATURE)
def paper(public_id: str) -> ResponseReturnValue:
    """Record a paper, or take back the one that was recorded."""
    return _paper_page(attending.staff_file(public_id), PaperForm())


@bp.post("/chartes/signataires/<public_id>/papier", allow=Action.ATTEND_CHARTER)
def record_paper(public_id: str) -> ResponseReturnValue:
    """Keep the scan; the worker seals it with its page of evidence."""
    file, form = attending.staff_file(public_id), PaperForm.received()
    if form.validate() and _recorded(file, form):
        flash("Le papier est enregistré.", "done")
        return redirect(_back(file), code=303)
    return _paper_page(file, form, status=422)


def _back(file: SignatoryFile) -> str:
    """Where the agent came from, else the file."""
    back = returning.way_back(file.loan.public_id)
    return back.url if back else url_for(".follow_loan", loan_id=file.loan.public_id)


def _recorded(file: SignatoryFile, form: PaperForm) -> bool:
    """Clean and keep the scan, then record; what is refused goes beside its field."""
    seen = Witnessed(
        name=form.name.data or "",
        signed_on=form.day,
        agent_id=me().account_id,
        agent_role=me().role,
        identity_seen=form.identity_seen,
    )
    try:
        kept = services.keep_scan(form.contents)
    except UnreadableScan as refusal:
        form.refuse("scan", refusal.message)
        return False
    form.refuse_all(services.record_paper(file.signature.id, seen=seen, scan=kept))
    return not form.errors


@bp.post("/chartes/signataires/<public_id>/papier/annuler", allow=Action.ATTEND_CHARTER)
def revoke_paper(public_id: str) -> ResponseReturnValue:
    """The scan was wrong."""
    file, form = attending.staff_file(public_id), ReasonForm.sent()
    if not form.validate():
        return _paper_page(file, PaperForm(), reason_form=form, status=422)
    services.revoke_paper(file.signature.id, reason=form.reason.data or "", by=me().account_id, role=me().role)
    flash("Le papier est annulé. La charte est de nouveau à signer.", "done")
    return redirect(url_for(".follow_loan", loan_id=file.loan.public_id), code=303)


@bp.get("/chartes/signataires/<public_id>/imprimer.pdf", allow=Action.ATTEND_CHARTER, shows=Shown.SIGNATURE)
def blank(public_id: str) -> ResponseReturnValue:
    """The charter filled for this person, to sign by hand."""
    file = attending.staff_file(public_id)
    if file.signature.presented_key is None:
        return redirect(url_for(".follow_loan", loan_id=file.loan.public_id))
    return pdf_of(file.signature.presented_key, file.loan.reference, inline=True)


@bp.get("/chartes/signataires/<public_id>/copie.pdf", allow=Action.ATTEND_CHARTER, shows=Shown.SIGNATURE)
def staff_copy(public_id: str) -> ResponseReturnValue:
    """The sealed charter of somebody who signed at the school, to print their copy for them. Others keep their own."""
    file = attending.staff_file(public_id)
    if file.signature.sealed_key is None or file.signature.route not in HELD:
        return redirect(url_for(".follow_loan", loan_id=file.loan.public_id))
    return pdf_of(file.signature.sealed_key, file.loan.reference, inline=True)


def _attend_page(file: SignatoryFile, form: WitnessForm, *, status: int = 200) -> ResponseReturnValue:
    return render_template("charter/staff/attend.html", form=form, **_of(file)), status


def _paper_page(
    file: SignatoryFile, form: PaperForm, *, reason_form: ReasonForm | None = None, status: int = 200
) -> ResponseReturnValue:
    context = {"form": reason_form or form, "paper_form": form, "reason_form": reason_form or ReasonForm(), **_of(file)}
    return render_template("charter/staff/paper.html", **context), status


def _of(file: SignatoryFile) -> dict[str, Any]:
    back = returning.way_back(file.loan.public_id)
    return {
        "signature": file.signature,
        "loan": file.loan,
        "student": file.student,
        "school": file.school,
        "back": back,
    }
