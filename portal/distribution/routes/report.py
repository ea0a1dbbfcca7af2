"""After the day: who was served, who is missing and why, as a page, a PDF and a file; and the works one waits for."""

from collections.abc import Sequence

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.distribution.queries import people
from portal.distribution.queries.people import Line
from portal.distribution.routes.blueprint import bp
from portal.distribution.services import reporting
from portal.distribution.services.labels import KIND
from portal.distribution.services.reporting import REPORTS
from portal.distribution.wording_sessions import REASONS, SERVED, SEVERAL
from portal.kernel.errors import DomainError
from portal.platform import exports, jobs, printouts
from portal.platform.consultation import Shown
from portal.platform.i18n import format_moment, ngettext
from portal.platform.i18n import gettext as _
from portal.platform.printouts import Printout
from portal.policy import Action


@bp.get("/distribution/<public_id>/bilan", allow=Action.WATCH_DISTRIBUTION, shows=Shown.LIST)
def report(public_id: str) -> ResponseReturnValue:
    """The day in figures, class by class, and who has no device."""
    board = people.board(public_id)
    return render_template(
        "distribution/report.html",
        board=board,
        sitting=board.session,
        lanes=people.lanes(board.expected),
        reasons=people.by_reason(board.expected),
        several=SEVERAL,
    )


@bp.get("/distribution/<public_id>/bilan.csv", allow=Action.WATCH_DISTRIBUTION, shows=Shown.LIST)
def export_report(public_id: str) -> ResponseReturnValue:
    """The same, a line for each student."""
    board = people.board(public_id)
    header = [_("Classe"), _("Élève"), _("Étiquette"), _("Résultat"), _("Appareil"), _("Remis le")]
    lines = [exports.line(header), *(exports.line(_cells(line)) for line in board.expected)]
    headers = {"Content-Disposition": f'attachment; filename="bilan-{board.session.day:%Y-%m-%d}.csv"'}
    return Response(exports.BOM + "".join(lines), content_type="text/csv; charset=utf-8", headers=headers)


def _cells(line: Line) -> Sequence[object]:
    return [
        line.class_name,
        line.name,
        line.code,
        _(REASONS[line.why][0] if line.why else SERVED),
        line.asset_tag,
        format_moment(line.served_at),
    ]


@bp.post("/distribution/<public_id>/bilan", allow=Action.WATCH_DISTRIBUTION)
def print_report(public_id: str) -> ResponseReturnValue:
    """Have the PDF made."""
    return redirect(url_for(".work", public_id=reporting.ask_report(public_id)), code=303)


@bp.post("/distribution/<public_id>/fonds-urgence", allow=Action.PLAN_DISTRIBUTION)
def serve_from_pool(public_id: str) -> ResponseReturnValue:
    """Devices of the emergency pool, for the absent who were ticked."""
    chosen = request.form.getlist("eleve")
    try:
        served = reporting.serve_from_pool(public_id, chosen)
    except DomainError as refusal:
        return _back(public_id, _(refusal.message), "problem")
    left = len(chosen) - served
    return _back(public_id, _from_pool(served, left), "waiting" if left else "done")


def _back(public_id: str, sentence: str, tone: str) -> ResponseReturnValue:
    flash(sentence, tone)
    return redirect(url_for(".report", public_id=public_id), code=303)


def _from_pool(served: int, left: int) -> str:
    """How many were served, and how many still wait."""
    said = ngettext(
        "%(num)d appareil du fonds d’urgence est réservé. Il se prépare avec les autres.",
        "%(num)d appareils du fonds d’urgence sont réservés. Ils se préparent avec les autres.",
        served,
    )
    short = ngettext("%(num)d élève attend encore.", "%(num)d élèves attendent encore.", left) if left else ""
    return f"{said} {short}".strip()


@bp.get("/distribution/documents/<public_id>", allow=Action.WATCH_DISTRIBUTION, shows=Shown.NOBODY)
def work(public_id: str) -> ResponseReturnValue:
    """How far a document is, then the PDF."""
    return printouts.follow(_printout(public_id), "distribution/job.html")


@bp.get("/distribution/documents/<public_id>/fichier", allow=Action.WATCH_DISTRIBUTION, shows=Shown.LIST)
def work_file(public_id: str) -> ResponseReturnValue:
    """The PDF, for the printer."""
    printout = _printout(public_id)
    return printouts.send(printout, name=printout.job.kind.partition(":")[0])


def _printout(public_id: str) -> Printout:
    """The labels or the report of a session."""
    return Printout(
        jobs.one(public_id, KIND, REPORTS),
        page=url_for(".work", public_id=public_id),
        document=url_for(".work_file", public_id=public_id),
    )
