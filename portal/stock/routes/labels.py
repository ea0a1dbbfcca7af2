"""Labels of devices: for the list that one looks at, or for what a delivery brought."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.platform import jobs, printouts
from portal.platform.consultation import Shown
from portal.platform.printouts import Printout
from portal.policy import Action
from portal.stock import queries, services
from portal.stock.forms import LabelsForm
from portal.stock.label_formats import FORMATS
from portal.stock.routes.blueprint import bp, school_id
from portal.stock.services.labels import KIND


@bp.get("/materiel/etiquettes", allow=Action.HANDLE_STOCK, shows=Shown.NOBODY)
def labels() -> ResponseReturnValue:
    """How many labels, on which paper, from which cell."""
    return _page(LabelsForm())


def _page(form: LabelsForm, status: int = 200) -> ResponseReturnValue:
    filters = _filters()
    context: dict[str, Any] = {"filters": filters, "number": queries.count(filters), "papers": FORMATS}
    return render_template("stock/labels.html", form=form, **context), status


def _filters() -> dict[str, str]:
    """The list, as its address names it; the form carries it on."""
    return {name: request.values[name][:80] for name in queries.FILTERS if request.values.get(name)}


@bp.post("/materiel/etiquettes", allow=Action.HANDLE_STOCK)
def print_labels() -> ResponseReturnValue:
    """Have them made by the worker."""
    form = LabelsForm.sent()
    if not form.validate():
        return _page(form, 422)
    asked = services.ask_labels(_filters(), paper=form.format.data, start=form.depart.data or 1, school_id=school_id())
    return redirect(url_for(".job", public_id=asked), code=303)


@bp.get("/materiel/travaux/<public_id>", allow=Action.HANDLE_STOCK, shows=Shown.NOBODY)
def job(public_id: str) -> ResponseReturnValue:
    """How far the printing is, then the PDF."""
    return printouts.follow(_printout(public_id), "stock/job.html")


@bp.get("/materiel/travaux/<public_id>/fichier", allow=Action.HANDLE_STOCK, shows=Shown.NOBODY)
def job_file(public_id: str) -> ResponseReturnValue:
    """The PDF, shown by the browser."""
    return printouts.send(_printout(public_id), name="etiquettes-materiel")


def _printout(public_id: str) -> Printout:
    work = jobs.one(public_id, KIND)
    return Printout(work, url_for(".job", public_id=public_id), url_for(".job_file", public_id=public_id))
