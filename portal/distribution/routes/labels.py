"""Labels of a session's students: asked, followed, then the PDF."""

from typing import Any

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from portal.distribution.forms import LabelsForm
from portal.distribution.queries import sessions as queries
from portal.distribution.routes.blueprint import bp
from portal.distribution.services import labels as services
from portal.kernel.errors import DomainError
from portal.platform.consultation import Shown
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
        asked = services.ask(public_id, **_asked(form))
    except DomainError as refusal:
        form.refuse("class_name", refusal.message)
        return _page(public_id, form, status=UNREADABLE)
    session[REMEMBERED] = {name: form[name].data for name in ("sheet", "right", "down")}
    return redirect(url_for(".work", public_id=asked), code=303)


def _asked(form: LabelsForm) -> dict[str, Any]:
    class_name = str(form.class_name.data or "")[:30]
    offset_mm = (form.right.mm, form.down.mm)
    return {"sheet": form.sheet.data, "class_name": class_name, "start": form.start.data or 1, "offset_mm": offset_mm}
