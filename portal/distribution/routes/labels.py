"""Labels of a session's students: asked, followed, then the PDF."""

from typing import Any

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from portal.distribution.forms import LabelsForm
from portal.distribution.queries import sessions as queries
from portal.distribution.routes.blueprint import bp
from portal.distribution.services import labels as services
from portal.kernel.errors import DomainError
from portal.platform import files, htmx
from portal.platform.consultation import Shown
from portal.platform.jobs import JobState
from portal.policy import Action

REMEMBERED = "student_labels"
"""The paper and the shifts of the last printing: they belong to the printer, not to the session."""

USUAL = {"sheet": "3x7", "start": 1}
UNREADABLE = 422


@bp.get("/distribution/<public_id>/etiquettes", allow=Action.PLAN_DISTRIBUTION, shows=Shown.NOBODY)
def labels(public_id: str) -> ResponseReturnValue:
    """Which labels, on which paper."""
    return _page(public_id, LabelsForm(data=USUAL | session.get(REMEMBERED, {})))


def _page(public_id: str, form: LabelsForm, *, status: int = 200) -> ResponseReturnValue:
    sitting = queries.one(public_id)
    names = [one.class_name for one in queries.classes(sitting.id)]
    return render_template("distribution/labels.html", sitting=sitting, form=form.offer(names)), status


@bp.post("/distribution/<public_id>/etiquettes", allow=Action.PLAN_DISTRIBUTION)
def print_labels(public_id: str) -> ResponseReturnValue:
    """Have them printed."""
    form = LabelsForm.sent()
    if not form.validate():
        return _page(public_id, form, status=UNREADABLE)
    try:
        job = services.ask(public_id, **_asked(form))
    except DomainError as refusal:
        form.refuse("class_name", refusal.message)
        return _page(public_id, form, status=UNREADABLE)
    session[REMEMBERED] = {name: form[name].data for name in ("sheet", "right", "down")}
    return redirect(url_for(".labels_job", public_id=job), code=303)


def _asked(form: LabelsForm) -> dict[str, Any]:
    class_name = str(form.class_name.data or "")[:30]
    offset_mm = (form.right.mm, form.down.mm)
    return {"sheet": form.sheet.data, "class_name": class_name, "start": form.start.data or 1, "offset_mm": offset_mm}


@bp.get("/distribution/etiquettes/<public_id>", allow=Action.PLAN_DISTRIBUTION, shows=Shown.NOBODY)
def labels_job(public_id: str) -> ResponseReturnValue:
    """How far the printing is, then the PDF."""
    work = queries.job(public_id, services.KIND)
    if htmx.asked():
        result = render_template("distribution/_job_result.html", job=work, oob=True)
        return render_template("distribution/_job.html", job=work) + result
    return render_template("distribution/job.html", job=work)


@bp.get("/distribution/etiquettes/<public_id>/fichier", allow=Action.PLAN_DISTRIBUTION, shows=Shown.LIST)
def labels_file(public_id: str) -> ResponseReturnValue:
    """The PDF, for the printer; its name tells nothing of anybody."""
    work = queries.job(public_id, services.KIND)
    if work.state is not JobState.DONE or not work.file_key:
        return redirect(url_for(".labels_job", public_id=public_id))
    name = f"etiquettes-{work.asked_at:%Y-%m-%d}.pdf"
    headers = {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{name}"'}
    return files.read(work.file_key), headers
