"""The loans of the emergency pool as the lycée follows them: who is late, who was called, what came back."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel import clock
from portal.platform import exports, pages
from portal.platform.consultation import Shown
from portal.platform.i18n import format_day
from portal.platform.i18n import gettext as _
from portal.platform.tables import Wish
from portal.platform.web import Feature, me
from portal.policy import Action
from portal.recalls import queries, services
from portal.recalls.forms import LASTING, CheckInForm, MoveForm
from portal.recalls.queries import Line
from portal.recalls.states import View
from portal.recalls.wording import EMPTY, VIEWS

bp = Feature("recalls", __name__)
pages.entry("Prêts d’urgence", "recalls.board", Action.FOLLOW_RETURNS, rank=pages.SELDOM)


def _view() -> View:
    name = request.args.get("liste", "")
    return View(name) if name in set(View) else View.LATE


@bp.get("/fonds-urgence/prets", allow=Action.FOLLOW_RETURNS, shows=Shown.LIST)
def board() -> ResponseReturnValue:
    """Who is late, since when, and how they are reached."""
    view = _view()
    page = queries.board(view, Wish.read(sorts=("retour",), filters=("liste", "recherche")))
    return render_template("recalls/board.html", page=page, view=view, views=VIEWS, empty_words=EMPTY[view])


@bp.get("/fonds-urgence/retours", allow=Action.FOLLOW_RETURNS, shows=Shown.LIST)
def returns() -> ResponseReturnValue:
    """What came back; the last step of a device can be taken back."""
    page = queries.returns(Wish.read(sorts=("rendu",)))
    return render_template("recalls/returns.html", page=page, views=VIEWS)


@bp.get("/fonds-urgence/prets/export.csv", allow=Action.FOLLOW_RETURNS, shows=Shown.LIST)
def export() -> ResponseReturnValue:
    """The same list as a file, whole."""
    view, words = _view(), request.args.get("recherche", "")

    def following(after: int) -> Sequence[tuple[int, Sequence[object]]]:
        return [(line.recall.id, _cells(line)) for line in queries.lines_after(view, words, after)]

    return exports.streamed(f"prets-urgence-{view.value}-{clock.today():%Y-%m-%d}.csv", _header(), following)


def _header() -> list[str]:
    device = [_("Étiquette"), _("Modèle"), _("À rendre le"), _("Jours de retard")]
    return [_("Élève"), _("Classe"), _("Dossier"), *device, _("Joignable par"), _("Dernier rappel"), _("Dernier appel")]


def _cells(line: Line) -> list[object]:
    recall, student = line.recall, line.student
    known = [
        student.name,
        student.class_name,
        line.loan.reference,
        line.asset_tag,
        line.model,
        recall.due_on,
        line.late,
    ]
    told = [at and at.astimezone(clock.PARIS).date() for at in (recall.reminded_at, recall.called_at)]
    return [*known, ", ".join([*line.phones, *line.emails]), *told]


@bp.get("/fonds-urgence/prets/<public_id>", allow=Action.FOLLOW_RETURNS, shows=Shown.LOAN)
def show(public_id: str) -> ResponseReturnValue:
    """One of them: choose another day, or say that it came back."""
    return _page(public_id)


def _page(public_id: str, status: int = 200, **forms: Any) -> ResponseReturnValue:
    line = queries.one(public_id)
    shown = {"moving": MoveForm(), "checking": CheckInForm(), **forms}
    return render_template("recalls/show.html", line=line, form=next(iter(forms.values()), None), **shown), status


@bp.post("/fonds-urgence/prets/<public_id>/date", allow=Action.FOLLOW_RETURNS)
def move(public_id: str) -> ResponseReturnValue:
    """Another day of return, or none."""
    form = MoveForm.sent()
    if not form.complete():
        return _page(public_id, 422, moving=form)
    wanted = None if form.duree.data == LASTING else form.retour.data
    day = services.move(public_id, due_on=wanted, reason=form.motif.data or "")
    said = (
        _("À rendre le %(day)s. La famille est prévenue.", day=format_day(day))
        if day
        else _("Le prêt n’a plus de date de retour. La famille est prévenue.")
    )
    flash(said, "done")
    return redirect(url_for(".board", liste=View.COMING if day else View.UNDATED), code=303)


@bp.post("/fonds-urgence/prets/<public_id>/retour", allow=Action.FOLLOW_RETURNS)
def check_in(public_id: str) -> ResponseReturnValue:
    """It came back."""
    form = CheckInForm.sent()
    if not form.validate():
        return _page(public_id, 422, checking=form)
    services.check_in(public_id, found=form.found)
    flash(_("Retour enregistré. Le prêt est terminé."), "done")
    return redirect(url_for(".returns"), code=303)


@bp.post("/fonds-urgence/prets/<public_id>/retour/annuler", allow=Action.FOLLOW_RETURNS)
def take_return_back(public_id: str) -> ResponseReturnValue:
    """It was another device."""
    services.take_return_back(public_id, school_id=min(me().school_ids))
    flash(_("Le retour est annulé. Le prêt continue comme avant."), "done")
    return redirect(url_for(".show", public_id=public_id), code=303)


@bp.post("/fonds-urgence/prets/<public_id>/appel", allow=Action.FOLLOW_RETURNS)
def note_call(public_id: str) -> ResponseReturnValue:
    """The family was called."""
    services.note_call(public_id)
    return _back()


@bp.post("/fonds-urgence/prets/<public_id>/appel/annuler", allow=Action.FOLLOW_RETURNS)
def take_call_back(public_id: str) -> ResponseReturnValue:
    """It was another family."""
    services.take_call_back(public_id)
    return _back()


def _back() -> ResponseReturnValue:
    where: dict[str, Any] = {name: request.args.get(name) for name in ("page", "recherche")}
    return redirect(url_for(".board", liste=_view(), **where), code=303)
